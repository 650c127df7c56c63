import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../src/core/text/decode-line.ts';
import { parseLexicon } from '../../../src/core/text/lexicon.ts';
import { TEXT_CLASSES } from '../../../src/core/text/text-characters.ts';
import { logitsOf, type Step, spelled } from './spelled.ts';

const best = (...parameters: Parameters<typeof decodeLine>) => decodeLine(...parameters).candidates[0]?.text;

describe('a line', () => {
  it.each([
    'hello',
    'Hello World',
    "I don't know",
    '(what?) "yes!"',
    "my sister's well-known dog.",
    'B52 at 10:45, $3.50',
    'qwxzj',
    'info@example.org',
    'NASA',
    'a',
    '7',
  ])('is read as it is spelled: %s', (text) => {
    expect(best(spelled(text))).toBe(text);
    expect(best(spelled(text), { lexicon: null })).toBe(text);
  });

  it('has words and characters at their steps', () => {
    const { candidates, words, characters } = decodeLine(spelled('see it'));
    expect(candidates[0]!.text).toBe('see it');
    expect(words.map(({ text, from, to }) => ({ text, from, to }))).toEqual([
      { text: 'see', from: 0, to: 3 },
      { text: 'it', from: 3, to: 5 },
    ]);
    expect(words.map((word) => word.candidates[0]!.text)).toEqual(['see', 'it']);
    expect(characters.map(({ label, from, to }) => ({ label, from, to }))).toEqual([
      { label: 's', from: 0, to: 1 },
      { label: 'e', from: 2, to: 3 },
      { label: 'e', from: 4, to: 5 },
      { label: 'i', from: 8, to: 9 },
      { label: 't', from: 10, to: 11 },
    ]);
    for (const { probability } of characters) expect(probability).toBeGreaterThan(0.9);
  });

  it('without writing has no text', () => {
    expect(decodeLine(logitsOf([{}, {}, {}]))).toEqual({ candidates: [], characters: [], words: [] });
    expect(decodeLine(new Float32Array(0))).toEqual({ candidates: [], characters: [], words: [] });
    expect(decodeLine(spelled('   '))).toEqual({ candidates: [], characters: [], words: [] });
  });

  it('has no spaces around it', () => {
    expect(best(spelled('  an  apple '))).toBe('an apple');
  });

  it('has different candidates, the most probable first, with probabilities of at most 1 in sum', () => {
    const step: fc.Arbitrary<Step> = fc
      .dictionary(fc.constantFrom(...'aesSTt 1l.'), fc.double({ min: 0.01, max: 1, noNaN: true }), { maxKeys: 4 })
      .map((some) => {
        const sum = Object.values(some).reduce((total, value) => total + value, 0.05);
        return Object.fromEntries(Object.entries(some).map(([character, value]) => [character, value / sum]));
      });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 7 }), (steps, top) => {
        const { candidates, words, characters } = decodeLine(logitsOf(steps), { top });
        expect(candidates.length).toBeLessThanOrEqual(top);
        for (const list of [candidates, ...words.map((word) => word.candidates)]) {
          expect(new Set(list.map(({ text }) => text)).size).toBe(list.length);
          const probabilities = list.map(({ probability }) => probability);
          expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
          expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeLessThan(1 + 1e-9);
        }
        expect(words.map(({ text }) => text).join(' ')).toBe(candidates[0]?.text ?? '');
        expect(characters.map(({ label }) => label).join('')).toBe(words.map(({ text }) => text).join(''));
        for (const word of words) expect(word.candidates[0]!.text).toBe(word.text);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the lexicon', () => {
  const lexicon = parseLexicon('clock 5\nblock 1', 'test');

  it('settles what looks the same', () => {
    const doubts = { 1: { l: 0.3, '1': 0.35, I: 0.3 }, 2: { o: 0.4, '0': 0.5 } };
    expect(best(spelled('clock', doubts))).toBe('clock');
    // Without letters, it is a number.
    expect(best(spelled('20', { 1: { O: 0.35, o: 0.25, '0': 0.35 } }))).toBe('20');
  });

  it('can be one of the user, in which frequent words come first', () => {
    const doubts = { 0: { c: 0.45, b: 0.5 } };
    expect(best(spelled('clock', doubts), { lexicon })).toBe('clock');
    expect(decodeLine(spelled('clock', doubts), { lexicon }).candidates[1]!.text).toBe('block');
    expect(best(spelled('clock', doubts), { lexicon: null })).toBe('block');
  });

  it('gives way to a string that is clearly no word', () => {
    expect(best(spelled('clofk'), { lexicon })).toBe('clofk');
  });

  it('is outweighed by words that were accepted', () => {
    const doubts = { 0: { c: 0.6, b: 0.35 } };
    expect(best(spelled('clock', doubts))).toBe('clock');
    expect(best(spelled('clock', doubts), { accepted: new Map([['block', 20]]) })).toBe('block');
  });

  it('is joined by words that were accepted and are not in it', () => {
    const doubts = { 0: { c: 0.6, z: 0.3 } };
    expect(best(spelled('clock', doubts))).toBe('clock');
    const accepted = new Map([['zlock', 3]]);
    expect(best(spelled('clock', doubts), { accepted })).toBe('zlock');
    expect(best(spelled('clock.', doubts), { accepted, lexicon: null })).toBe('zlock.');
    // Others than the network reads are ignored.
    expect(best(spelled('clock', doubts), { accepted: new Map([['größe', 3]]) })).toBe('clock');
  });
});

describe('spaces', () => {
  it('that are uncertain depend on the words', () => {
    const doubtful = { ' ': 0.5 };
    expect(best(spelled('in the', { 2: doubtful }))).toBe('in the');
    expect(best(spelled('wond er', { 4: doubtful }))).toBe('wonder');
    const { candidates } = decodeLine(spelled('in to', { 2: doubtful }));
    expect(candidates.map(({ text }) => text)).toEqual(expect.arrayContaining(['in to', 'into']));
  });
});

describe('case', () => {
  it('is that of the word where a letter could be either', () => {
    expect(best(spelled('cocoa', { 0: { c: 0.4, C: 0.5 }, 2: { c: 0.4, C: 0.5 } }))).toBe('cocoa');
    expect(best(spelled('LOOK', { 1: { o: 0.6, O: 0.3 } }))).toBe('LOOK');
    expect(best(spelled('Sunday', { 0: { s: 0.05, S: 0.9 } }))).toBe('Sunday');
  });

  it('may be mixed', () => {
    expect(best(spelled('McDonald'))).toBe('McDonald');
  });

  it('is that of the lexicon for a word that it always capitalizes', () => {
    const either = { i: 0.6, I: 0.3 };
    expect(best(spelled("i'm", { 0: either }))).toBe("I'm");
    expect(best(spelled('in', { 0: either }))).toBe('in');
  });

  it('is offered both ways if it is open', () => {
    const texts = decodeLine(spelled('c', { 0: { c: 0.48, C: 0.48 } })).candidates.map(({ text }) => text);
    expect(texts.slice(0, 2).sort()).toEqual(['C', 'c']);
  });
});

describe('what is not an everyday word', () => {
  it.each([
    ...['I', 'a', "it's", 'e-mail', '(hello)', '$4.50', '3:15', '5:00 PM', 'O0', '0O', 'O0O0', 'A0O1', '0123456789'],
    ...['.', '-', 'l', '1', "'", '...'],
  ])('is read as it is clearly written: %s', (text) => {
    const clear = spelled(text, {}, 0.9999);
    expect(best(clear)).toBe(text);
    expect(best(clear, { lexicon: null })).toBe(text);
  });

  it.each<[string, Record<number, Step>]>([
    ['3:15', { 2: { '1': 0.32, l: 0.34, I: 0.3 } }],
    ['2025', { 1: { O: 0.45, '0': 0.4, o: 0.1 }, 3: { '5': 0.4, S: 0.5 } }],
    ["it's", { 2: { "'": 0.4, ',': 0.4 }, 3: { s: 0.5, '5': 0.4 } }],
    ['I am', { 0: { l: 0.3, I: 0.35, '1': 0.3 } }],
    ['a book', { 0: { a: 0.5, '9': 0.2, o: 0.2 } }],
    ['.', { 0: { '.': 0.5, ',': 0.2, "'": 0.1, '-': 0.1 } }],
  ])('is settled by what is around it: %s', (text, doubts) => {
    expect(best(spelled(text, doubts, 0.9999))).toBe(text);
  });

  it('is one of the characters that look like it: a straight line, a circle', () => {
    expect('lI1').toContain(best(spelled('l', { 0: { l: 0.3, I: 0.3, '1': 0.3 } })));
    expect('oO0').toContain(best(spelled('o', { 0: { o: 0.3, O: 0.3, '0': 0.3 } })));
  });

  it('is no sure text: a scribble', () => {
    for (const steps of [6, 12, 100]) {
      const { candidates } = decodeLine(new Float32Array(steps * TEXT_CLASSES));
      expect(candidates[0]!.probability).toBeLessThan(0.3);
    }
  });
});

describe('the longest line', () => {
  const words = 'the quick brown fox jumps over the lazy dog, and 15 more of them.';
  const long = Array.from({ length: 4 }, () => words)
    .join(' ')
    .slice(0, 256);

  it('is read to its end', () => {
    expect(best(spelled(long, {}, 0.9999))).toBe(long);
  });

  it('is read to its end without a space in it', () => {
    const together = long.replaceAll(/[^a-z]/g, '').padEnd(256, 'z');
    expect(best(spelled(together, {}, 0.9999))).toBe(together);
  });
});
