import type { Drawing, Point, Stroke } from '../../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../../src/core/strokes/geometry.ts';

/** A stroke, or a part of one, that belongs to one character. */
export interface Piece {
  readonly points: Stroke;
  /** The number of its stroke. */
  readonly stroke: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A dot or bar that was drawn over others, which may belong to either of the pieces that it is nearest to. */
export interface DelayedStroke extends Piece {
  /** The numbers of those pieces, the nearest first. */
  readonly near: readonly number[];
}

/** Where the small letters of a word lie. */
export interface Frame {
  readonly base: number;
  /** The height of a small letter; above 0. */
  readonly small: number;
}

/** A word that was cut where characters may end. */
export interface CutWord {
  /** From left to right. */
  readonly pieces: readonly Piece[];
  readonly delayed: readonly DelayedStroke[];
  readonly frame: Frame;
  /** The gap in front of each piece, in heights of a small letter: negative where it overlaps those before it, 0 within a stroke. */
  readonly gaps: readonly number[];
}

/** The steps of a stroke, in heights of a small letter. */
const STEP = 0.1;
/** Narrower strokes are not cut. */
const NARROW = 0.9;
/** Steps to each side of a low point that are compared with it, and the fewest steps between cuts. */
const REACH = 4;
const LEAST = 5;
/** A dot is smaller than this; a bar is this flat. Both in heights of a small letter. */
const DOT = 0.45;
const FLAT = 0.35;

/** Cuts a word at pen lifts, and where a pen that moves to the right passes a low point, as between joined letters. */
export function cutWord(word: Drawing): CutWord {
  const frame = findFrame(word);
  const whole = word.map((points, stroke) => pieceOf(points, stroke));
  let front = Number.NEGATIVE_INFINITY;
  const main: { piece: Piece; order: number }[] = [];
  const later: Piece[] = [];
  for (const piece of whole) {
    if (isDelayed(piece, front, frame)) {
      later.push(piece);
      continue;
    }
    front = Math.max(front, piece.right);
    let order = Number.NEGATIVE_INFINITY;
    for (const part of cutStroke(piece, frame)) {
      // Parts of a stroke stay in the order drawn.
      order = Math.max(order, middle(part));
      main.push({ piece: part, order });
    }
  }
  const pieces = main.sort((a, b) => a.order - b.order).map(({ piece }) => piece);
  const delayed = later.map((piece) => ({ ...piece, near: nearest(piece, pieces) }));
  return { pieces, delayed, frame, gaps: gapsOf(pieces, frame) };
}

function pieceOf(points: Stroke, stroke: number): Piece {
  const { left, top, width, height } = drawingBox([points]);
  return { points, stroke, left, right: left + width, top, bottom: top + height };
}

function middle({ left, right }: Pick<Piece, 'left' | 'right'>): number {
  return (left + right) / 2;
}

/** By the mean height of the ink and its mean distance from that, as `lineImage` does. */
function findFrame(word: Drawing): Frame {
  const parts: [y: number, length: number][] = [];
  for (const stroke of word) {
    for (const [i, [x, y]] of stroke.entries()) {
      const [fromX, fromY] = stroke[i - 1] ?? [x, y];
      parts.push([(y + fromY) / 2, Math.hypot(x - fromX, y - fromY)]);
    }
  }
  const length = parts.reduce((sum, [, part]) => sum + part, 0);
  if (!(length > 0)) return { base: word[0]?.[0]?.[1] ?? 0, small: 1 };
  const mean = parts.reduce((sum, [y, part]) => sum + y * part, 0) / length;
  const spread = parts.reduce((sum, [y, part]) => sum + Math.abs(y - mean) * part, 0) / length;
  const small = 2.55 * spread || drawingBox(word).width || 1;
  return { base: mean + 0.55 * small, small };
}

/** Whether a stroke is a dot or bar over what was drawn before. */
function isDelayed(piece: Piece, front: number, { small }: Frame): boolean {
  const width = piece.right - piece.left;
  const height = piece.bottom - piece.top;
  const isSmall = Math.max(width, height) < DOT * small;
  const isBar = height < FLAT * small && height < 0.5 * width && width < 3 * small;
  return (isSmall || isBar) && middle(piece) < front;
}

function cutStroke(piece: Piece, { small }: Frame): Piece[] {
  const step = STEP * small;
  if (piece.right - piece.left < NARROW * small) return [piece];
  const points = evenly(piece.points, step);
  const parts: Piece[] = [];
  let from = 0;
  for (let i = REACH; i < points.length - REACH; i++) {
    const y = points[i]![1];
    const isRightward = points[i + 3]![0] - points[i - 3]![0] > 0;
    const isLow =
      y >= points[i - 1]![1] && y > points[i + 1]![1] && y >= points[i - REACH]![1] && y >= points[i + REACH]![1];
    if (!isRightward || !isLow || i - from < LEAST) continue;
    parts.push(pieceOf(points.slice(from, i + 1), piece.stroke));
    from = i;
  }
  parts.push(pieceOf(points.slice(from), piece.stroke));
  return parts;
}

/** A stroke with points at most `step` apart. */
function evenly(stroke: Stroke, step: number): Point[] {
  const points: Point[] = [stroke[0]!];
  for (let i = 1; i < stroke.length; i++) {
    const [fromX, fromY] = stroke[i - 1]!;
    const [x, y] = stroke[i]!;
    const count = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / step));
    for (let k = 1; k <= count; k++)
      points.push([fromX + ((x - fromX) * k) / count, fromY + ((y - fromY) * k) / count]);
  }
  return points;
}

function nearest(piece: Piece, pieces: readonly Piece[]): number[] {
  const at = middle(piece);
  const distance = ({ left, right }: Piece) =>
    Math.max(left - at, at - right, 0) + 0.1 * Math.abs(at - (left + right) / 2);
  return pieces
    .map((each, index) => [index, distance(each)] as const)
    .sort((a, b) => a[1] - b[1])
    .slice(0, 2)
    .map(([index]) => index);
}

function gapsOf(pieces: readonly Piece[], { small }: Frame): number[] {
  let right = Number.NEGATIVE_INFINITY;
  return pieces.map((piece, index) => {
    const before = pieces[index - 1];
    const gap = before === undefined || before.stroke === piece.stroke ? 0 : (piece.left - right) / small;
    right = Math.max(right, piece.right);
    return gap;
  });
}
