import type { ModelStatus } from '../../../app/services.ts';
import { alignLeft, printable, wrap } from '../../../app/text-layout.ts';
import type { ChartLook } from '../../charts/chart-data.ts';
import { overlayMark } from '../../charts/overlay-chart.ts';
import { recordsOverlay } from '../../charts/record-charts.ts';
import type { Size } from '../../components/body-size.ts';
import { joinColumns, paintLines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import { comparedRows } from './model-differences.ts';

/** The chart has at least this share of the body, and at most that one. */
const CHART_SHARE = { least: 0.5, most: 0.7 } as const;
/** From this width on, accuracy and loss are side by side. */
const WIDE = 150;
const GAP = 3;
/** The widths of the table's columns. */
const NAME_WIDTH = 18;
const MAX_CELL = 26;
const CELL_GAP = 2;

/** The rows for the chart in a body of `height`, where the table below it has `tableRows`. */
export function overlayHeight(height: number, tableRows: number): number {
  const free = height - 1 - tableRows;
  return Math.max(Math.floor(height * CHART_SHARE.least), Math.min(Math.floor(height * CHART_SHARE.most), free));
}

/** The validation values of models in one chart; where there is room, those of the other metric in another beside it. */
export function overlayLines(
  models: readonly ModelStatus[],
  metric: 'accuracy' | 'loss',
  { width, height }: Size,
  look: ChartLook,
  theme: Theme,
): string[] {
  const runs = models.map(({ name, training }) => ({ name, record: training ?? {} }));
  const draw = (shown: 'accuracy' | 'loss', columns: number) =>
    paintLines(recordsOverlay(runs, shown, columns, height, look, theme), theme);
  if (width < WIDE) return draw(metric, width);
  const left = Math.floor((width - GAP) / 2);
  return joinColumns(draw(metric, left), draw(metric === 'accuracy' ? 'loss' : 'accuracy', width - GAP - left), GAP);
}

/** A table with a column for each model: its mark and name, its best values, and what differs. */
export function comparedLines(
  models: readonly ModelStatus[],
  metric: 'accuracy' | 'loss',
  width: number,
  theme: Theme,
): string[] {
  const { ellipsis } = theme.glyphs;
  const cellWidth = Math.min(MAX_CELL, Math.floor((width - NAME_WIDTH) / models.length) - CELL_GAP);
  const cell = (text: string) => ' '.repeat(CELL_GAP) + alignLeft(text, cellWidth, ellipsis);
  const heading = models.map(({ name }, index) => {
    const { glyph, style } = overlayMark(index, theme);
    return cell(`${theme.paint(style, glyph)} ${theme.paint('strong', printable(name))}`);
  });
  const rows = comparedRows(models, metric).map(
    ({ name, cells }) => theme.paint('dim', alignLeft(name, NAME_WIDTH)) + cells.map(cell).join(''),
  );
  const without = models.filter(({ training }) => !training?.history?.length).map(({ name }) => printable(name));
  const remark = without.length > 0 ? `Without a curve, since no history was kept: ${without.join(', ')}.` : '';
  return [
    ...(remark ? wrap(theme.paint('warning', remark), width) : []),
    ' '.repeat(NAME_WIDTH) + heading.join(''),
    ...rows,
  ];
}
