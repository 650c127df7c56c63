import { expect, test } from 'vitest';
import { areaUnderCurve, mean, quantile, shareOf, thresholdKeeping } from '../../../scripts/report/statistics.ts';

test('quantiles are values, by the nearest rank', () => {
  const values = [50, 10, 40, 20, 30];
  expect([0, 0.1, 0.2, 0.21, 0.5, 1].map((share) => quantile(values, share))).toEqual([10, 10, 10, 20, 30, 50]);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('means and shares', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(shareOf([1, 2, 3, 4], (value) => value > 1)).toBe(0.75);
});

test('the threshold is the lowest that keeps the share', () => {
  const scores = Array.from({ length: 100 }, (_, index) => index / 100).toReversed();
  // 95 scores, 0 to 0.94, are below it.
  expect(thresholdKeeping([scores], 0.95)).toBe(0.95);
  expect(thresholdKeeping([scores], 1)).toBe(Number.POSITIVE_INFINITY);
});

test('equal scores are on the same side of the threshold', () => {
  expect(thresholdKeeping([[0, 0.2, 0.2, 0.2, 0.7]], 0.4)).toBe(0.7);
});

test('sources count equally for the threshold, however many scores they have', () => {
  const many = new Array<number>(99).fill(0.1);
  expect(thresholdKeeping([many, [0.3]], 0.6)).toBe(Number.POSITIVE_INFINITY);
  expect(thresholdKeeping([many, [0.3]], 0.5)).toBe(0.3);
});

test('the area under the ROC curve is the share of pairs in order, where equal ones count half', () => {
  const lower = [0.1, 0.4, 0.4, 0.35, 0.8];
  const higher = [0.4, 0.9, 0.2, 0.8];
  const pairs = lower.flatMap((low) => higher.map((high) => (high > low ? 1 : high === low ? 0.5 : 0)));
  expect(areaUnderCurve(lower, higher)).toBeCloseTo(mean(pairs), 12);
  expect(areaUnderCurve([0, 1], [2, 3])).toBe(1);
  expect(areaUnderCurve([2, 3], [0, 1])).toBe(0);
});
