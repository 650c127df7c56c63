import { expect, test } from 'vitest';
import { practiceOrder } from '../../../src/core/samples/practice-order.ts';
import type { Sample } from '../../../src/core/samples/sample.ts';

const confirmed = (label: string): Pick<Sample, 'label' | 'origin' | 'readAs'> => ({
  label,
  origin: 'confirmed',
  readAs: label,
});
const corrected = (label: string, readAs: string): Pick<Sample, 'label' | 'origin' | 'readAs'> => ({
  label,
  origin: 'corrected',
  readAs,
});

test('without samples, all characters are asked for in the order of labels, both cases of a merged class', () => {
  expect(practiceOrder(['C', 'A', 'a', '10', '2'], [])).toEqual(['2', '10', 'A', 'C', 'a', 'c']);
});

test('rare characters come first', () => {
  const samples = ['0', '0', '1', '3', '3', '3'].map(confirmed);
  expect(practiceOrder(['0', '1', '2', '3'], samples)).toEqual(['2', '1', '0', '3']);
});

test('both characters of a confusion come before others with as many samples', () => {
  const samples = [...['0', '1', '2', '3'].map(confirmed), corrected('3', '1'), ...['0', '1', '2'].map(confirmed)];
  expect(practiceOrder(['0', '1', '2', '3'], samples)).toEqual(['1', '3', '0', '2']);
});

test('a character that was confused and then practiced often is no longer urgent', () => {
  const samples = [corrected('1', '7'), ...Array.from({ length: 9 }, () => confirmed('1'))];
  expect(practiceOrder(['1', '7', '8'], samples)).toEqual(['7', '8', '1']);
});

test("the user's own signs are asked for, and the two cases of a merged class are not a confusion", () => {
  const samples = [corrected('π', 'n'), corrected('c', 'C')];
  expect(practiceOrder(['C', 'n'], samples)).toEqual(['n', 'C', 'N', 'π', 'c']);
});

test('labels of another model, for which a character was once taken, are not asked for', () => {
  expect(practiceOrder(['0', '1'], [corrected('0', 'O')])).toEqual(['0', '1']);
});
