import type { TrainingRecord } from '../../core/model/model.ts';
import type { Theme } from '../theme/theme.ts';
import { chart } from './chart.ts';
import type { ChartLook } from './chart-data.ts';
import { overlayChart } from './overlay-chart.ts';
import { createSeries, type Series, seriesOf } from './series.ts';
import type { StyledLine } from './styled-line.ts';
import {
  type Metric,
  metricAxis,
  metricTitle,
  type TrainingCurves,
  trainingChart,
  validationPoints,
} from './training-chart.ts';

/** What the charts of a record are drawn from. */
type Recorded = Pick<TrainingRecord, 'history' | 'curve'>;

/** The curves of a recorded training run; null if none were kept, as in models of earlier versions. */
function recordedCurves({ history, curve }: Recorded): TrainingCurves | null {
  if (!history || history.length === 0) return null;
  const series = (values: readonly (number | null)[] | undefined): Series =>
    curve && values ? seriesOf(values, curve.span) : createSeries(0, 1);
  return {
    loss: series(curve?.loss),
    accuracy: series(curve?.accuracy),
    learningRate: series(curve?.learningRate),
    epochs: history,
  };
}

/**
 * Draws one metric of a recorded training run, from its first to its last epoch, in exactly `width` x `height` cells. Null if
 * its history was not kept.
 */
export function recordChart(
  record: Recorded,
  metric: Metric,
  width: number,
  height: number,
  look: ChartLook,
  theme: Theme,
): StyledLine[] | null {
  const curves = recordedCurves(record);
  if (!curves) return null;
  const range = { from: 0, to: Math.max(1, curves.epochs.at(-1)!.epoch) };
  return chart(trainingChart(metric, curves, range, look, theme), width, height, look, theme);
}

/**
 * Draws the validation values of up to four recorded runs into one chart of exactly `width` x `height` cells. `overlayMark` says
 * how the run of each number looks. Runs whose history was not kept have a place in the legend and no line.
 */
export function recordsOverlay(
  runs: readonly { readonly name: string; readonly record: Recorded }[],
  metric: 'accuracy' | 'loss',
  width: number,
  height: number,
  look: ChartLook,
  theme: Theme,
): StyledLine[] {
  return overlayChart(
    runs.map(({ name, record }) => ({ name, points: validationPoints(metric, record.history ?? [], look) })),
    { title: `Validation: ${metricTitle(metric, look).toLowerCase()}`, ...metricAxis(metric, look) },
    width,
    height,
    look,
    theme,
  );
}
