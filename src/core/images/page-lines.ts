import { boxHeight, longerSide } from './box.ts';
import { type Labeled, labelComponents } from './connected-components.ts';
import { clearEnclosingFrames } from './enclosing-frames.ts';
import type { InkMask } from './ink-mask.ts';
import { componentInk, LETTER_HEIGHT, strokeWidth, weightedMedian } from './ink-size.ts';
import {
  bridgeFaintLines,
  clearLines,
  crossesPicture,
  findLines,
  framesOf,
  keepInk,
  LEAVING,
  type Line,
  lineAt,
  linesAcross,
} from './printed-lines.ts';

// Lengths, relative to the height of a small letter.
/** The least lengths of lines that cross the picture, of margins and columns, and of underlines. Strokes of letters are shorter. */
const ACROSS = 3;
const UPRIGHT = 5;
const UNDERLINE = 8;
/** How far above an underline its words reach, and how far below a bar its letters. */
const WORDS_ABOVE = 2;
const LETTERS_BELOW = 1.2;
/** An underline has this many times as much ink above as below. */
const MORE_ABOVE = 2;
/** The sides of frames are at least this long. If more lines than this could be sides, frames are not looked for. */
const SIDE = 1.5;
const MAX_SIDES = 120;
/** A frame has something in it that is at least this high. */
const CONTENT = 0.6;
/** How thick printed lines, and underlines, are at most, relative to the pen. A row of low letters is thicker. */
const THICK = 2.5;
const UNDERLINE_THICK = 1.2;
/** Anything thinner, relative to the pen, was not written with it. */
const HAIRLINE = 0.4;

/**
 * Clears the lines printed on a page from its picture, in place: ruled and squared lines, margins, frames, tables, and lines under
 * words. Unlike `clearPrintedLines`, which is for characters, this tells writing from lines by its size: letters may stand on the
 * lines and reach the border of the picture, but none of their strokes is as long.
 */
export function clearPageLines({ mask, ink, width, height }: InkMask): void {
  clearEnclosingFrames({ mask, ink, width, height });
  bridgeFaintLines({ mask, ink, width, height });
  const lines = findLines(mask, width, height);
  const kept = mask.slice();
  if (lines.length > 0) clearPrinted(kept, width, height, lines);
  clearHairlines(kept, width, height);
  keepInk({ mask, ink, width, height }, kept);
}

/** Clears the lines that are printed. */
function clearPrinted(mask: Uint8Array, width: number, height: number, lines: readonly Line[]): void {
  const without = mask.slice();
  clearLines(without, width, height, lines);
  const labeled = labelComponents(without, width, height);
  const { letter, pen } = writingSize(labeled, without);
  if (letter === 0) return;
  const printed = printedLines(lines, labeled, without, letter, pen);
  clearLines(mask, width, height, printed);
  clearRemains(mask, width, height, printed, pen);
}

/** Clears pieces of lines that are too faint to be found as lines: anything far thinner than the pen. */
function clearHairlines(mask: Uint8Array, width: number, height: number): void {
  const least = HAIRLINE * strokeWidth(mask, width, height);
  const { labels, components } = labelComponents(mask, width, height);
  const hairlines = new Uint8Array(components.length + 1);
  for (const { label, box, area } of components) if (area < least * longerSide(box)) hairlines[label] = 1;
  for (let i = 0; i < labels.length; i++) if (hairlines[labels[i]!]) mask[i] = 0;
}

/** The height of a small letter and the width of strokes, in pixels; 0 without ink. */
function writingSize(labeled: Labeled, mask: Uint8Array): { letter: number; pen: number } {
  const ink = componentInk(labeled, 0);
  const spreads = labeled.components.map(({ label, area }) => ({ value: ink[label]!.spread, weight: area }));
  return { letter: LETTER_HEIGHT * weightedMedian(spreads), pen: strokeWidth(mask, labeled.width, labeled.height) };
}

/** The lines that are not writing. `without`: the ink without any of `lines`. */
function printedLines(
  lines: readonly Line[],
  { width, height, components }: Labeled,
  without: Uint8Array,
  letter: number,
  pen: number,
): Line[] {
  const printed = new Set<Line>();
  const long = (line: Line, letters: number) => line.to - line.from >= letters * letter;
  for (const line of linesAcross(lines, width, height)) if (long(line, ACROSS)) printed.add(line);
  for (const line of lines) {
    if (line.thickness > THICK * pen + 2) continue;
    if (
      line.vertical
        ? long(line, UPRIGHT)
        : long(line, UNDERLINE) &&
          line.thickness <= UNDERLINE_THICK * pen + 0.5 &&
          isUnderline(line, without, width, height, letter)
    ) {
      printed.add(line);
    }
    if (long(line, UNDERLINE) && crossesPicture(line, width, height, LEAVING)) printed.add(line);
  }
  // Few lines are left, unless the picture is a pattern.
  const candidates = lines.filter((line) => long(line, SIDE));
  if (candidates.length > MAX_SIDES) return [...printed];
  for (const { box, lines: sides } of framesOf(candidates)) {
    if (sides.every((side) => printed.has(side))) continue;
    const isWritten = components.some(
      (part) =>
        boxHeight(part.box) >= CONTENT * letter &&
        part.box.left >= box.left &&
        part.box.right <= box.right &&
        part.box.top >= box.top &&
        part.box.bottom <= box.bottom,
    );
    if (isWritten) for (const side of sides) printed.add(side);
  }
  return [...printed];
}

/** Whether a level line has its words above it. The bar of a t, or of several, has most of them below. */
function isUnderline(line: Line, without: Uint8Array, width: number, height: number, letter: number): boolean {
  let [above, below] = [0, 0];
  for (let x = Math.max(0, line.from); x <= Math.min(width - 1, line.to); x++) {
    const row = Math.round(lineAt(line, x));
    for (let y = Math.max(0, Math.round(row - WORDS_ABOVE * letter)); y < row && y < height; y++) {
      above += without[y * width + x]!;
    }
    for (let y = Math.max(0, row); y < Math.min(height, row + LETTERS_BELOW * letter); y++) {
      below += without[y * width + x]!;
    }
  }
  return above >= MORE_ABOVE * below;
}

/** Clears remains of lines: pieces that lie on a line and are no thicker than it. */
function clearRemains(mask: Uint8Array, width: number, height: number, lines: readonly Line[], pen: number): void {
  const { labels, components } = labelComponents(mask, width, height);
  const remains = new Uint8Array(components.length + 1);
  for (const { label, box } of components) {
    for (const line of lines) {
      const [along, from, to] = line.vertical
        ? [(box.top + box.bottom) / 2, box.left, box.right]
        : [(box.left + box.right) / 2, box.top, box.bottom];
      const row = lineAt(line, along);
      const reach = line.thickness + 2;
      if (along < line.from - reach || along > line.to + reach) continue;
      const isThin = to - from <= line.thickness + Math.max(2, pen);
      if (isThin && from - line.thickness <= row && to + line.thickness >= row) remains[label] = 1;
    }
  }
  for (let i = 0; i < labels.length; i++) if (remains[labels[i]!]) mask[i] = 0;
}
