import { chart } from '../../charts/chart.ts';
import type { Point } from '../../charts/chart-data.ts';
import type { ChartSettings } from '../../charts/chart-settings.ts';
import { metricAxis, metricTitle } from '../../charts/training-chart.ts';
import { paintLines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import type { LearnState } from './learn-state.ts';

/** Epochs that are shown of a run that is zoomed into. */
const RECENT_EPOCHS = 3;

/** The chart of the accuracy on the user's samples and in general, in exactly `width` x `height` cells. */
export function learnChart(
  { start, epochs, end }: LearnState,
  width: number,
  height: number,
  settings: ChartSettings,
  theme: Theme,
): string[] {
  const { glyphs } = theme;
  const points = (pick: (epoch: LearnState['epochs'][number]) => number | null): Point[] =>
    epochs.flatMap((epoch) => {
      const value = pick(epoch);
      return value === null ? [] : [{ x: epoch.epoch, y: settings.scale === 'log' ? 1 - value : value }];
    });
  const own = points(({ ownAccuracy }) => ownAccuracy);
  const general = points(({ generalAccuracy }) => generalAccuracy);
  const last = epochs.at(-1)?.epoch ?? 0;
  const whole = Math.max(1, end ? last : (start?.epochs ?? last));
  const to = settings.zoom === 'recent' ? Math.max(1, last) : whole;
  const from = settings.zoom === 'recent' ? Math.max(0, to - RECENT_EPOCHS) : 0;
  const data = {
    ...{ title: metricTitle('accuracy', settings), ...metricAxis('accuracy', settings), from, to },
    legend: [
      { sample: glyphs.trainingSample, name: 'your samples', style: 'training' },
      { sample: glyphs.epochMark, name: 'in general', style: 'validation' },
    ],
    lines: [
      { values: general, style: 'validation', shape: 'dotted' },
      { values: own, style: 'training' },
    ],
    marks: general.map((point) => ({ ...point, glyph: glyphs.epochMark, style: 'validation' as const })),
  } as const;
  return paintLines(chart(data, width, height, settings, theme), theme);
}
