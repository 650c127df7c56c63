import type { ReactNode } from 'react';
import { count, decimal, percent, timeLeft } from '../../../app/format.ts';
import { clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { barLine } from '../../components/bar-line.ts';
import { headline, RunProgress } from '../../components/run-progress.tsx';
import type { Theme } from '../../theme/theme.ts';
import { chartLines } from './train-charts.ts';
import { bestEpoch, currentEpoch, epochShare, secondsLeft, type TrainState, totalShare } from './train-state.ts';

/** A training run in progress: bars, figures and charts. */
export function TrainProgress({
  state,
  note,
  reason,
}: {
  state: TrainState;
  /** Shown instead of the validation until the first epoch is complete; may be empty. */
  note: string;
  /** Why this is shown, if the user asked for something else; may be empty. */
  reason: string;
}): ReactNode {
  return (
    <RunProgress
      start={state.start}
      waiting={state.waiting}
      loading={reason ? `${reason} Loading images` : 'Loading images'}
      head={(start, width, theme) => [
        ...(reason ? [theme.paint('warning', clip(reason, width, theme.glyphs.ellipsis))] : []),
        headline(description(start), width, theme),
        epochLine(state, width, theme),
        batchLine(state, width, theme),
        trainingLine(state, width, theme),
        validationLine(state, note, width, theme),
      ]}
      charts={(width, height, settings, theme) => chartLines(state, width, height, settings, theme)}
    />
  );
}

/** The split, the network, the training images and the device. */
function description(start: NonNullable<TrainState['start']>): string[] {
  return [
    start.split,
    start.from === undefined ? start.architecture : `${start.architecture} from ${printable(start.from)}`,
    `${count(start.trainImages)} training images`,
    `${count(start.parameters)} parameters`,
    start.device,
  ];
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

function validationLine(state: TrainState, note: string, width: number, theme: Theme): string {
  const name = theme.paint('validation', `${theme.glyphs.validationSample} Validation`);
  const latest = state.epochs.at(-1);
  if (!latest) return `${name} ${note ? theme.paint('warning', note) : theme.paint('dim', 'after this epoch')}`;
  const best = bestEpoch(state)!;
  const comparison =
    best.epoch === latest.epoch ? 'best so far' : `best ${percent(best.validationAccuracy, 2)} (epoch ${best.epoch})`;
  const figures = `${name} loss ${decimal(latest.validationLoss)}  accuracy ${percent(latest.validationAccuracy, 2)}`;
  const line = `${figures}  ${theme.paint('dim', comparison)}`;
  return columnsOf(line) <= width ? line : figures;
}
