import { expect, test } from 'vitest';
import { SurestMistakes } from '../../src/app/surest-mistakes.ts';
import type { Mistake } from '../../src/core/evaluation/mistake.ts';
import { hash32 } from '../../src/core/random.ts';

const mistake = (index: number, probability: number): Mistake => ({
  ...{ index, truth: 'a', guess: 'b', predictions: [{ label: 'b', probability }], image: new Uint8Array(784) },
});

test('of many mistakes, the surest are kept and come first', () => {
  const surest = new SurestMistakes(20);
  const all = Array.from({ length: 500 }, (_, index) => mistake(index, (hash32(1, index) % 90) / 100));
  for (const one of all) surest.add(one);
  const expected = all.toSorted((a, b) => b.predictions[0]!.probability - a.predictions[0]!.probability).slice(0, 20);
  expect(surest.list()).toEqual(expected);
});

test('few mistakes are all kept; equally sure ones stay in order', () => {
  const surest = new SurestMistakes();
  for (const index of [3, 1, 2]) surest.add(mistake(index, index === 2 ? 0.9 : 0.5));
  expect(surest.list().map(({ index }) => index)).toEqual([2, 1, 3]);
});
