import { expect, test } from 'vitest';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import {
  bestEpoch,
  currentEpoch,
  epochShare,
  initialTrain,
  recentEpochs,
  reduceTrain,
  secondsLeft,
  totalShare,
  wholeRun,
} from '../../src/tui/screens/train/train-state.ts';
import { summaryLine } from '../../src/tui/screens/train/train-texts.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../helpers/run-events.ts';

const after = (...events: TrainEvent[]) =>
  events.reduce(reduceTrain, reduceTrain(initialTrain(), { event: 'submit', split: 'balanced' }));
/** 10 epochs of 1,000 images at 100 images/s, and 200 validation images at 50 images/s. */
const start = trainStart({ trainImages: 1000, validationImages: 200 });
const batch = (epoch: number, of: number): TrainEvent => ({
  ...{ event: 'batch', epoch, batch: of, batches: 10, loss: 1, accuracy: 0.5 },
  ...{ learningRate: 0.001, imagesPerSecond: 100 },
});
const validation = (epoch: number, images: number): TrainEvent => ({
  ...{ event: 'validation', epoch, images, total: 200, imagesPerSecond: 50 },
});

test('the estimate of the remaining time includes the validations', () => {
  expect(secondsLeft(after(start))).toBeNull();
  // Until a validation has been timed, it is assumed to be three times as fast as training.
  expect(secondsLeft(after(start, batch(1, 5)))).toBeCloseTo(95 + (10 * 200) / 300);
  expect(secondsLeft(after(start, batch(1, 10), validation(1, 100)))).toBeCloseTo(90 + 38);
  const second = [start, batch(1, 10), validation(1, 200), trainEpochEnd(1), batch(2, 5)] as const;
  expect(secondsLeft(after(...second))).toBeCloseTo(85 + 36);
  const lastEpoch = reduceTrain(after(...second), { event: 'stopping', when: 'epoch' });
  expect(secondsLeft(lastEpoch)).toBeCloseTo(5 + 4);
  // Images without a character take as long as the others.
  const rejecting = trainStart({ trainImages: 800, rejectImages: 200, validationImages: 0 });
  expect(secondsLeft(after(rejecting, batch(1, 5)))).toBeCloseTo(95);
});

test('progress includes the epochs before the run was resumed', () => {
  const resumed = after(trainStart({ epochsDone: 4 }), ...trainEpoch(5, 2));
  expect(totalShare(resumed)).toBeCloseTo(0.5);
  expect(epochShare(after(start, batch(1, 5)))).toBe(0.5);
  expect(epochShare(after(start, batch(1, 10), trainEpochEnd(1)))).toBe(1);
});

test('the charts show the whole run from its first batch on, or its last epochs', () => {
  const ranges = (epochs: number, current: number, epochsDone = 0) => {
    const state = after(trainStart({ epochs, epochsDone }), batch(current, 5));
    return { whole: wholeRun(state), recent: recentEpochs(state) };
  };
  for (let epoch = 1; epoch <= 5; epoch++) expect(ranges(5, epoch).whole).toEqual({ from: 0, to: 5 });
  expect(ranges(1, 1)).toEqual({ whole: { from: 0, to: 1 }, recent: { from: 0, to: 1 } });
  expect(ranges(99, 3)).toEqual({ whole: { from: 0, to: 99 }, recent: { from: 1, to: 3 } });
  // A fifth of what is done.
  expect(ranges(99, 50)).toEqual({ whole: { from: 0, to: 99 }, recent: { from: 40, to: 50 } });
  // If the earlier epochs of a resumed run are unknown, only the later ones.
  expect(ranges(6, 5, 4)).toEqual({ whole: { from: 4, to: 6 }, recent: { from: 4, to: 5 } });
});

test('a resumed run shows its whole history, and its best epoch may be an earlier one', () => {
  const record = (epoch: number, validationAccuracy: number) => ({
    ...{ epoch, loss: 1 / epoch, accuracy: 0.5, validationLoss: 1, validationAccuracy, seconds: 9, imagesPerSecond: 9 },
  });
  const state = after(
    trainStart({
      ...{ epochs: 6, epochsDone: 2, history: [record(1, 0.9), record(2, 0.8)] },
      curve: { span: 0.5, loss: [4, 3, null, 2], accuracy: [0.1, 0.2, 0.3, 0.4], learningRate: [1, 1, 1, 1] },
    }),
  );
  expect(currentEpoch(state)).toBe(3);
  expect(totalShare(state)).toBeCloseTo(2 / 6);
  expect(wholeRun(state)).toEqual({ from: 0, to: 6 });
  expect(bestEpoch(state)?.epoch).toBe(1);
  const later = [batch(3, 5), trainEpochEnd(3)].reduce(reduceTrain, state);
  expect([...later.loss.sums]).toEqual([4, 3, 0, 2, 1]);
  expect(later.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(recentEpochs(later)).toEqual({ from: 1, to: 3 });
});

test('the charts of a run that was stopped end with it', () => {
  const end = {
    event: 'end',
    reason: 'stopped',
    model: 'mine',
    epochs: 3,
    seconds: 1,
    validationAccuracy: 0.5,
  } as const;
  const stopped = after(start, ...[1, 2, 3].flatMap((epoch) => [batch(epoch, 10), trainEpochEnd(epoch)]), end);
  expect(wholeRun(stopped)).toEqual({ from: 0, to: 3 });
});

test('the best epoch has the highest validation accuracy', () => {
  const worse = { ...trainEpochEnd(2), validationAccuracy: 0.1 } as TrainEvent;
  expect(bestEpoch(after(start, trainEpochEnd(1), worse))?.epoch).toBe(1);
});

test('memory is bounded in a long run', () => {
  let state = after(start);
  for (let epoch = 1; epoch <= 60; epoch++)
    for (const event of trainEpoch(epoch, 50)) state = reduceTrain(state, event);
  expect(state.loss.counts.length).toBeLessThanOrEqual(state.loss.capacity);
  expect(state.loss.counts.reduce((sum, count) => sum + count, 0)).toBe(3000);
});

test('the summary says what was measured, and on how many images', () => {
  const end: TrainEvent = {
    event: 'end',
    reason: 'interrupted',
    model: 'mine',
    epochs: 3,
    seconds: 61,
    validationAccuracy: 0.871,
  };
  expect(summaryLine(after(start, end))).toBe(
    'Interrupted training mine: 3 of 10 epochs in 1m 1s, validation accuracy 87.10% on 200 images.',
  );
});
