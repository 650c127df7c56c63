import { plot } from 'asciichart';
import { alignLeft, alignRight } from '../../app/text-layout.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Style } from '../theme/theme.ts';
import { niceScale, niceStep, type Scale } from './scale.ts';
import { type Bucket, bridge, means, resample, type Series } from './series.ts';

/** Text in one style. */
export interface Segment {
  readonly text: string;
  readonly style?: Style;
}
/** One line of a chart. */
export type Line = readonly Segment[];

export interface ChartData {
  readonly title: string;
  /** One value per batch: each column shows their mean, with their range shaded behind it. */
  readonly training: Series;
  /** One value per epoch, at its end. */
  readonly validation: readonly { readonly x: number; readonly y: number }[];
  /** The range of the x axis, in epochs. */
  readonly from: number;
  readonly to: number;
  readonly format: (value: number) => string;
  /** Where the first values of a run are: the loss starts high, the accuracy low. */
  readonly farSide: 'low' | 'high';
  /** Bounds of the y axis, for values that cannot exceed them. */
  readonly lowest?: number;
  readonly highest?: number;
}

/**
 * Draws training and validation values over the epochs: exactly `height` lines of exactly `width` columns. Small charts drop
 * the axis line first, then the labels, then the title.
 */
export function lineChart(data: ChartData, width: number, height: number, glyphs: Glyphs): Line[] {
  if (width <= 0 || height <= 0) return [];
  const hasTitle = height >= 4;
  const hasLabels = height >= 5;
  const hasAxis = height >= 8;
  const rows = height - Number(hasTitle) - Number(hasLabels) - Number(hasAxis);
  const scale = scaleOf(data, rows);
  const ticks = ticksOf(scale, rows, data.format);
  const gutter = Math.max(0, ...ticks.map((tick) => tick?.length ?? 0));
  const labeled = width >= gutter + 1 + 8;
  const left = labeled ? gutter + 1 : 0;
  const columns = width - left;

  const buckets = resample(data.training, data.from, data.to, columns);
  const grid = emptyGrid(rows, columns);
  shade(grid, buckets, scale, glyphs);
  draw(grid, bridge(means(buckets)), scale, glyphs.trainingLine, 'training');
  draw(grid, bridge(validationColumns(data, columns)), scale, glyphs.validationLine, 'validation');

  const lines: Line[] = [];
  if (hasTitle) lines.push(titleLine(data.title, width, glyphs));
  grid.forEach((cells, row) => {
    const tick = ticks[row];
    const axis: Segment[] = labeled
      ? [{ text: alignRight(tick ?? '', gutter) + (tick ? glyphs.axisTick : glyphs.axisVertical), style: 'dim' }]
      : [];
    lines.push([...axis, ...merge(cells)]);
  });
  if (hasAxis) lines.push([{ text: axisLine(data, columns, left, glyphs), style: 'dim' }]);
  if (hasLabels) lines.push([{ text: epochLabels(data, columns, left), style: 'dim' }]);
  return lines;
}

function scaleOf({ training, validation, from, to, farSide, lowest, highest }: ChartData, rows: number): Scale {
  // At a fixed resolution, so that the scale does not depend on the width.
  const trained = means(resample(training, from, to, 60)).filter(Number.isFinite);
  // The first batches of a run are far from all others. Leaving out a twentieth of the values on that side keeps the rest
  // distinguishable; values beyond the scale are not drawn.
  trained.sort((a, b) => a - b);
  const cut = to - from > 1 ? Math.floor(trained.length / 20) : 0;
  const kept = farSide === 'high' ? trained.slice(0, trained.length - cut) : trained.slice(cut);
  const values = [...kept, ...validation.map(({ y }) => y)];
  return niceScale(values, Math.max(1, Math.min(6, Math.floor(rows / 2))), lowest, highest);
}

/** The label of each row; undefined for rows without a tick. */
function ticksOf({ min, max, step }: Scale, rows: number, format: (value: number) => string): (string | undefined)[] {
  const labels: (string | undefined)[] = Array.from({ length: rows }, () => undefined);
  const first = Math.ceil(min / step - 1e-9) * step;
  for (let index = 0; index < 100 && first + index * step <= max + step * 1e-6; index++) {
    const value = first + index * step;
    const row = rowOf(value, min, max, rows);
    labels[row] ??= format(value);
  }
  return labels;
}

