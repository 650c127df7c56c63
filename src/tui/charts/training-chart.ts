import { decimal, percent } from '../../app/format.ts';
import type { EpochRecord } from '../../core/model/training-history.ts';
import type { Theme } from '../theme/theme.ts';
import type { ChartData, ChartLook, ChartMark, Point } from './chart-data.ts';
import type { Range } from './line-levels.ts';
import { complement, type Series } from './series.ts';

/** What a chart of a training run shows. */
export type Metric = 'accuracy' | 'loss' | 'learningRate';

/** A training run so far. */
export interface TrainingCurves {
  /** Means over batches. */
  readonly loss: Series;
  readonly accuracy: Series;
  readonly learningRate: Series;
  readonly epochs: readonly Pick<EpochRecord, 'epoch' | 'validationLoss' | 'validationAccuracy'>[];
}

/** The epoch with the highest validation accuracy, the first of equal ones; null before the first epoch. */
export function bestOf<Epoch extends Pick<EpochRecord, 'validationAccuracy'>>(epochs: readonly Epoch[]): Epoch | null {
  return epochs.reduce<Epoch | null>(
    (best, epoch) => (best === null || epoch.validationAccuracy > best.validationAccuracy ? epoch : best),
    null,
  );
}

/** The training line is averaged over this share of the x axis. */
const SMOOTHING = 1 / 40;

/** The name of what a chart shows: on a logarithmic scale, errors can be told apart where accuracies cannot. */
export function metricTitle(metric: Metric, { scale }: ChartLook): string {
  const isLog = scale === 'log';
  const title = { accuracy: isLog ? 'Error' : 'Accuracy', loss: 'Loss', learningRate: 'Learning rate' }[metric];
  return isLog ? `${title}, log` : title;
}

/** The y axis of a metric. */
export function metricAxis(
  metric: Metric,
  { scale }: ChartLook,
): Pick<ChartData, 'format' | 'farSide' | 'lowest' | 'highest'> {
  const isError = metric === 'accuracy' && scale === 'log';
  if (metric === 'accuracy') {
    const format = (value: number, decimals: number) => percent(value, Math.max(0, decimals - 2));
    return { format, farSide: isError ? 'high' : 'low', lowest: 0, highest: 1 };
  }
  const format = (value: number, decimals: number) => value.toFixed(decimals);
  return { format, ...(metric === 'loss' ? { farSide: 'high' } : {}), lowest: 0 };
}

/** What was measured on validation images after each epoch; nothing for the learning rate. */
export function validationPoints(metric: Metric, epochs: TrainingCurves['epochs'], { scale }: ChartLook): Point[] {
  if (metric === 'learningRate') return [];
  if (metric === 'loss') return epochs.map(({ epoch, validationLoss }) => ({ x: epoch, y: validationLoss }));
  return epochs.map(({ epoch, validationAccuracy }) => ({
    ...{ x: epoch, y: scale === 'log' ? 1 - validationAccuracy : validationAccuracy },
  }));
}

/**
 * The chart of one metric of a training run: the training values, smoothed, with the raw ones behind them, and a mark for each
 * epoch's validation, of which that of the best epoch has its own and its value.
 *
 * @param details added to the title, such as the range
 */
export function trainingChart(
  metric: Metric,
  curves: TrainingCurves,
  range: Range,
  look: ChartLook,
  { glyphs }: Theme,
  details = '',
): ChartData {
  const isError = metric === 'accuracy' && look.scale === 'log';
  const values = isError ? complement(curves.accuracy) : curves[metric];
  const style = 'training';
  const { from, to } = range;
  const points = validationPoints(metric, curves.epochs, look).filter(({ x }) => x > from && x <= to);
  const bestEpoch = bestOf(curves.epochs)?.epoch;
  const best = points.find(({ x }) => x === bestEpoch);
  const bestText = best ? (metric === 'accuracy' ? percent(best.y, 2) : decimal(best.y)) : '';
  const marks = points
    .filter((point) => point !== best)
    .map((point): ChartMark => ({ ...point, glyph: glyphs.epochMark, style: 'validation' }));
  if (best) marks.push({ ...best, glyph: glyphs.bestMark, style: 'validation', label: bestText });
  const smoothing = (to - from) * SMOOTHING;
  const isRate = metric === 'learningRate';
  return {
    ...{ title: metricTitle(metric, look) + details, ...metricAxis(metric, look), ...range },
    legend: isRate
      ? []
      : [
          { sample: glyphs.trainingSample, name: 'training', style },
          { sample: glyphs.epochMark, name: 'validation', style: 'validation' },
          ...(best
            ? [{ sample: glyphs.bestMark, name: `best ${bestText}`, style: 'validation', optional: true } as const]
            : []),
        ],
    lines: isRate
      ? [{ values, style }]
      : [
          { values, style, dim: true },
          { values, smoothing, style },
        ],
    marks,
  };
}
