import { percent } from '../../app/format.ts';
import { lineChart } from '../charts/line-chart.ts';
import { append, createSeries } from '../charts/series.ts';
import { paintLines } from '../components/lines.tsx';
import type { Theme } from '../theme/theme.ts';
import type { LearnState } from './learn-state.ts';

/** The width of the chart's buckets, in epochs. An epoch's value is in the last bucket before its end. */
const BUCKET_WIDTH = 1 / 256;

/** The chart of the accuracy on the user's samples and in general, in exactly `width` x `height` cells. */
export function learnChart({ start, epochs, end }: LearnState, width: number, height: number, theme: Theme): string[] {
  const own = epochs.reduce(
    (series, { epoch, ownAccuracy }) => append(series, Math.max(0, epoch - BUCKET_WIDTH), ownAccuracy ?? Number.NaN),
    createSeries(0, BUCKET_WIDTH),
  );
  const general = epochs.map(({ epoch, generalAccuracy }) => ({
    x: Math.max(BUCKET_WIDTH, epoch),
    y: generalAccuracy ?? Number.NaN,
  }));
  const last = epochs.at(-1)?.epoch ?? 0;
  const chart = lineChart(
    {
      ...{ title: 'Accuracy', names: ['your samples', 'in general'], training: own, validation: general },
      ...{ from: 0, to: Math.max(1, end ? last : (start?.epochs ?? last)) },
      format: (value, decimals) => percent(value, Math.max(0, decimals - 2)),
      ...{ farSide: 'low', lowest: 0, highest: 1 },
    },
    width,
    height,
    theme.glyphs,
  );
  return paintLines(chart, theme);
}
