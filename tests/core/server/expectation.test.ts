import { expect, test } from 'vitest';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import {
  expectationProblem,
  expectationText,
  isSameExpectation,
  isUseful,
  plainExpectation,
} from '../../../src/core/server/expectation.ts';

test('the defaults are the same as nothing', () => {
  expect(plainExpectation({ characters: 'all', prior: 'uniform' })).toEqual({});
  expect(plainExpectation({ characters: 'YN', prior: 'forms' })).toEqual({ characters: 'YN', prior: 'forms' });
  expect(isSameExpectation({ characters: 'all' }, {})).toBe(true);
  expect(isSameExpectation({ characters: 'digits' }, {})).toBe(false);
  expect(isSameExpectation({ characters: 'digits' }, { characters: 'digits', prior: 'forms' })).toBe(false);
});

test('is said in words', () => {
  expect(expectationText({})).toBe('any character');
  expect(expectationText({ characters: 'uppercase' })).toBe('uppercase letters');
  expect(expectationText({ characters: 'YN', prior: 'forms' })).toBe('only YN, as on forms');
});

test('is useful where the model has classes for it', () => {
  const [balanced, digits] = [splitLabels('balanced'), splitLabels('digits')];
  for (const expected of [{}, { characters: 'lowercase' }, { prior: 'forms' as const }]) {
    expect(isUseful(expected, balanced)).toBe(true);
  }
  expect(isUseful({ characters: 'digits' }, digits)).toBe(true);
  expect(isUseful({ characters: 'letters' }, digits)).toBe(false);
  expect(isUseful({ prior: 'forms' }, digits)).toBe(false);
  expect(expectationProblem({ characters: 'letters' }, digits)).toBe('the model has no class for letters');
  expect(expectationProblem({ characters: '7+' }, digits)).toBe('the model has no class for "+"');
  expect(expectationProblem({ prior: 'forms' }, digits)).toBeNull();
  expect(expectationProblem({ prior: 'forms' }, ['arrow', 'é'])).toBe('none of arrow, é is on forms');
  expect(expectationProblem({ prior: 'forms' }, ['arrow', 'é', 'c'])).toBeNull();
  expect(expectationProblem({ characters: 'arrow,', prior: 'forms' }, ['arrow', 'c'])).toBe(
    'none of arrow is on forms',
  );
});
