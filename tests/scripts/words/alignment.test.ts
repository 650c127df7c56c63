import fc from 'fast-check';
import { distance } from 'fastest-levenshtein';
import { expect, test } from 'vitest';
import { rightWords, substitutions } from '../../../scripts/words/report/alignment.ts';

test('characters that were read as others, left out, or added are found', () => {
  expect(substitutions('hello', 'hello')).toEqual([]);
  expect(substitutions('hello', 'hcllo')).toEqual([{ truth: 'e', read: 'c' }]);
  expect(substitutions('hello', 'helo')).toEqual([{ truth: 'l', read: '' }]);
  expect(substitutions('clog', 'dog')).toHaveLength(2);
  expect(substitutions('', 'a')).toEqual([{ truth: '', read: 'a' }]);
  expect(substitutions('ab', '')).toEqual([
    { truth: 'a', read: '' },
    { truth: 'b', read: '' },
  ]);
});

test('there are as many substitutions as the edit distance, and they turn one text into the other', () => {
  const text = fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (truth, read) => {
      const found = substitutions(truth, read);
      expect(found).toHaveLength(distance(truth, read));
      const count = (of: string, character: string) => of.split(character).length - 1;
      for (const character of 'abc') {
        const gained = found.filter((each) => each.read === character).length;
        const lost = found.filter((each) => each.truth === character).length;
        expect(count(truth, character) - lost + gained).toBe(count(read, character));
      }
    }),
  );
});

test('the words of a line are compared in order, regardless of case', () => {
  expect(rightWords('The quick fox', 'the quick fox')).toEqual({ right: 3, count: 3 });
  expect(rightWords('the quick fox', 'thequick fox')).toEqual({ right: 1, count: 3 });
  expect(rightWords('a b a', 'b a')).toEqual({ right: 2, count: 3 });
  expect(rightWords('a b', '')).toEqual({ right: 0, count: 2 });
});
