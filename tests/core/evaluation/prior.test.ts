import { describe, expect, test } from 'vitest';
import { priorShift } from '../../../src/core/evaluation/prior.ts';
import { Scores } from '../../../src/core/evaluation/scores.ts';
import { shareClasses } from '../../../src/core/evaluation/shared-classes.ts';

const same = shareClasses(['0', '1'], ['0', '1']);

describe('priorShift', () => {
  test('is zero where training had the same frequencies or does not record them', () => {
    for (const value of priorShift(same, [0.8, 0.2], [80, 20])) expect(value).toBeCloseTo(0);
    for (const value of priorShift(same, [0.5, 0.5], null)) expect(value).toBeCloseTo(0);
    expect(priorShift(same, null, [80, 20])).toEqual([0, 0]);
  });

  test('converts probabilities from one prior to another', () => {
    // The image is equally likely under either class, so only the prior matters.
    const shift = priorShift(same, [0.8, 0.2], [10, 90]);
    const odds = Math.log(0.2 / 0.8) + shift[1]! - shift[0]!;
    expect(Math.exp(odds)).toBeCloseTo(9);
  });

  test('counts both cases of a merged class and divides them among its answers', () => {
    // The data set distinguishes both cases; the model merges C and has no class for the rest.
    const merged = shareClasses(['0', 'C', 'c'], ['0', 'C']);
    const shift = priorShift(merged, [0.5, 0.5], [50, 20, 30]);
    expect(shift[1]).toBeCloseTo(Math.log(0.5 / 0.5));
    expect(priorShift(merged, [0.5, 0.5], null)[1]).toBeCloseTo(Math.log(2 / 3 / 0.5));
    const apart = shareClasses(['0', 'A'], ['0', 'A', 'a']);
    for (const column of [1, 2]) {
      expect(priorShift(apart, [0.2, 0.6, 0.2], null)[column]).toBeCloseTo(Math.log(0.5 / 0.8));
    }
  });

  test('a class without images is rare, not impossible', () => {
    const [, rare] = priorShift(same, [0.5, 0.5], [999.5, 0]);
    expect(rare).toBeCloseTo(Math.log(0.0005 / 0.5));
  });
});

test('the prior decides ambiguous images', () => {
  const logits = Float32Array.from([Math.log(0.55), Math.log(0.45)]);
  const accuracy = (frequencies: number[] | null) => {
    const scores = new Scores(same, priorShift(same, [0.5, 0.5], frequencies));
    scores.add(logits, Uint8Array.of(1));
    return scores.accuracy;
  };
  expect(accuracy(null)).toBe(0);
  expect(accuracy([30, 70])).toBe(1);
});

describe('calibration error', () => {
  const row = (probability: number) => [Math.log(probability), Math.log(1 - probability)];

  test('is zero for calibrated answers', () => {
    const scores = new Scores(same);
    scores.add(Float32Array.from([0.8, 0.8, 0.8, 0.8, 0.8].flatMap(row)), Uint8Array.of(0, 0, 0, 0, 1));
    expect(scores.calibrationError).toBeCloseTo(0, 6);
  });

  test('is the difference between confidence and accuracy', () => {
    const scores = new Scores(same);
    scores.add(Float32Array.from([0.99, 0.99, 0.6, 0.6].flatMap(row)), Uint8Array.of(0, 1, 0, 0));
    expect(scores.calibrationError).toBeCloseTo((2 * 0.49 + 2 * 0.4) / 4, 6);
  });
});
