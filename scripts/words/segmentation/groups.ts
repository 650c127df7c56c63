import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import type { CutWord, Piece } from './pieces.ts';

/** Consecutive pieces that may be a character. */
export interface Group {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** With all delayed strokes that may belong to it, with those that are nearest to it, and without; different drawings only. */
  readonly drawings: readonly Drawing[];
  /** Its top and bottom above the base line, and its width, in heights of a small letter; without delayed strokes. */
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

/** The most pieces of a character. */
const MOST = 6;
/**
 * A group of several pieces that is wider than both of these is not a character: in heights of a small letter, and in median widths
 * of a piece.
 */
const WIDEST = 3.2;
const WIDEST_IN_PIECES = 4.5;

/** All groups of a word that may be a character. */
export function groupPieces({ pieces, delayed, frame }: CutWord): Group[] {
  const groups: Group[] = [];
  const widths = pieces.map(({ left, right }) => (right - left) / frame.small).sort((a, b) => a - b);
  const widest = Math.max(WIDEST, WIDEST_IN_PIECES * (widths[widths.length >> 1] ?? 0));
  for (let from = 0; from < pieces.length; from++) {
    for (let to = from + 1; to <= Math.min(pieces.length, from + MOST); to++) {
      const members = pieces.slice(from, to);
      const width =
        (Math.max(...members.map(({ right }) => right)) - Math.min(...members.map(({ left }) => left))) / frame.small;
      if (to > from + 1 && width > widest) break;
      const isMember = (index: number | undefined) => index !== undefined && index >= from && index < to;
      const near = delayed.filter((stroke) => stroke.near.some(isMember));
      const nearest = near.filter((stroke) => isMember(stroke.near[0]));
      const extras: (readonly Piece[])[] = [near];
      if (nearest.length < near.length) extras.push(nearest);
      if (nearest.length > 0) extras.push([]);
      groups.push({
        from,
        to,
        drawings: extras.map((extra) => [...joined(members), ...extra.map(({ points }) => points)]),
        top: (frame.base - Math.min(...members.map(({ top }) => top))) / frame.small,
        bottom: (frame.base - Math.max(...members.map(({ bottom }) => bottom))) / frame.small,
        width,
      });
    }
  }
  return groups;
}

/** The pieces as strokes: those that follow each other in a stroke are one. */
function joined(members: readonly Piece[]): Drawing {
  const strokes: Drawing[number][] = [];
  let last: Piece | undefined;
  for (const piece of members) {
    const continues = last?.stroke === piece.stroke && last.points.at(-1) === piece.points[0];
    if (continues) strokes.push([...strokes.pop()!, ...piece.points.slice(1)]);
    else strokes.push(piece.points);
    last = piece;
  }
  return strokes;
}
