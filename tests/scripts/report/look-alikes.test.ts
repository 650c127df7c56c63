import { expect, test } from 'vitest';
import { areLookAlikes, countLookAlikes, LOOK_ALIKES, labelsInGroup } from '../../../scripts/report/look-alikes.ts';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import { reading } from './readings.ts';

const merged = splitLabels('balanced');
const both = splitLabels('byclass');

test('a merged class looks like what either of its cases looks like', () => {
  expect(areLookAlikes('1', 'L', merged)).toBe(true);
  expect(areLookAlikes('1', 'L', both)).toBe(false);
  expect(areLookAlikes('1', 'l', both)).toBe(true);
});

test('characters of different groups, or of none, do not look alike', () => {
  expect(areLookAlikes('0', '1', merged)).toBe(false);
  expect(areLookAlikes('E', 'F', merged)).toBe(false);
  expect(areLookAlikes('U', 'V', merged)).toBe(false);
});

test('no character is in two groups, and each group has several classes', () => {
  const characters = LOOK_ALIKES.join('');
  expect(new Set(characters).size).toBe(characters.length);
  expect(LOOK_ALIKES.map((_, group) => labelsInGroup(group, merged).join(''))).toEqual([
    '0O',
    '1IL',
    '9gq',
    'Ff',
    '5S',
    '2Z',
    '6b',
  ]);
});

test('mistakes among look-alikes are counted apart', () => {
  const readings = [reading('A'), reading('0', 'O'), reading('O', '0'), reading('q', 'g'), reading('A', 'H')];
  expect(countLookAlikes(readings, merged)).toEqual({
    characters: 5,
    accuracy: 0.2,
    accuracyAsOne: 0.8,
    shareOfMistakes: 0.75,
    mistakes: [2, 0, 1, 0, 0, 0, 0],
  });
});
