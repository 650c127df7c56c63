import { alignLeft, alignRight } from '../../app/text-layout.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import { axisLine, epochLabels, rowLabels } from './axes.ts';
import { drawLine, emptyGrid, mergeCells, shadeRanges } from './plot-area.ts';
import { rowScale, type Scale } from './scale.ts';
import { bridge, means, resample, type Series } from './series.ts';
import type { Segment, StyledLine } from './styled-line.ts';

export interface ChartData {
  readonly title: string;
  /** What the two lines are called. Default: training and validation. */
  readonly names?: readonly [training: string, validation: string];
  /** One value per batch: each column shows their mean, with their range shaded behind it. */
  readonly training: Series;
  /** One value per epoch, at its end. */
  readonly validation: readonly { readonly x: number; readonly y: number }[];
  /** The range of the x axis, in epochs. */
  readonly from: number;
  readonly to: number;
  /** The label of a value on the y axis, exact to a number of decimals. */
  readonly format: (value: number, decimals: number) => string;
  /** Where the first values of a run are: the loss starts high, the accuracy low. */
  readonly farSide: 'low' | 'high';
  /** Bounds of the y axis, for values that cannot exceed them. */
  readonly lowest?: number;
  readonly highest?: number;
}

const NAMES = ['training', 'validation'] as const;

/**
 * Draws training and validation values over the epochs: exactly `height` lines of exactly `width` columns. Small charts drop
 * the axis line first, then the labels, then the title.
 */
export function lineChart(data: ChartData, width: number, height: number, glyphs: Glyphs): StyledLine[] {
  if (width <= 0 || height <= 0) return [];
  const hasTitle = height >= 4;
  const hasLabels = height >= 5;
  const hasAxis = height >= 8;
  const rows = height - Number(hasTitle) - Number(hasLabels) - Number(hasAxis);
  const scale = scaleOf(data, rows);
  const ticks = rowLabels(scale, rows, data.format);
  const gutter = Math.max(0, ...ticks.map((tick) => tick?.length ?? 0));
  const labeled = width >= gutter + 1 + 8;
  const left = labeled ? gutter + 1 : 0;
  const columns = width - left;

  const buckets = resample(data.training, data.from, data.to, columns);
  const grid = emptyGrid(rows, columns);
  shadeRanges(grid, buckets, scale, glyphs);
  drawLine(grid, bridge(means(buckets)), scale, glyphs.trainingLine, 'training');
  drawLine(grid, bridge(validationColumns(data, columns)), scale, glyphs.validationLine, 'validation');

  const lines: StyledLine[] = [];
  if (hasTitle) lines.push(titleLine(data, width, glyphs));
  grid.forEach((cells, row) => {
    const tick = ticks[row];
    const axis: Segment[] = labeled
      ? [{ text: alignRight(tick ?? '', gutter) + (tick ? glyphs.axisTick : glyphs.axisVertical), style: 'dim' }]
      : [];
    lines.push([...axis, ...mergeCells(cells)]);
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
  const typical = farSide === 'high' ? trained.slice(0, trained.length - cut) : trained.slice(cut);
  const values = [...typical, ...validation.map(({ y }) => y)];
  return rowScale(values, rows, lowest, highest);
}

function validationColumns({ validation, from, to }: ChartData, columns: number): number[] {
  const values = Array.from({ length: columns }, () => Number.NaN);
  for (const { x, y } of validation) {
    if (!Number.isFinite(y) || x <= from || x > to) continue;
    values[Math.min(columns - 1, Math.ceil(((x - from) / (to - from)) * columns) - 1)] = y;
  }
  return values;
}

function titleLine({ title, names = NAMES }: ChartData, width: number, glyphs: Glyphs): StyledLine {
  const parts: Segment[] = [
    { text: '  ' },
    { text: glyphs.trainingSample, style: 'training' },
    { text: ` ${names[0]}  ` },
    { text: glyphs.validationSample, style: 'validation' },
    { text: ` ${names[1]}` },
  ];
  const legend = parts.reduce((sum, { text }) => sum + text.length, 0);
  if (title.length + legend > width) return [{ text: alignLeft(title, width), style: 'strong' }];
  return [{ text: title, style: 'strong' }, ...parts, { text: ' '.repeat(width - title.length - legend) }];
}
