import { statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { englishWords } from '../../../scripts/words/english-words.ts';
import { assetPath, compressedAsset } from '../../../src/core/asset.ts';
import { foldedClasses } from '../../../src/core/text/folded-characters.ts';
import {
  ENGLISH_FILE,
  englishLexicon,
  isInLexicon,
  type Lexicon,
  MAX_LEXICON_BYTES,
  parseLexicon,
} from '../../../src/core/text/lexicon.ts';
import { decodeLexicon, encodeLexicon } from '../../../src/core/text/lexicon-bytes.ts';
import { nodeOf, SPELLING } from '../../../src/core/text/word-tree.ts';

/** The share of all words that a word is. */
function frequency({ tree }: Lexicon, word: string): number {
  return Math.exp(tree.logFrequency[nodeOf(tree, foldedClasses(word)!)]!);
}

function spelling({ tree }: Lexicon, word: string): number {
  return tree.spelling[nodeOf(tree, foldedClasses(word)!)]!;
}

describe('the English lexicon', () => {
  it('has the words of its list with their frequencies', () => {
    const lexicon = englishLexicon();
    const words = englishWords();
    const total = words.reduce((sum, [, count]) => sum + count, 0);
    expect(lexicon).toMatchObject({ name: 'english', size: words.length, skipped: 0 });
    expect(words.filter(([word]) => !isInLexicon(lexicon, word))).toEqual([]);
    const wrong = words.filter(([word, count]) => {
      const ratio = frequency(lexicon, word) / (count / total);
      return ratio < 0.9 || ratio > 1.1;
    });
    expect(wrong).toEqual([]);
    expect(isInLexicon(lexicon, 'qwxz')).toBe(false);
    expect(isInLexicon(lexicon, 'straightforwar')).toBe(false);
  });

  it('knows which words have a capital letter', () => {
    const lexicon = englishLexicon();
    expect(["i'm", 'i', 'in'].map((word) => spelling(lexicon, word))).toEqual([1, 1, 0]);
  });

  it('takes less than 150 kB', () => {
    expect(statSync(assetPath(`${ENGLISH_FILE}.br`)).size).toBeLessThan(150_000);
  });

  it('is recognized as damaged', () => {
    const bytes = compressedAsset(ENGLISH_FILE);
    expect(() => decodeLexicon(bytes.subarray(0, -1))).toThrow(RangeError);
    const changed = Uint8Array.from(bytes);
    changed[100] = changed[100]! ^ 0xe0;
    expect(() => decodeLexicon(changed)).toThrow(RangeError);
  });
});

const words = fc.uniqueArray(fc.string({ unit: fc.constantFrom(..."abcxyz0-.'"), minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 40,
});

describe('an encoded lexicon', () => {
  it('has the same words, and no others', () => {
    fc.assert(
      fc.property(words, words, (some, others) => {
        const counted = some.map((word, index) => ({
          word: foldedClasses(word)!,
          count: index + 1,
          spelling: index % 3 === 0 ? SPELLING.capitalized : SPELLING.small,
        }));
        const { tree, size } = decodeLexicon(encodeLexicon(counted));
        const lexicon = { name: 'some', size, skipped: 0, tree };
        const total = (some.length * (some.length + 1)) / 2;
        expect(size).toBe(some.length);
        for (const [index, word] of some.entries()) {
          expect(frequency(lexicon, word) / ((index + 1) / total)).toBeCloseTo(1, 0);
          expect(spelling(lexicon, word)).toBe(index % 3 === 0 ? 1 : 0);
        }
        for (const word of others) expect(isInLexicon(lexicon, word)).toBe(some.includes(word));
      }),
    );
  });
});

describe('a list of words', () => {
  it('has a word a line, with a count or without', () => {
    const lexicon = parseLexicon('\uFEFFthe\t60\r\n\r\ncat 30\nsat\n  on  9\n', 'some.txt');
    expect(lexicon).toMatchObject({ name: 'some.txt', size: 4, skipped: 0 });
    expect(frequency(lexicon, 'the')).toBeCloseTo(0.6);
    expect(frequency(lexicon, 'CAT')).toBeCloseTo(0.3);
    expect(frequency(lexicon, 'sat')).toBeCloseTo(0.01);
    expect(frequency(lexicon, 'on')).toBeCloseTo(0.09);
  });

  it('may have frequencies that are no integers, and zeros', () => {
    const lexicon = parseLexicon('one 0.5\ntwo 1.5e-1\nthree 0', 'some.txt');
    expect(frequency(lexicon, 'three')).toBeCloseTo(0.15 / 0.8);
  });

  it('skips what the network does not read, and what is no word with a count', () => {
    const lexicon = parseLexicon('Straße\nnew york\nyes -1\nno 1e999\nwell\nhöflich 3\nx y z\n', 'some.txt');
    expect(lexicon).toMatchObject({ size: 1, skipped: 6 });
  });

  it('ignores case, but remembers which words are always capitalized', () => {
    const lexicon = parseLexicon('Haus 3\nhaus 1\nBaum\nNATO\nNato\nUSA\niPhone\nA', 'some.txt');
    expect(lexicon.size).toBe(6);
    expect(frequency(lexicon, 'haus')).toBeCloseTo(0.4);
    const found = ['haus', 'baum', 'nato', 'usa', 'iphone', 'a'].map((word) => spelling(lexicon, word));
    expect(found).toEqual([0, 1, 0, 2, 0, 1]);
  });

  it('takes a typographic apostrophe for a plain one', () => {
    expect(isInLexicon(parseLexicon('don\u2019t', 'some.txt'), "don't")).toBe(true);
  });

  it('is refused without a word', () => {
    expect(() => parseLexicon('\n\n', 'some.txt')).toThrow('some.txt has no words');
    expect(() => parseLexicon('привет\n', 'some.txt')).toThrow('some.txt has no line with a word that can be read');
  });

  it('is refused when it is too large', () => {
    expect(() => parseLexicon('a\n'.repeat(MAX_LEXICON_BYTES / 2 + 1), 'some.txt')).toThrow('is larger than 8 MB');
  });

  it('has every word of any list', () => {
    fc.assert(
      fc.property(words, (some) => {
        const lexicon = parseLexicon(some.join('\n'), 'some.txt');
        expect(lexicon.size).toBe(some.length);
        for (const word of some) expect(frequency(lexicon, word)).toBeCloseTo(1 / some.length);
      }),
    );
  });
});
