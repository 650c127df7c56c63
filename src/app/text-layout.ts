import { stripVTControlCharacters } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits text into the characters that a reader sees. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Terminal columns that the text takes: 2 for CJK and emoji, 0 for escape sequences. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/**
 * Makes external text (paths, names, messages) safe to print: without escape sequences, control characters, and invisible
 * format characters such as direction marks. Joiners stay, since they hold emoji together.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\u200C\u200D])[\p{Cc}\p{Cf}]/gu, ' ');
}

/** Truncates text to at most `width` columns, the last of them `ellipsis`. */
export function clip(text: string, width: number, ellipsis: string): string {
  return cliTruncate(text, Math.max(0, width), { truncationCharacter: ellipsis });
}

/** Wraps text between words, and words that are longer than a line, to at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split('\n');
}

/** Clips or pads text to exactly `width` columns. */
export function alignLeft(text: string, width: number, ellipsis = ''): string {
  const clipped = clip(text, width, ellipsis);
  return clipped + padding(clipped, width);
}

/** Clips or pads text to exactly `width` columns, with the padding on the left. */
export function alignRight(text: string, width: number, ellipsis = ''): string {
  const clipped = clip(text, width, ellipsis);
  return padding(clipped, width) + clipped;
}

/**
 * Lays out rows of cells, each column as wide as its widest cell. Columns listed in `alignedRight` (from 0) are for numbers.
 * Lines have no trailing spaces.
 */
export function table(rows: readonly (readonly string[])[], alignedRight: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    });
  }
  const pad = (cell: string, column: number) => {
    const spaces = padding(cell, widths[column]!);
    return alignedRight.includes(column) ? spaces + cell : cell + spaces;
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

export interface BarGlyphs {
  readonly full: string;
  readonly empty: string;
  /** From one to seven eighths of a cell; empty if the terminal cannot show them. */
  readonly eighths: readonly string[];
}

export const BLOCK_BAR: BarGlyphs = { full: '█', empty: '░', eighths: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'] };
export const ASCII_BAR: BarGlyphs = { full: '#', empty: '.', eighths: [] };

/** A horizontal bar of exactly `width` columns. `share` is clamped to 0..1; NaN counts as 0. */
export function bar(share: number, width: number, { full, empty, eighths }: BarGlyphs): string {
  if (width <= 0) return '';
  const filled = (Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0) * width;
  const whole = Math.floor(filled);
  const part = whole < width ? (eighths[Math.floor((filled - whole) * 8) - 1] ?? '') : '';
  return full.repeat(whole) + part + empty.repeat(width - whole - part.length);
}

function padding(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text)));
}