/** The row of a value, from 0 at the top. */
function rowOf(value: number, min: number, max: number, rows: number): number {
  return rows - 1 - Math.round(level(value, min, max, rows));
}

/** The height of a value above the bottom row, 0 to rows - 1, not rounded. */
function level(value: number, min: number, max: number, rows: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min))) * (rows - 1);
}

interface Cell {
  readonly character: string;
  readonly style?: Style;
}

function emptyGrid(rows: number, columns: number): Cell[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, (): Cell => ({ character: ' ' })));
}

/** Shades the range of each column's batches. */
function shade(grid: Cell[][], buckets: readonly Bucket[], { min, max }: Scale, glyphs: Glyphs): void {
  buckets.forEach((bucket, column) => {
    if (bucket.count < 2 || bucket.max < min || bucket.min > max) return;
    const top = rowOf(bucket.max, min, max, grid.length);
    const bottom = rowOf(bucket.min, min, max, grid.length);
    for (let row = top; row <= bottom; row++) grid[row]![column] = { character: glyphs.shade, style: 'dim' };
  });
}

/** Draws a line through the values with asciichart. Values that are NaN or beyond the scale leave a gap. */
function draw(grid: Cell[][], values: readonly number[], scale: Scale, symbols: readonly string[], style: Style): void {
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

function validationColumns({ validation, from, to }: ChartData, columns: number): number[] {
  const values = Array.from({ length: columns }, () => Number.NaN);
  for (const { x, y } of validation) {
    if (!Number.isFinite(y) || x <= from || x > to) continue;
    values[Math.min(columns - 1, Math.ceil(((x - from) / (to - from)) * columns) - 1)] = y;
  }
  return values;
}

function titleLine(title: string, width: number, glyphs: Glyphs): Line {
  const parts: Segment[] = [
    { text: '  ' },
    { text: glyphs.trainingSample, style: 'training' },
    { text: ' training  ' },
    { text: glyphs.validationSample, style: 'validation' },
    { text: ' validation' },
  ];
  const legend = parts.reduce((sum, { text }) => sum + text.length, 0);
  if (title.length + legend > width) return [{ text: alignLeft(title, width), style: 'strong' }];
  return [{ text: title, style: 'strong' }, ...parts, { text: ' '.repeat(width - title.length - legend) }];
}

/** The labeled epochs by column. */
function epochTicks({ from, to }: ChartData, columns: number): Map<number, number> {
  const ticks = new Map<number, number>();
  const step = Math.max(1, niceStep(((to - from) * 6) / columns));
  for (let epoch = Math.ceil(from / step) * step; epoch <= to && ticks.size < columns; epoch += step) {
    ticks.set(Math.min(columns - 1, Math.round(((epoch - from) / (to - from)) * columns)), epoch);
  }
  return ticks;
}

function axisLine(data: ChartData, columns: number, left: number, glyphs: Glyphs): string {
  const ticks = epochTicks(data, columns);
  const line = Array.from({ length: columns }, (_, column) =>
    ticks.has(column) && column > 0 ? glyphs.axisHorizontalTick : glyphs.axisHorizontal,
  );
  return (left > 0 ? ' '.repeat(left - 1) + glyphs.axisCorner : '') + line.join('');
}

function epochLabels(data: ChartData, columns: number, left: number): string {
  const name = 'epoch ';
  const line = Array.from({ length: columns }, () => ' ');
  let free = 0;
  for (const [column, epoch] of epochTicks(data, columns)) {
    const label = String(epoch);
    const start = Math.min(columns - label.length, Math.max(0, column - Math.floor(label.length / 2)));
    if (start < free) continue;
    [...label].forEach((character, index) => {
      line[start + index] = character;
    });
    free = start + label.length + 1;
  }
  const gutter = left >= name.length ? alignRight(name, left) : ' '.repeat(left);
  return gutter + line.join('');
}

/** Merges adjacent cells of the same style. */
function merge(cells: readonly Cell[]): Segment[] {
  const segments: { text: string; style?: Style }[] = [];
  for (const { character, style } of cells) {
    const last = segments.at(-1);
    if (last && last.style === style) last.text += character;
    else segments.push({ text: character, style });
  }
  return segments;
}
