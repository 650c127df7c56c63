import { describe, expect, it, test } from 'vitest';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { chooseClasses, mergedCase } from '../../src/core/labels.ts';

const shown = (split: Parameters<typeof splitLabels>[0], characters: string) =>
  chooseClasses(splitLabels(split), characters)
    .map(({ label }) => label)
    .join('');

describe('chooseClasses', () => {
  it.each([
    ['byclass', 'all', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'],
    ['balanced', 'all', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'],
    ['balanced', 'digits', '0123456789'],
    ['balanced', 'letters', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'],
    ['letters', 'letters', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    ['mnist', 'digits', '0123456789'],
    // Individual characters, in class order, without duplicates.
    ['balanced', 'zA1a1', '1AZa'.replace('Z', 'z')],
    // c is merged with C; it is shown in the requested case, once.
    ['balanced', 'c', 'c'],
    ['balanced', 'C', 'C'],
    ['balanced', 'cC', 'C'],
    ['balanced', 'Cc', 'C'],
    ['byclass', 'cC', 'Cc'],
    ['letters', 'ab', 'ab'],
    ['letters', 'aA', 'A'],
  ] as const)('%s, %s', (split, characters, expected) => {
    expect(shown(split, characters)).toBe(expected);
  });

  it('shows a merged class in the requested case', () => {
    const labels = splitLabels('balanced');
    expect(chooseClasses(labels, 'x')).toEqual([{ index: labels.indexOf('X'), label: 'x' }]);
  });

  it.each([
    ['balanced', 'A!', '"!"'],
    ['balanced', 'é', '"é"'],
    ['balanced', '😀', '"😀"'],
    ['digits', 'A', '"A"'],
    ['digits', 'letters', 'letters'],
    ['letters', 'digits', 'digits'],
    ['balanced', 'A B', '" "'],
  ] as const)('%s has no class for something in %s', (split, characters, named) => {
    expect(() => shown(split, characters)).toThrow(
      expect.objectContaining({
        code: 'characters-unknown',
        message: expect.stringContaining(`no class for ${named}`),
      }),
    );
  });

  it('refuses an empty choice', () => {
    expect(() => shown('balanced', '')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test('merged classes are those whose other case has no class', () => {
  const merged = splitLabels('balanced');
  const byClass = splitLabels('byclass');
  const both = merged.filter((label) => mergedCase(label, merged) !== null);
  expect(both.join('')).toBe('CIJKLMOPSUVWXYZ');
  expect(byClass.filter((label) => mergedCase(label, byClass) !== null)).toEqual([]);
  expect(mergedCase('a', [...'abc'])).toBe('A');
});
