import { counted } from '../../../app/format.ts';
import { chart } from '../../charts/chart.ts';
import type { ChartSettings } from '../../charts/chart-settings.ts';
import type { Range } from '../../charts/line-levels.ts';
import { type Metric, trainingChart } from '../../charts/training-chart.ts';
import { joinColumns, paintLines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import { recentEpochs, type TrainState, wholeRun } from './train-state.ts';

const GAP = 3;
/** Columns that three charts side by side need, and two. */
const MIN_COLUMNS = { three: 156, two: 72 } as const;
/** Lines that one chart above another needs, and those below which even narrow charts are not stacked. */
const MIN_LINES = { both: 19, stacked: 14 } as const;
/** The share of the lines that the lower charts have. */
const LOWER_SHARE = 0.4;

/**
 * The charts of a training run in exactly `width` x `height` cells: side by side if there is room, else stacked. Where there are
 * enough lines, the whole run and its last epochs are both shown.
 */
export function chartLines(
  state: TrainState,
  width: number,
  height: number,
  settings: ChartSettings,
  theme: Theme,
): string[] {
  const draw = (metric: Metric, isRecent: boolean, columns: number, lines: number) => {
    const range = isRecent ? recentEpochs(state) : wholeRun(state);
    const data = trainingChart(metric, state, range, settings, theme, isRecent ? lastEpochs(range) : '');
    return paintLines(chart(data, columns, lines, settings, theme), theme);
  };
  const row = (metrics: readonly Metric[], isRecent: boolean, lines: number) => {
    const columns = Math.floor((width - GAP * (metrics.length - 1)) / metrics.length);
    const last = width - (columns + GAP) * (metrics.length - 1);
    return metrics
      .map((metric, index) => draw(metric, isRecent, index === metrics.length - 1 ? last : columns, lines))
      .reduce((left, right) => joinColumns(left, right, GAP));
  };
  const isRecent = settings.zoom === 'recent';
  const two = [settings.showsRate ? 'learningRate' : 'accuracy', 'loss'] as const;
  if (width < MIN_COLUMNS.two && height >= MIN_LINES.stacked) {
    const lower = Math.floor(height / 2);
    return [...draw(two[0], isRecent, width, height - lower), ...draw(two[1], isRecent, width, lower)];
  }
  const metrics = width >= MIN_COLUMNS.three ? (['accuracy', 'loss', 'learningRate'] as const) : two;
  if (height < MIN_LINES.both) return row(metrics, isRecent, height);
  const lower = Math.floor(height * LOWER_SHARE);
  return [...row(metrics, isRecent, height - lower - 1), '', ...row(metrics, !isRecent, lower)];
}

function lastEpochs({ from, to }: Range): string {
  return to - from === 1 ? ', last epoch' : `, last ${counted(to - from, 'epoch')}`;
}
