import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count, decimal, percent, timeLeft } from '../../app/format.ts';
import { clip, columnsOf, printable } from '../../app/text-layout.ts';
import { useAppContext } from '../app-context.ts';
import { barLine } from '../components/bar-line.ts';
import { bodySize } from '../components/body-size.ts';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { Waiting } from '../components/waiting.tsx';
import type { Theme } from '../theme/theme.ts';
import { chartLines } from './train-charts.ts';
import { bestEpoch, currentEpoch, epochShare, secondsLeft, type TrainState, totalShare } from './train-state.ts';

/** A training run in progress: bars, figures and charts. */
export function TrainProgress({ state }: { state: TrainState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  if (!state.start && state.waiting) {
    const until = 'Checking for up to 20 seconds whether that is still running.';
    return <Waiting lock="The model" holder={state.waiting} until={until} />;
  }
  if (!state.start) return <Loading text="Loading images" />;
  const head = [
    headline(state.start, width, theme),
    epochLine(state, width, theme),
    batchLine(state, width, theme),
    trainingLine(state, width, theme),
    validationLine(state, theme),
  ];
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      <Box marginTop={1}>
        <Lines lines={chartLines(state, width, height - head.length - 1, theme)} />
      </Box>
    </Box>
  );
}

/** The split, the network, the training images and the device, as far as there is room. */
function headline(start: NonNullable<TrainState['start']>, width: number, theme: Theme): string {
  const parts = [
    start.split,
    start.from === undefined ? start.architecture : `${start.architecture} from ${printable(start.from)}`,
    `${count(start.trainImages)} training images`,
    `${count(start.parameters)} parameters`,
    start.device,
  ];
  const join = (shown: readonly string[]) => shown.join(` ${theme.glyphs.separator} `);
  while (columnsOf(join(parts)) > width && parts.length > 1) parts.pop();
  return theme.paint('dim', clip(join(parts), width, theme.glyphs.ellipsis));
}

function epochLine(state: TrainState, width: number, theme: Theme): string {
  const { paused, stopping, validating, head } = state;
  const activity =
    stopping === 'batch'
      ? 'stopping'
      : paused
        ? 'paused'
        : stopping === 'epoch'
          ? 'last epoch'
          : validating
            ? 'validating'
            : head
              ? 'new outputs'
              : 'training';
  const painted = theme.paint(paused || stopping ? 'warning' : 'good', activity);
  return barLine(
    {
      label: 'Epoch',
      done: `${currentEpoch(state)}/${state.start!.epochs}`,
      share: totalShare(state),
      style: 'accent',
      note: `${painted} ${theme.glyphs.separator} ${timeLeft(secondsLeft(state))}`,
    },
    width,
    theme,
  );
}

/** The progress of the epoch, of what comes before the first one, or, after its last batch, of its validation. */
function batchLine(state: TrainState, width: number, theme: Theme): string {
  const { batch, validating, head } = state;
  if (head) {
    const note = head.accuracy === null ? '' : `accuracy ${percent(head.accuracy)}`;
    return barLine(
      { label: 'Outputs', done: '', share: head.images / head.total, style: 'training', note },
      width,
      theme,
    );
  }
  const speed = validating ?? batch;
  const note = speed ? `${count(speed.imagesPerSecond)} images/s` : '';
  if (validating) {
    const share = validating.images / validating.total;
    return barLine({ label: 'Validation', done: '', share, style: 'validation', note }, width, theme);
  }
  const done = batch ? `${count(batch.batch)}/${count(batch.batches)}` : '-';
  return barLine({ label: 'Batch', done, share: epochShare(state), style: 'training', note }, width, theme);
}

function trainingLine({ batch }: TrainState, width: number, theme: Theme): string {
  const name = theme.paint('training', `${theme.glyphs.trainingSample} Training  `);
  const accuracy = batch ? percent(batch.accuracy, 2) : '-';
  const figures = `${name} loss ${decimal(batch?.loss ?? null)}  accuracy ${accuracy}`;
  const rate = theme.paint('dim', `learning rate ${batch ? Number(batch.learningRate.toPrecision(3)) : '-'}`);
  const line = `${figures}  ${rate}`;
  return columnsOf(line) <= width ? line : figures;
}

function validationLine(state: TrainState, theme: Theme): string {
  const name = theme.paint('validation', `${theme.glyphs.validationSample} Validation`);
  const latest = state.epochs.at(-1);
  if (!latest) return `${name} ${theme.paint('dim', 'after this epoch')}`;
  const best = bestEpoch(state)!;
  const comparison =
    best.epoch === latest.epoch ? 'best so far' : `best ${percent(best.validationAccuracy, 2)} (epoch ${best.epoch})`;
  return `${name} loss ${decimal(latest.validationLoss)}  accuracy ${percent(latest.validationAccuracy, 2)}  ${theme.paint('dim', comparison)}`;
}
