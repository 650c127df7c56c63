import { expect, test } from 'vitest';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import { mergedHint } from '../../src/tui/screens/draw-state.ts';
import { worstClasses } from '../../src/tui/screens/evaluate-state.ts';
import { outcomeLine } from '../../src/tui/screens/train-outcome.tsx';
import {
  bestEpoch,
  epochShare,
  initialTrain,
  reduceTrain,
  secondsLeft,
  shownEpochs,
  totalShare,
} from '../../src/tui/screens/train-state.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../helpers/fake-services.ts';

const after = (...events: TrainEvent[]) =>
  events.reduce(reduceTrain, reduceTrain(initialTrain(), { event: 'begin', split: 'balanced' }));
/** 1000 images an epoch at 100 a second, 200 to validate at 50 a second, 10 epochs. */
const start = trainStart({ trainImages: 1000, validationImages: 200 });
const batch = (epoch: number, of: number): TrainEvent => ({
  ...{ event: 'batch', epoch, batch: of, batches: 10, loss: 1, accuracy: 0.5 },
  ...{ learningRate: 0.001, imagesPerSecond: 100 },
});
const validation = (epoch: number, images: number): TrainEvent => ({
  ...{ event: 'validation', epoch, images, total: 200, imagesPerSecond: 50 },
});

test('the time left counts the training and the validations to come', () => {
  expect(secondsLeft(after(start))).toBeNull();
  // Before any validation was timed it is taken to be three times as fast as training.
  expect(secondsLeft(after(start, batch(1, 5)))).toBeCloseTo(95 + (10 * 200) / 300);
  expect(secondsLeft(after(start, batch(1, 10), validation(1, 100)))).toBeCloseTo(90 + 38);
  const second = [start, batch(1, 10), validation(1, 200), trainEpochEnd(1), batch(2, 5)] as const;
  expect(secondsLeft(after(...second))).toBeCloseTo(85 + 36);
  const lastEpoch = reduceTrain(after(...second), { event: 'stopping', when: 'epoch' });
  expect(secondsLeft(lastEpoch)).toBeCloseTo(5 + 4);
});

test('progress counts epochs that were done before', () => {
  const resumed = after(trainStart({ epochsDone: 4 }), ...trainEpoch(5, 2));
  expect(totalShare(resumed)).toBeCloseTo(0.5);
  expect(shownEpochs(resumed)).toEqual({ from: 4, to: 5 });
  expect(epochShare(after(start, batch(1, 5)))).toBe(0.5);
  expect(epochShare(after(start, batch(1, 10), trainEpochEnd(1)))).toBe(1);
});

test('the best epoch is that of the highest validation accuracy', () => {
  const worse = { ...trainEpochEnd(2), validationAccuracy: 0.1 } as TrainEvent;
  expect(bestEpoch(after(start, trainEpochEnd(1), worse))?.epoch).toBe(1);
});

test('memory stays bounded over a long training', () => {
  let state = after(start);
  for (let epoch = 1; epoch <= 60; epoch++)
    for (const event of trainEpoch(epoch, 50)) state = reduceTrain(state, event);
  expect(state.loss.buckets.length).toBeLessThanOrEqual(1024);
  expect(state.loss.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
});

test('the summary names the measure and the number of images', () => {
  const end: TrainEvent = {
    event: 'end',
    reason: 'interrupted',
    model: 'mine',
    epochs: 3,
    seconds: 61,
    validationAccuracy: 0.871,
  };
  expect(outcomeLine(after(start, end))).toBe(
    'Interrupted training mine: 3 of 10 epochs, validation accuracy 87.10 % (200 images kept from the training part), 1m 1s.',
  );
});

test('only merged classes get a hint', () => {
  expect(mergedHint('balanced', 'C')).toMatch(/^C stands for c too/);
  expect(mergedHint('letters', 'A')).toMatch(/^A stands for a too/);
  expect(mergedHint('balanced', 'A')).toBeNull();
  expect(mergedHint('balanced', 'a')).toBeNull();
  expect(mergedHint('byclass', 'C')).toBeNull();
  expect(mergedHint('digits', '7')).toBeNull();
});

test('the worst classes come first; those without images not at all', () => {
  const classes = [
    { label: 'a', images: 10, accuracy: 0.9 },
    { label: 'b', images: 0, accuracy: 0 },
    { label: 'c', images: 10, accuracy: 0.2 },
  ];
  expect(worstClasses(classes, 5).map(({ label }) => label)).toEqual(['c', 'a']);
  expect(worstClasses(classes, 1)).toHaveLength(1);
});
