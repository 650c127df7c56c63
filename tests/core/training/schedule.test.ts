import { expect, test } from 'vitest';
import { learningRateAt } from '../../../src/core/training/schedule.ts';

test('the constant schedule is constant', () => {
  expect([1, 50, 100].map((step) => learningRateAt('constant', 0.001, step, 100))).toEqual([0.001, 0.001, 0.001]);
});

test('one-cycle warms up to its peak once, then decays to nearly zero', () => {
  const rates = Array.from({ length: 1000 }, (_, index) => learningRateAt('one-cycle', 0.01, index + 1, 1000));
  const peak = rates.indexOf(Math.max(...rates));
  expect(rates[peak]).toBeCloseTo(0.01, 8);
  for (let i = 1; i < rates.length; i++) {
    if (i <= peak) expect(rates[i]).toBeGreaterThan(rates[i - 1]!);
    else expect(rates[i]).toBeLessThan(rates[i - 1]!);
  }
  expect(rates[0]).toBeLessThan(0.002);
  expect(rates.at(-1)).toBeLessThan(0.0001);
});
