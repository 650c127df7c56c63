import type { Style } from '../theme/theme.ts';
import { BRAILLE, brailleBit, brailleCharacter } from './braille.ts';
import type { Grid } from './grid.ts';
import { type DrawnLine, lineLevels, type Range } from './line-levels.ts';
import type { Level } from './scale.ts';

/** The row of dots, within those of its cell, that stands for the value of the cell's row. */
const MIDDLE = (BRAILLE.rows - 1) / 2;

/**
 * Draws lines in Braille. A cell in which two meet has the dots of both, and every other such cell the style of the later one,
 * so that both can be followed. But a dim line gives way, so that the others keep their shape.
 */
export function drawBraille(grid: Grid, lines: readonly DrawnLine[], range: Range, level: Level): void {
  const cells = grid.rows * grid.columns;
  const bits = new Uint8Array(cells);
  const styles: (Style | undefined)[] = new Array(cells);
  for (const isDim of [true, false]) {
    const own = isDim ? bits : new Uint8Array(cells);
    for (const line of lines) {
      if ((line.dim ?? false) !== isDim) continue;
      const levels = lineLevels(line, range, grid.columns * BRAILLE.columns, level);
      drawLine(levels, grid, isDim ? 'points' : (line.shape ?? 'solid'), (cell, bit) => {
        if (own[cell] === 0 || cell % 2 === 1) styles[cell] = isDim ? 'dim' : line.style;
        own[cell]! |= bit;
      });
    }
    if (!isDim) {
      own.forEach((dots, cell) => {
        if (dots !== 0) bits[cell] = dots;
      });
    }
  }
  bits.forEach((dots, cell) => {
    if (dots === 0) return;
    grid.set(Math.floor(cell / grid.columns), cell % grid.columns, brailleCharacter(dots), styles[cell]);
  });
}

/**
 * Sets the dots of one line. Each of two neighboring columns of dots has half of the way between their points. A dim line has
 * only the points, which tells it apart without color.
 */
function drawLine(
  levels: Float64Array,
  { rows, columns }: Grid,
  shape: 'solid' | 'dotted' | 'points',
  setDot: (cell: number, bit: number) => void,
): void {
  const last = rows * BRAILLE.rows - 1;
  const y = levels.map((value) => (rows - 1 - value) * BRAILLE.rows + MIDDLE);
  for (let x = 0; x < y.length; x++) {
    const here = y[x]!;
    // Every other cell.
    if (Number.isNaN(here) || (shape === 'dotted' && x % 4 >= 2)) continue;
    const halfway = (neighbor = Number.NaN) =>
      shape === 'points' || Number.isNaN(neighbor) ? here : (here + neighbor) / 2;
    const [before, after] = [halfway(y[x - 1]), halfway(y[x + 1])];
    const top = Math.max(0, Math.round(Math.min(here, before, after)));
    const bottom = Math.min(last, Math.round(Math.max(here, before, after)));
    for (let dot = top; dot <= bottom; dot++) {
      setDot(Math.floor(dot / BRAILLE.rows) * columns + (x >> 1), brailleBit(x, dot));
    }
  }
}
