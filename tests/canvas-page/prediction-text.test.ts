import { expect, test } from 'vitest';
import {
  alsoStandsFor,
  announceReading,
  describeConfidence,
  describeLabel,
  describeTask,
  formatProbability,
  influenceText,
} from '../../src/canvas-page/prediction-text.ts';

const merged = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'];

test('describes what a label stands for', () => {
  expect(describeLabel('0', merged)).toBe('Digit');
  expect(describeLabel('O', merged)).toBe('Uppercase O or lowercase o. The model does not tell them apart.');
  expect(describeLabel('A', merged)).toBe('Uppercase letter');
  expect(describeLabel('a', merged)).toBe('Lowercase letter');
});

test('says nothing about cases that the labels of the model do not say', () => {
  expect(describeLabel('C', [...'CabcABC'])).toBe('Uppercase letter');
  expect(describeLabel('c', [...'Cc'])).toBe('Lowercase letter');
  expect(describeLabel('C', [])).toBe('Uppercase letter');
  expect(describeLabel('7', [...'0123456789'])).toBe('Digit');
  expect(describeLabel('?', ['?'])).toBe('Character');
  expect(describeLabel('heart', ['heart', 'a'])).toBe('');
  expect(describeLabel('👍🏽', ['👍🏽'])).toBe('Character');
  expect(describeLabel('ä', ['ä', 'a'])).toBe('Lowercase letter');
});

test('says what to draw for a model', () => {
  expect(describeTask(merged)).toBe('one letter or digit');
  expect(describeTask([...'0123456789'])).toBe('one digit');
  expect(describeTask([...'ABCabc'])).toBe('one letter');
  expect(describeTask([...'AB?'])).toBe('one character');
  expect(describeTask(['heart', 'star', 'A'])).toBe('one sign');
  expect(describeTask(['你', '≠'])).toBe('one character');
});

test('announces a reading in sentences', () => {
  expect(announceReading({ label: '1', probability: 0.544 }, merged)).toBe(
    'Read as the digit 1. Fairly confident, 54%.',
  );
  expect(announceReading({ label: 'C', probability: 0.999 }, merged)).toBe(
    'Read as uppercase C or lowercase c, which the model does not tell apart. Very confident, over 99%.',
  );
  expect(announceReading({ label: 'a', probability: 0.86 }, merged, 'several-characters')).toBe(
    "This looks like several characters. Draw one at a time. The model's guess is the lowercase letter a, 86%.",
  );
  expect(announceReading({ label: 'heart', probability: 0.96 }, ['heart', 'star'])).toBe(
    'Read as heart. Very confident, 96%.',
  );
  expect(announceReading({ label: '1', probability: 0.94 }, merged, 'no-character')).toBe(
    "This does not look like a character. The model's guess is the digit 1, 94%.",
  );
});

test('says that the model is not sure, and how much it doubts', () => {
  const reading = { label: 'S', probability: 0.2 };
  expect(announceReading(reading, merged, 'not-sure', 0.713)).toBe(
    "Not sure. This may be none of these characters (71%). The model's guess is uppercase S or lowercase s, which the model does not tell apart, 20%.",
  );
  expect(announceReading({ label: '4', probability: 0.2 }, merged, 'not-sure')).toBe(
    "Not sure. This may be none of these characters. The model's guess is the digit 4, 20%.",
  );
});

test('names the other case of a merged class', () => {
  expect(['C', 'c', 'A', '7'].map((label) => alsoStandsFor(label, merged))).toEqual(['c', '', '', '']);
  expect(alsoStandsFor('C', [])).toBe('');
});

test('rounds neither to certainty nor to impossibility', () => {
  expect([1, 0.999, 0.5, 0.004, 0].map(formatProbability)).toEqual(['100%', '>99%', '50%', '<1%', '0%']);
  expect([0.99, 0.85, 0.6, 0.2].map(describeConfidence)).toEqual([
    'Very confident',
    'Confident',
    'Fairly confident',
    'Just a guess',
  ]);
  for (const [percent, words] of [
    [95, 'Very confident'],
    [80, 'Confident'],
    [50, 'Fairly confident'],
  ] as const) {
    for (const probability of [percent / 100 - 0.004, percent / 100 + 0.004]) {
      expect(formatProbability(probability)).toBe(`${percent}%`);
      expect(describeConfidence(probability)).toBe(words);
    }
  }
});

test('an influence map is explained with the importance of the strongest ink, where there is a difference', () => {
  const map = { label: 'R', probability: 0.93, without: 0.41 };
  expect(influenceText(map, 'R')).toBe(
    'Where the color is strong, the ink matters most to R. Without it, R would have 41% instead of 93%.',
  );
  expect(influenceText({ ...map, without: 0.932 }, 'R')).toBe('Where the color is strong, the ink matters most to R.');
  expect(influenceText(map, 'see you')).toMatch(/^The network has no class for see you\. Where/);
});
