import { plot } from 'asciichart';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Grid } from './grid.ts';
import { type DrawnLine, lineLevels, type Range } from './line-levels.ts';
import type { Level } from './scale.ts';

/** Draws lines with asciichart, the dim ones behind the others. */
export function drawLines(grid: Grid, lines: readonly DrawnLine[], range: Range, level: Level, glyphs: Glyphs): void {
  for (const isDim of [true, false]) {
    for (const line of lines) {
      if ((line.dim ?? false) !== isDim) continue;
      const symbols = isDim ? glyphs.dimLine : line.shape === 'dotted' ? glyphs.dottedLine : glyphs.solidLine;
      drawLine(grid, lineLevels(line, range, grid.columns, level), symbols, (row, column, character) =>
        grid.set(row, column, character, isDim ? 'dim' : line.style),
      );
    }
  }
}

/** Absorbs rounding errors, in rows. */
const TOLERANCE = 1e-6;

/** Draws a line through the levels. Those that are NaN or beyond the rows leave a gap. */
function drawLine(
  { rows }: Grid,
  levels: Float64Array,
  symbols: readonly string[],
  set: (row: number, column: number, character: string) => void,
): void {
  const isDrawn = (level: number) => level >= -TOLERANCE && level <= rows - 1 + TOLERANCE;
  let start = 0;
  while (start < levels.length) {
    if (!isDrawn(levels[start]!)) {
      start++;
      continue;
    }
    let end = start;
    while (end < levels.length && isDrawn(levels[end]!)) end++;
    const segment = Array.from(levels.subarray(start, end), (level) => Math.min(rows - 1, Math.max(0, level)));
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
      // All symbols are one UTF-16 unit long.
      for (let column = 1; column < line.length; column++) {
        if (line[column] !== ' ') set(row, start + column - 1, line[column]!);
      }
    });
    start = end;
  }
}
