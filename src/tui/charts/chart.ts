import type { Theme } from '../theme/theme.ts';
import { axisLine, epochLabels, rowLabels } from './axes.ts';
import { drawBraille } from './braille-plot.ts';
import type { ChartData, ChartLook, ChartMark } from './chart-data.ts';
import { Grid } from './grid.ts';
import { titleLine } from './legend.ts';
import { columnAt, type DrawnLine, drawnLine, lineLevels } from './line-levels.ts';
import { drawLines } from './lines-plot.ts';
import { logScale } from './log-scale.ts';
import { type Level, levels, rowScale, type Scale } from './scale.ts';
import type { Segment, StyledLine } from './styled-line.ts';

/**
 * Draws any number of lines and marks over the epochs: exactly `height` lines of exactly `width` columns; `paintLines` makes them
 * text. Small charts drop the axis line first, then the labels, then the title.
 *
 * Lines and marks are told apart by color, and without it by their shapes and glyphs, which the legend shows. For runs side by
 * side, `overlayChart` chooses these.
 */
export function chart(data: ChartData, width: number, height: number, look: ChartLook, theme: Theme): StyledLine[] {
  if (width <= 0 || height <= 0) return [];
  const { glyphs } = theme;
  const hasTitle = height >= 4;
  const hasLabels = height >= 5;
  const hasAxis = height >= 8;
  const rows = height - Number(hasTitle) - Number(hasLabels) - Number(hasAxis);
  const drawn = data.lines.map((line) => drawnLine(line, data));
  const scale = scaleOf(data, drawn, rows, look);
  const ticks = rowLabels(scale, rows, data.format);
  const gutter = Math.max(0, ...ticks.map((tick) => tick?.length ?? 0));
  const labeled = width >= gutter + 1 + 8;
  const left = labeled ? gutter + 1 : 0;
  const columns = width - left;
  const title = titleLine(data.title, data.legend, width, glyphs.ellipsis);

  const grid = new Grid(rows, columns);
  const level = levels(scale, rows);
  if (theme.unicode && look.style === 'braille') drawBraille(grid, drawn, data, level);
  else drawLines(grid, drawn, data, level, glyphs);
  drawMarks(grid, data, level, !title.isComplete);

  const lines: StyledLine[] = [];
  if (hasTitle) lines.push(title.line);
  for (let row = 0; row < rows; row++) {
    const tick = ticks[row];
    const axis: Segment[] = labeled
      ? [{ text: (tick ?? '').padStart(gutter) + (tick ? glyphs.axisTick : glyphs.axisVertical), style: 'dim' }]
      : [];
    lines.push([...axis, ...grid.line(row)]);
  }
  if (hasAxis) lines.push([{ text: axisLine(data, columns, left, glyphs), style: 'dim' }]);
  if (hasLabels) lines.push([{ text: epochLabels(data, columns, left), style: 'dim' }]);
  return lines;
}

/** Columns that the scale is computed at, so that it does not depend on the width. */
const SCALE_COLUMNS = 60;

function scaleOf(data: ChartData, lines: readonly DrawnLine[], rows: number, look: ChartLook): Scale {
  const { marks, from, to, lowest, highest } = data;
  const isLog = look.scale === 'log';
  const isIn = ({ x }: { x: number }) => x >= from && x <= to;
  const valuesOf = (line: DrawnLine) => {
    const drawn = [...lineLevels(line, data, SCALE_COLUMNS, isLog ? Math.log : (value) => value)]
      .filter(Number.isFinite)
      .map((level) => (isLog ? Math.exp(level) : level));
    if (!('counts' in line.values)) return [...drawn, ...line.values.filter(isIn).map(({ y }) => y)];
    return isLog ? drawn : withoutFar(drawn, data);
  };
  const strong = lines.filter(({ dim }) => !dim).flatMap(valuesOf);
  const values = [...strong, ...marks.filter(isIn).map(({ y }) => y)];
  return isLog ? logScale(values, rows, highest) : rowScale(values, rows, lowest, highest);
}

/** Leaves out the first batches of a run, which are far from all others: a tenth of the values. */
function withoutFar(values: number[], { farSide, from, to }: ChartData): number[] {
  if (farSide === undefined || to - from <= 1) return values;
  const cut = Math.floor(values.length / 10);
  values.sort((a, b) => a - b);
  return farSide === 'high' ? values.slice(0, values.length - cut) : values.slice(cut);
}

function drawMarks(grid: Grid, data: ChartData, level: Level, hasLabels: boolean): void {
  const { rows, columns } = grid;
  const labeled: { mark: ChartMark; row: number; column: number }[] = [];
  for (const mark of data.marks) {
    const column = columnAt(mark.x, data, columns);
    const row = rows - 1 - Math.round(level(mark.y));
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) continue;
    grid.set(row, column, mark.glyph, mark.style);
    if (mark.label !== undefined) labeled.push({ mark, row, column });
  }
  if (!hasLabels) return;
  for (const { mark, row, column } of labeled) {
    const text = ` ${mark.label} `;
    const start = [column + 1, column - text.length].find((at) => grid.isBlank(row, at, text.length));
    if (start === undefined) continue;
    for (const [index, character] of [...text].entries()) grid.set(row, start + index, character, mark.style);
  }
}
