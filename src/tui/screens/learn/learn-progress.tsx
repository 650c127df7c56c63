import type { ReactNode } from 'react';
import { count, counted, percent, timeLeft } from '../../../app/format.ts';
import { printable } from '../../../app/text-layout.ts';
import { barLine } from '../../components/bar-line.ts';
import { headline, RunProgress } from '../../components/run-progress.tsx';
import type { Theme } from '../../theme/theme.ts';
import { learnChart } from './learn-charts.ts';
import { currentEpoch, doneShare, type LearnState, secondsLeft } from './learn-state.ts';

/** Learning in progress: bars, the accuracy so far, and its chart. */
export function LearnProgress({ state }: { state: LearnState }): ReactNode {
  return (
    <RunProgress
      start={state.start}
      waiting={state.waiting}
      loading={state.isStopping ? 'Stopping' : 'Loading samples'}
      head={(start, width, theme) => [
        headline(description(start), width, theme),
        epochLine(state, width, theme),
        ...accuracyLines(state, theme),
      ]}
      charts={(width, height, settings, theme) => learnChart(state, width, height, settings, theme)}
    />
  );
}

/** The model and what it learns from. */
function description(start: NonNullable<LearnState['start']>): string[] {
  const labels = start.newLabels.map(printable).join(', ');
  return [
    `from ${printable(start.from)}`,
    `${counted(start.samples, 'sample')} to learn, ${count(start.heldOut)} held out`,
    ...(labels ? [`new: ${labels}`] : []),
    `replaying ${start.replay}`,
    start.device,
  ];
}

function epochLine(state: LearnState, width: number, theme: Theme): string {
  const { isStopping, validating } = state;
  const activity = isStopping
    ? 'stopping'
    : doneShare(state) === 1
      ? 'finishing'
      : validating
        ? 'measuring'
        : 'learning';
  const painted = theme.paint(isStopping ? 'warning' : 'good', activity);
  return barLine(
    {
      label: 'Epoch',
      done: `${currentEpoch(state)}/${state.start!.epochs}`,
      share: doneShare(state),
      style: 'accent',
      note: `${painted} ${theme.glyphs.separator} ${timeLeft(secondsLeft(state))}`,
    },
    width,
    theme,
  );
}

/** The accuracy before learning and after the last epoch. */
function accuracyLines({ epochs }: LearnState, { glyphs, paint }: Theme): string[] {
  const figures = (values: readonly (number | null)[]) => {
    const [before = null, now = null] = [values[0], values.at(-1)];
    if (before === null || now === null) return paint('dim', values.length === 0 ? 'being measured' : 'not measured');
    return values.length === 1
      ? percent(before)
      : `${percent(before)} ${glyphs.arrow} ${paint('strong', percent(now))}`;
  };
  const own = figures(epochs.map(({ ownAccuracy }) => ownAccuracy));
  const general = figures(epochs.map(({ generalAccuracy }) => generalAccuracy));
  return [
    `${paint('training', `${glyphs.trainingSample} Your samples`)}  ${own}`,
    `${paint('validation', `${glyphs.validationSample} In general  `)}  ${general}`,
  ];
}
