import { describe, expect, it, test } from 'vitest';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import {
  charactersPerClass,
  chooseClasses,
  classIndex,
  labelList,
  labelsText,
  mergedCase,
} from '../../src/core/labels.ts';

const shown = (split: Parameters<typeof splitLabels>[0], characters: string) =>
  chooseClasses(splitLabels(split), characters)
    .map(({ label }) => label)
    .join('');

describe('chooseClasses', () => {
  it('knows the letters of a case, shown in that case', () => {
    expect(shown('balanced', 'uppercase')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(shown('byclass', 'uppercase')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(shown('byclass', 'lowercase')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect([...shown('balanced', 'lowercase')].sort().join('')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(shown('letters', 'lowercase')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(chooseClasses(['1', 'ä', 'Ö', 'ß', 'arrow'], 'lowercase').map(({ label }) => label)).toEqual(['ä', 'ß']);
    expect(() => shown('digits', 'uppercase')).toThrow('the model has no class for uppercase letters');
  });

  it('says which characters of a merged class may be meant', () => {
    const labels = splitLabels('balanced');
    const characters = (choice: string) => chooseClasses(labels, choice).map((one) => one.characters.join(''));
    expect(characters('all').slice(10, 15)).toEqual(['A', 'B', 'Cc', 'D', 'E']);
    expect(characters('uppercase').slice(0, 3)).toEqual(['A', 'B', 'C']);
    expect(characters('lowercase').slice(0, 3)).toEqual(['c', 'i', 'j']);
    expect(characters('cAxX')).toEqual(['A', 'c', 'xX']);
  });

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
    expect(chooseClasses(labels, 'x')).toEqual([{ index: labels.indexOf('X'), label: 'x', characters: ['x'] }]);
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

  /** A data set of one's own. */
  const signs = ['1', '10', '+', 'a', 'ä', 'arrow', 'ar', '≠', '你好', '👍🏽'];

  it.each([
    ['all', signs],
    ['digits', ['1']],
    ['letters', ['a', 'ä']],
    ['ä≠👍🏽', ['ä', '≠', '👍🏽']],
    ['arrow', ['arrow']],
    ['你好', ['你好']],
    ['ar', ['ar']],
    ['arrow, ä,你好', ['ä', 'arrow', '你好']],
    ['10,', ['10']],
    ['a\u0308', ['ä']],
  ])('finds labels of several characters and of any script in %s', (characters, expected) => {
    expect(chooseClasses(signs, characters).map(({ label }) => label)).toEqual(expected);
  });

  it.each([
    ['arow', '"arow"'],
    ['a!', '"a!"'],
    ['arrow,circle', '"circle"'],
    ['Ä', '"Ä"'],
    ['ARROW', '"ARROW"'],
  ])('names what of %s is not there', (characters, named) => {
    expect(() => chooseClasses(signs, characters)).toThrow(`no class for ${named}`);
  });

  it('takes a comma for itself where it is a class', () => {
    const marks = ['a', ',', '.'];
    expect(chooseClasses(marks, 'a,').map(({ label }) => label)).toEqual(['a', ',']);
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

test('only letters from A to Z have another case', () => {
  const signs = ['ä', 'arrow', 'µ', 'ǆ', 'a'];
  expect(signs.map((label) => mergedCase(label, signs))).toEqual([null, null, null, null, 'A']);
  expect(charactersPerClass(signs)).toEqual([1, 1, 1, 1, 2]);
  expect(classIndex('Arrow', signs)).toBe(-1);
});

test('labels are written as characters or as a list, and read again', () => {
  for (const labels of [
    ['1', 'ä', '👍🏽'],
    ['arrow', '1'],
    ['a', 'b'],
  ])
    expect(labelList(labelsText(labels))).toEqual(labels);
  expect(labelsText(['1', 'ä', '👍🏽'])).toBe('1ä👍🏽');
  expect(labelsText(['arrow', '1'])).toBe('arrow, 1');
});
