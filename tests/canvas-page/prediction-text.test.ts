import { expect, test } from 'vitest';
import { describeConfidence, describeLabel, formatProbability } from '../../src/canvas-page/prediction-text.ts';

const merged = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'];

test('describes what a label stands for', () => {
  expect(describeLabel('0', merged)).toBe('Digit');
  expect(describeLabel('O', merged)).toBe('Uppercase O or lowercase o. The model does not tell them apart.');
  expect(describeLabel('A', merged)).toBe('Uppercase letter');
  expect(describeLabel('a', merged)).toBe('Lowercase letter');
});

test('rounds neither to certainty nor to impossibility', () => {
  expect([1, 0.999, 0.5, 0.004, 0].map(formatProbability)).toEqual(['100%', '>99%', '50%', '<1%', '0%']);
  expect([0.99, 0.85, 0.6, 0.2].map(describeConfidence)).toEqual([
    'Very confident',
    'Confident',
    'Fairly confident',
    'Just a guess',
  ]);
});
