import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count, counted, percent, timeLeft } from '../../app/format.ts';
import { clip, columnsOf, printable } from '../../app/text-layout.ts';
import { useAppContext } from '../app-context.ts';
import { barLine } from '../components/bar-line.ts';
import { bodySize } from '../components/body-size.ts';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { Waiting } from '../components/waiting.tsx';
import type { Theme } from '../theme/theme.ts';
import { learnChart } from './learn-charts.ts';
import { currentEpoch, doneShare, type LearnState, secondsLeft } from './learn-state.ts';

/** Learning in progress: bars, the accuracy so far, and its chart. */
export function LearnProgress({ state }: { state: LearnState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  if (!state.start && state.waiting) {
    const until = 'Checking for up to 20 seconds whether that is still running.';
    return <Waiting lock="The model" holder={state.waiting} until={until} />;
  }
  if (!state.start) return <Loading text={state.isStopping ? 'Stopping' : 'Loading samples'} />;
  const head = [headline(state.start, width, theme), epochLine(state, width, theme), ...accuracyLines(state, theme)];
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      <Box marginTop={1}>
        <Lines lines={learnChart(state, width, height - head.length - 1, theme)} />
      </Box>
    </Box>
  );
}

/** The model and what it learns from, as far as there is room. */
function headline(start: NonNullable<LearnState['start']>, width: number, theme: Theme): string {
  const labels = start.newLabels.map(printable).join(', ');
  const parts = [
    `from ${printable(start.from)}`,
    `${counted(start.samples, 'sample')} to learn, ${count(start.heldOut)} held out`,
    ...(labels ? [`new: ${labels}`] : []),
    `replaying ${start.replay}`,
    start.device,
  ];
  const join = (shown: readonly string[]) => shown.join(` ${theme.glyphs.separator} `);
  while (columnsOf(join(parts)) > width && parts.length > 1) parts.pop();
  return theme.paint('dim', clip(join(parts), width, theme.glyphs.ellipsis));
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
