import type { TextReading } from '../core/text/text-reading.ts';
import { alignRight, columnsOf, graphemes, printable } from './text-layout.ts';

/** A character is marked below this probability, since other ones together are then likelier. */
const UNSURE = 0.5;
const HEADINGS = ['Character', 'Sure (%)', 'Strokes'] as const;
const HEADING_WIDTH = Math.max(...HEADINGS.map((heading) => heading.length));
const GAP = 2;
/** Columns between words, in addition to those between characters. */
const WORD_GAP = 2;

/** How the parts of a line are painted. */
export interface SegmentationLook {
  heading(text: string): string;
  character(text: string): string;
  unsure(text: string): string;
}

interface Cell {
  /** The character, its probability, and its strokes if it has any. */
  readonly rows: readonly string[];
  readonly width: number;
  readonly isUnsure: boolean;
}

/**
 * Shows how text was cut into characters. Below each is its probability regardless of the words, marked with `?` if it is low,
 * and the numbers of its strokes, from 1. Text wider than `width` columns continues below.
 */
export function segmentationLines(
  { characters, words }: Pick<TextReading, 'characters' | 'words'>,
  width: number,
  look: SegmentationLook,
): string[] {
  const hasStrokes = characters.some(({ strokes }) => strokes !== undefined);
  const headings = HEADINGS.slice(0, hasStrokes ? 3 : 2);
  const starts = wordStarts(words);
  const lines: string[] = [];
  let rows: string[] = [];
  let used = 0;
  characters.forEach((character, index) => {
    const cell = cellOf(character, headings.length);
    const isFirst = rows.length === 0;
    let gap = GAP + (!isFirst && starts.has(index) ? WORD_GAP : 0);
    if (isFirst || used + gap + cell.width > width) {
      lines.push(...rows);
      rows = headings.map((heading) => look.heading(heading.padEnd(HEADING_WIDTH)));
      used = HEADING_WIDTH;
      gap = GAP;
    }
    rows = rows.map((row, at) => row + ' '.repeat(gap) + paintCell(cell, at, look));
    used += gap + cell.width;
  });
  return [...lines, ...rows];
}

/** The indices of the characters that words start with. */
function wordStarts(words: TextReading['words']): Set<number> {
  const starts = new Set<number>();
  let index = 0;
  for (const { text } of words) {
    starts.add(index);
    index += graphemes(text).length;
  }
  return starts;
}

function cellOf({ label, probability, strokes = [] }: TextReading['characters'][number], count: number): Cell {
  const isUnsure = probability < UNSURE;
  const share = Math.round(probability * 100);
  const rows = [printable(label), `${share}${isUnsure ? '?' : ''}`, strokeNumbers(strokes)].slice(0, count);
  return { rows, width: Math.max(...rows.map(columnsOf)), isUnsure };
}

function paintCell({ rows, width, isUnsure }: Cell, at: number, look: SegmentationLook): string {
  const text = alignRight(rows[at]!, width);
  if (at === 2) return look.heading(text);
  if (isUnsure) return look.unsure(text);
  return at === 0 ? look.character(text) : text;
}

/** `[0, 1, 2, 4]` → `1-3,5`. */
function strokeNumbers(strokes: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const stroke of strokes) {
    const range = ranges.at(-1);
    if (range && range[1] === stroke - 1) range[1] = stroke;
    else ranges.push([stroke, stroke]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}-${last + 1}`)).join(',');
}
