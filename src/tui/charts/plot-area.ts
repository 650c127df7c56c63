import { plot } from 'asciichart';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Style } from '../theme/theme.ts';
import type { Scale } from './scale.ts';
import type { Bucket } from './series.ts';
import type { Segment } from './styled-line.ts';

/** The row of a value, from 0 at the top. */
export function rowOf(value: number, min: number, max: number, rows: number): number {
  return rows - 1 - Math.round(level(value, min, max, rows));
}

/** The height of a value above the bottom row, 0 to rows - 1, not rounded. */
function level(value: number, min: number, max: number, rows: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min))) * (rows - 1);
}

/** One character of the plot. */
export interface Cell {
  readonly character: string;
  readonly style?: Style;
}

/** Cells in rows from the top, all blank. */
export function emptyGrid(rows: number, columns: number): Cell[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, (): Cell => ({ character: ' ' })));
}

/** Shades the range of each column's batches. */
export function shadeRanges(grid: Cell[][], buckets: readonly Bucket[], { min, max }: Scale, glyphs: Glyphs): void {
  buckets.forEach((bucket, column) => {
    if (bucket.count < 2 || bucket.max < min || bucket.min > max) return;
    const top = rowOf(bucket.max, min, max, grid.length);
    const bottom = rowOf(bucket.min, min, max, grid.length);
    for (let row = top; row <= bottom; row++) grid[row]![column] = { character: glyphs.shade, style: 'dim' };
  });
}

/** Draws a line through the values with asciichart. Values that are NaN or beyond the scale leave a gap. */
export function drawLine(
  grid: Cell[][],
  values: readonly number[],
  scale: Scale,
  symbols: readonly string[],
  style: Style,
): void {
  const rows = grid.length;
  const margin = (scale.max - scale.min) * 1e-9;
  const levels = values.map((value) =>
    value >= scale.min - margin && value <= scale.max + margin ? level(value, scale.min, scale.max, rows) : Number.NaN,
  );
  let start = 0;
  while (start < levels.length) {
    if (Number.isNaN(levels[start]!)) {
      start++;
      continue;
    }
    let end = start;
    while (end < levels.length && !Number.isNaN(levels[end]!)) end++;
    const segment = levels.slice(start, end);
    // asciichart draws between points, so it needs one more than there are columns. Its first column is the axis.
    const picture = plot([...segment, segment.at(-1)!], {
      min: 0,
      max: rows - 1,
      height: rows - 1,
      offset: 1,
      format: () => ' ',
      symbols,
    });
    picture.split('\n').forEach((line, row) => {
      [...line].slice(1).forEach((character, column) => {
        if (character !== ' ') grid[row]![start + column] = { character, style };
      });
    });
    start = end;
  }
}

/** Merges adjacent cells of the same style. */
export function mergeCells(cells: readonly Cell[]): Segment[] {
  const segments: { text: string; style?: Style }[] = [];
  for (const { character, style } of cells) {
    const last = segments.at(-1);
    if (last && last.style === style) last.text += character;
    else segments.push({ text: character, style });
  }
  return segments;
}
