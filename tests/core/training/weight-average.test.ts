import { expect, test } from 'vitest';
import { WeightAverage } from '../../../src/core/training/weight-average.ts';

test('the average over a few steps is close to the trained weights', () => {
  const average = new WeightAverage(0.999, [Float32Array.of(100)]);
  for (let step = 1; step <= 4; step++) {
    expect(WeightAverage.due(step)).toBe(true);
    average.add([Float32Array.of(1)], step);
  }
  expect(average.tensors[0]![0]).toBeLessThan(1.1);
});

test('the average follows the weights, more slowly with a higher decay, and forgets the initial ones', () => {
  const start = [Float32Array.of(0, 100)];
  const fast = new WeightAverage(0.9, start);
  const slow = new WeightAverage(0.999, start);
  for (let step = 1; step <= 800; step++) {
    if (!WeightAverage.due(step)) continue;
    for (const average of [fast, slow]) average.add([Float32Array.of(1, step)], step);
  }
  expect(fast.tensors[0]![0]).toBeCloseTo(1, 5);
  expect(slow.tensors[0]![0]).toBeGreaterThan(0.95);
  // An exponential average of a ramp lags by decay / (1 - decay) steps.
  expect(800 - fast.tensors[0]![1]!).toBeLessThan(20);
  expect(800 - slow.tensors[0]![1]!).toBeGreaterThan(60);
  expect([...start[0]!]).toEqual([0, 100]);
});
