import { describe, expect, test } from 'vitest';
import { CURVE_POINTS, type TrainingCurve } from '../../../src/core/model/training-history.ts';
import { addEpochToCurve, type BatchResult } from '../../../src/core/training/training-curve.ts';

/** Batches whose loss is how far the run is, in epochs. */
function epochOf(epoch: number, batches: number): BatchResult[] {
  return Array.from({ length: batches }, (_, index) => {
    const loss = epoch - 1 + (index + 0.5) / batches;
    return { loss, accuracy: 0.5, learningRate: 0.001 };
  });
}

function curveOf(epochs: number, batches: number): TrainingCurve {
  let curve: TrainingCurve | null = null;
  for (let epoch = 1; epoch <= epochs; epoch++) curve = addEpochToCurve(curve, epoch, epochOf(epoch, batches));
  return curve!;
}

test('a short run has a point for each batch, if there are a power of two, in four digits', () => {
  expect(curveOf(2, 4)).toEqual({
    span: 0.25,
    loss: [0.125, 0.375, 0.625, 0.875, 1.125, 1.375, 1.625, 1.875],
    accuracy: new Array(8).fill(0.5),
    learningRate: new Array(8).fill(0.001),
  });
  expect(addEpochToCurve(null, 1, [{ loss: 2.345678, accuracy: 1 / 3, learningRate: 1 / 3000 }])).toEqual({
    ...{ span: 1, loss: [2.346], accuracy: [0.3333], learningRate: [0.0003333] },
  });
});

describe.each([1, 3, 7, 594])('with %i batches in an epoch', (batches) => {
  test.each([1, 3, 10, 513, 1500])('%i epochs fit, and each point is the mean of its batches', (epochs) => {
    const { span, loss, accuracy } = curveOf(epochs, batches);
    expect(loss.length).toBeLessThanOrEqual(CURVE_POINTS);
    expect(loss.length).toBe(Math.ceil(epochs / span));
    expect(accuracy.every((value) => value === 0.5)).toBe(true);
    loss.forEach((value, point) => {
      const end = Math.min((point + 1) * span, epochs);
      // A batch can be left or right of the middle; rounding at each merge adds up.
      const tolerance = 1 / batches / 2 + 1e-3 * Math.max(1, end);
      expect(Math.abs(value! - (point * span + end) / 2)).toBeLessThanOrEqual(tolerance);
    });
  });
});

test('merged points weigh as much as they have batches', () => {
  let curve: TrainingCurve | null = null;
  // Of the points of 3 batches, one has 2; the curve is full after 256 epochs.
  const batches = [1, 1, 4].map((loss) => ({ loss, accuracy: 0, learningRate: 0 }));
  for (let epoch = 1; epoch <= 257; epoch++) curve = addEpochToCurve(curve, epoch, batches);
  expect(curve).toMatchObject({ span: 1 });
  expect(curve!.loss).toEqual(new Array(257).fill(2));
});

test('a run that an earlier version began has a curve from there on', () => {
  const curve = addEpochToCurve(undefined, 3, epochOf(3, 2));
  expect(curve).toMatchObject({ span: 0.5, loss: [null, null, null, null, 2.25, 2.75] });
  expect(addEpochToCurve(curve, 4, epochOf(4, 2)).loss.slice(3)).toEqual([null, 2.25, 2.75, 3.25, 3.75]);
});

test('a curve is the same after it was stored and read', () => {
  let [curve, stored]: [TrainingCurve | null, TrainingCurve | null] = [null, null];
  for (let epoch = 1; epoch <= 40; epoch++) {
    const batches = epochOf(epoch, 37).map((batch) => ({ ...batch, accuracy: Math.sin(batch.loss) ** 2 }));
    curve = addEpochToCurve(curve, epoch, batches);
    stored = addEpochToCurve(JSON.parse(JSON.stringify(stored)), epoch, batches);
  }
  expect(stored).toEqual(curve);
});
