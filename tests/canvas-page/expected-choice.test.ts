import { expect, test } from 'vitest';
import {
  choiceOf,
  expectationOf,
  expectedLabels,
  labelsOfBothCases,
  offers,
} from '../../src/canvas-page/expected-choice.ts';
import { describeLabel, describeTask } from '../../src/canvas-page/prediction-text.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import type { Expectation } from '../../src/core/server/expectation.ts';

const balanced = splitLabels('balanced');
const digits = splitLabels('digits');
const names = (labels: readonly string[], given: Expectation = {}) =>
  offers(labels, given).map(({ name, disabled }) => (disabled ? `(${name})` : name));

test.each<[Expectation, string]>([
  [{}, 'any'],
  [{ characters: 'all', prior: 'uniform' }, 'any'],
  [{ characters: 'digits' }, 'digits'],
  [{ characters: 'lowercase' }, 'lowercase'],
  [{ prior: 'forms' }, 'forms'],
  [{ characters: 'YN' }, 'only'],
  [{ characters: 'digits', prior: 'forms' }, 'given'],
])('%o is the choice %s, and the same again', (expected, name) => {
  const choice = choiceOf(expected);
  expect(choice.name).toBe(name);
  const { characters = 'all', prior = 'uniform' } = expectationOf(choice, expected);
  expect({ characters, prior }).toEqual({ characters: 'all', prior: 'uniform', ...expected });
});

test('only these: what is typed is meant as characters', () => {
  const only = (text: string) => expectationOf({ name: 'only', only: text }, {});
  expect(only('YN')).toEqual({ characters: 'YN' });
  expect(only(' ')).toEqual({});
  expect(only('\u{9}7\u{9b}8 ')).toEqual({ characters: '78' });
  // Not the names of sets.
  expect(only('all')).toEqual({ characters: 'al' });
  expect(only('arrow,circle')).toEqual({ characters: 'arrow,circle' });
});

test('offers what the model has classes for, and says so of the rest', () => {
  expect(names(balanced)).toEqual(['any', 'digits', 'letters', 'uppercase', 'lowercase', 'forms', 'only']);
  expect(names(digits)).toEqual(['any', 'digits', '(letters)', '(uppercase)', '(lowercase)', '(forms)', 'only']);
  expect(offers(digits, {}).find(({ name }) => name === 'letters')!.text).toBe('Letters – not in this model');
  expect(names(['heart', 'star']).filter((name) => !name.startsWith('('))).toEqual(['any', 'only']);
});

test('offers what draw was started with, if it is nothing else', () => {
  expect(names(balanced, { characters: 'YN' })).not.toContain('given');
  const given = { characters: 'digits', prior: 'forms' } as const;
  expect(offers(balanced, given)).toContainEqual({ name: 'given', text: 'Digits, as on forms', disabled: false });
});

test('what to draw follows from what is expected', () => {
  const task = (expected: Expectation) => describeTask(expectedLabels(expected, balanced));
  expect(task({})).toBe('one letter or digit');
  expect(task({ characters: 'digits' })).toBe('one digit');
  expect(task({ characters: 'YN' })).toBe('one letter');
  expect(task({ characters: 'YN+' })).toBe('one letter or digit');
});

test('a letter stands for both cases unless only one is expected', () => {
  const kind = (label: string, characters?: string) =>
    describeLabel(label, labelsOfBothCases({ characters }, balanced));
  expect(kind('C')).toMatch(/^Uppercase C or lowercase c/);
  expect(kind('C', 'letters')).toMatch(/^Uppercase C or lowercase c/);
  expect(kind('C', 'Cc')).toMatch(/^Uppercase C or lowercase c/);
  expect(kind('C', 'uppercase')).toBe('Uppercase letter');
  expect(kind('c', 'lowercase')).toBe('Lowercase letter');
  expect(kind('Y', 'YN')).toBe('Uppercase letter');
  // Any character is read then.
  expect(kind('C', 'C+')).toMatch(/^Uppercase C or lowercase c/);
});
