import type { Drawing, Point, Stroke } from './drawing.ts';
import { drawingBox, pathLength } from './geometry.ts';
import { randomScribble, randomStrikeout } from './random-scribble.ts';

/** Kinds of drawings that are not one character. */
export const NO_CHARACTER_KINDS = ['several', 'part', 'wrong-group', 'scribble', 'sign'] as const;
export type NoCharacterKind = (typeof NO_CHARACTER_KINDS)[number];

/** What such drawings are made of. */
export interface NoCharacterParts {
  /** A random drawing of one character; null if there is none, and then only scribbles and signs can be made. */
  character: (() => Drawing) | null;
  /** A random drawing of a sign that is not a character; null if there is none. */
  sign: (() => Drawing) | null;
  /** Random numbers in [0, 1). */
  random: () => number;
}

/** How many tries there are to get a part of a character that is not a mere line, which may be a character. */
const TRIES = 4;

/**
 * A drawing that is not one character: several characters side by side (`several`), a part of one (`part`), a part of one with its
 * neighbor or a part of that (`wrong-group`, as when a word is cut at the wrong places), a scribble, or a sign.
 */
export function noCharacterDrawing(kind: NoCharacterKind, parts: NoCharacterParts): Drawing {
  const { sign, random } = parts;
  if (kind === 'sign' && sign) return sign();
  const { character } = parts;
  if (!character) return randomScribble(random);
  switch (kind) {
    case 'several':
      return sideBySide(Array.from({ length: random() < 0.2 ? 3 : 2 }, character), random);
    case 'part':
      for (let tries = 0; tries < TRIES; tries++) {
        const part = partOf(character(), random);
        if (!isLine(part)) return part;
      }
      return randomScribble(random);
    case 'wrong-group': {
      const [left, right] = [character(), character()];
      const first = random() < 0.6 ? side(left, 'right', random) : left;
      const second = first === left || random() < 0.4 ? side(right, 'left', random) : right;
      return sideBySide([first, second], random);
    }
    default:
      return random() < 0.25 ? struckOut(character(), random) : randomScribble(random);
  }
}

/** Distance of neighbors, relative to their height: from overlapping to clearly apart. */
const GAP = [-0.12, 0.5] as const;
/** Height of a character relative to the one before, and how far its foot is from the line. */
const MAX_LOG_HEIGHT = Math.log(1.5);
const MAX_DROP = 0.2;

/** The drawings next to each other on a line, 1 unit high. */
function sideBySide(drawings: readonly Drawing[], random: () => number): Drawing {
  let right = 0;
  return drawings.flatMap((drawing, index) => {
    const { left, top, width, height } = drawingBox(drawing);
    const size = Math.exp(MAX_LOG_HEIGHT * (2 * random() - 1));
    // A dash is not made as high as a letter, and a dot stays one.
    const scale = size / (Math.max(height, width / 2) || 1);
    const gap = index === 0 ? 0 : GAP[0] + (GAP[1] - GAP[0]) * random();
    const drop = MAX_DROP * (2 * random() - 1);
    const [dx, dy] = [right + gap, drop - height * scale];
    right += gap + width * scale;
    return transformed(drawing, ([x, y]) => [dx + (x - left) * scale, dy + (y - top) * scale]);
  });
}

function transformed(drawing: Drawing, to: (point: Point) => Point): Drawing {
  return drawing.map((stroke) => stroke.map(to));
}

/** A part of a character: some of its strokes, the first or last part of a stroke, or what is on one side of a line. */
function partOf(drawing: Drawing, random: () => number): Drawing {
  const way = random();
  if (drawing.length > 1 && way < 0.4) {
    const kept = drawing.filter(() => random() < 0.5);
    if (kept.length > 0 && kept.length < drawing.length) return kept;
  }
  if (way < 0.6) {
    const longest = drawing.reduce((long, stroke) => (pathLength(stroke) > pathLength(long) ? stroke : long));
    const share = 0.3 + 0.4 * random();
    return drawing.map((stroke) => (stroke === longest ? cutStroke(stroke, share, random() < 0.5) : stroke));
  }
  return side(drawing, (['left', 'right', 'top', 'bottom'] as const)[Math.floor(4 * random())]!, random);
}

/** The first `share` of a stroke's length, or the last. */
function cutStroke(stroke: Stroke, share: number, isFirst: boolean): Stroke {
  const points = isFirst ? stroke : stroke.toReversed();
  const length = share * pathLength(points);
  const kept: Point[] = [points[0]!];
  let reached = 0;
  for (let i = 1; i < points.length; i++) {
    const step = pathLength([points[i - 1]!, points[i]!]);
    if (reached + step > length) {
      kept.push(onLine(points[i - 1]!, points[i]!, (length - reached) / step));
      break;
    }
    reached += step;
    kept.push(points[i]!);
  }
  return kept;
}

function onLine([x, y]: Point, [toX, toY]: Point, share: number): Point {
  return [x + share * (toX - x), y + share * (toY - y)];
}

/** What is left, right, above or below a line through the middle of a drawing, about half of it; all of it if that is nothing. */
function side(drawing: Drawing, kept: 'left' | 'right' | 'top' | 'bottom', random: () => number): Drawing {
  const { left, top, width, height } = drawingBox(drawing);
  const at = 0.35 + 0.3 * random();
  const lean = 0.3 * (random() - 0.5);
  const distance = ([x, y]: Point) => {
    const across = width > 0 ? (x - left) / width : 0.5;
    const down = height > 0 ? (y - top) / height : 0.5;
    if (kept === 'left') return at + lean * (down - 0.5) - across;
    if (kept === 'right') return across - at - lean * (down - 0.5);
    return kept === 'top' ? at + lean * (across - 0.5) - down : down - at - lean * (across - 0.5);
  };
  const strokes = drawing.flatMap((stroke) => clipped(stroke, distance));
  return strokes.length > 0 ? strokes : drawing;
}

/** The pieces of a stroke where `distance` is positive. */
function clipped(stroke: Stroke, distance: (point: Point) => number): Stroke[] {
  const pieces: Point[][] = [];
  let piece: Point[] | null = null;
  stroke.forEach((point, index) => {
    const previous = stroke[index - 1];
    const here = distance(point);
    const before = previous === undefined ? here : distance(previous);
    const border = previous && here > 0 !== before > 0 ? onLine(previous, point, before / (before - here)) : null;
    if (here > 0) {
      if (!piece) {
        piece = border ? [border] : [];
        pieces.push(piece);
      }
      piece.push(point);
    } else if (piece) {
      if (border) piece.push(border);
      piece = null;
    }
  });
  return pieces;
}

/** Longer than the distance of its ends by less than this factor, a stroke is a line: as good as a `1`. */
const STRAIGHT = 1.15;

/** A single line, or hardly anything. */
function isLine(drawing: Drawing): boolean {
  const { width, height } = drawingBox(drawing);
  const extent = Math.max(width, height);
  return drawing.reduce((sum, stroke) => sum + pathLength(stroke), 0) < STRAIGHT * extent || extent === 0;
}

/** A drawing with lines or a zigzag across it. */
export function struckOut(drawing: Drawing, random: () => number): Drawing {
  const { left, top, width, height } = drawingBox(drawing);
  const [scaleX, scaleY] = [Math.max(width, height / 3) / 100, Math.max(height, width / 3) / 100];
  const lines = transformed(randomStrikeout(random), ([x, y]) => [left + x * scaleX, top + y * scaleY]);
  return [...drawing, ...lines];
}
