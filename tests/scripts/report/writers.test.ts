import { expect, test } from 'vitest';
import { groupByContributor, spreadOverWriters } from '../../../scripts/report/writers.ts';
import { reading } from './readings.ts';

/** Characters by writer: how many are right, and how many wrong. */
function readingsOf(counts: Record<string, [right: number, wrong: number]>) {
  const each = Object.entries(counts).flatMap(([writer, [right, wrong]]) => [
    ...Array.from({ length: right }, () => ({ writer, reading: reading('A') })),
    ...Array.from({ length: wrong }, () => ({ writer, reading: reading('A', 'B') })),
  ]);
  return [each.map((one) => one.reading), each.map(({ writer }) => writer)] as const;
}

test('contributors are listed by their number of characters, and small ones together at the end', () => {
  const [readings, writers] = readingsOf({
    'x/1': [10, 0],
    'big/1': [30, 10],
    'big/2': [10, 0],
    'mid/1': [30, 0],
    'y/1': [15, 15 - 1],
  });
  expect(groupByContributor(readings, writers)).toEqual([
    { contributors: ['big'], writers: 2, characters: 50, accuracy: 0.8 },
    { contributors: ['mid'], writers: 1, characters: 30, accuracy: 1 },
    { contributors: ['x', 'y'], writers: 2, characters: 39, accuracy: 25 / 39 },
  ]);
});

test('the spread is over writers with enough characters', () => {
  const [readings, writers] = readingsOf({
    'a/1': [0, 19],
    'a/2': [20, 0],
    'a/3': [19, 1],
    'b/1': [10, 10],
  });
  expect(spreadOverWriters(readings, writers)).toEqual({
    writers: 3,
    median: 0.95,
    tenthPercentile: 0.5,
    worst: { characters: 20, accuracy: 0.5 },
  });
  expect(spreadOverWriters(readings.slice(0, 19), writers.slice(0, 19))).toBeNull();
});

test('refuses readings whose writers are not known', () => {
  expect(() => groupByContributor([reading('A')], [])).toThrow(RangeError);
});
