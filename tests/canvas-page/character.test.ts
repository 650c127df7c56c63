import { expect, test } from 'vitest';
import { confidence, describe, percent } from '../../src/canvas-page/character.ts';

const merged = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'];

test('what a label stands for is said in words', () => {
  expect(describe('0', merged)).toBe('Digit');
  expect(describe('O', merged)).toBe('Capital O or small o: the model reads both as one.');
  expect(describe('A', merged)).toBe('Capital letter');
  expect(describe('a', merged)).toBe('Small letter');
});

test('percentages never claim more than there is', () => {
  expect([1, 0.999, 0.5, 0.004, 0].map(percent)).toEqual(['100%', '>99%', '50%', '<1%', '0%']);
  expect([0.99, 0.85, 0.6, 0.2].map(confidence)).toEqual(['Very sure', 'Sure', 'Fairly sure', 'Only a guess']);
});
