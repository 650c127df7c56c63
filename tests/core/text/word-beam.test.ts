import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestSteps, logSpelling } from '../../../src/core/text/ctc-path.ts';
import { DECODER_WEIGHTS } from '../../../src/core/text/decoder-weights.ts';
import {
  FOLDED_BLANK,
  FOLDED_CHARACTERS,
  FOLDED_CLASSES,
  foldedClasses,
} from '../../../src/core/text/folded-characters.ts';
import { letterIndex, letterModel, NO_LETTER } from '../../../src/core/text/letter-model.ts';
import { parseLexicon } from '../../../src/core/text/lexicon.ts';
import { nthLargest } from '../../../src/core/text/nth-largest.ts';
import { WordBeam } from '../../../src/core/text/word-beam.ts';

const LETTERS = [...foldedClasses("ab1'")!];
const WEIGHTS = { ...DECODER_WEIGHTS, lexiconBeam: 10_000, openBeam: 10_000 };
const LEXICON = parseLexicon('a 10\nab 5\naba 2\nba 1', 'test');
const MODEL = letterModel(LEXICON.tree);

/** How much letters look like a word of the lexicon, with its end. */
function likeness(text: string): number {
  const symbols = [NO_LETTER, NO_LETTER, ...foldedClasses(text)!, NO_LETTER];
  return symbols
    .slice(2)
    .map((symbol, index) => MODEL.logs[letterIndex(symbols[index]!, symbols[index + 1]!, symbol)]!)
    .reduce((sum, log) => sum + Math.max(log, WEIGHTS.unlike), 0);
}

/** Probabilities of a few steps, [steps, FOLDED_CLASSES], in which only some letters and the blank occur. */
const outputs = fc
  .array(fc.array(fc.integer({ min: 5, max: 100 }), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 5 })
  .map((steps) => {
    const folded = new Float64Array(steps.length * FOLDED_CLASSES);
    for (const [step, weights] of steps.entries()) {
      const sum = weights.reduce((total, weight) => total + weight);
      for (const [index, letter] of [...LETTERS, FOLDED_BLANK].entries()) {
        folded[step * FOLDED_CLASSES + letter] = weights[index]! / sum;
      }
    }
    return { steps: steps.length, folded };
  });

/** The probability of every string, and of its most probable path, from all paths. */
function allStrings(steps: number, folded: Float64Array) {
  const strings = new Map<string, { sum: number; best: number; path: number[] }>();
  const classes = [...LETTERS, FOLDED_BLANK];
  for (let code = 0; code < classes.length ** steps; code++) {
    const path = Array.from(
      { length: steps },
      (_, step) => classes[Math.floor(code / classes.length ** step) % classes.length]!,
    );
    const probability = path.reduce((product, letter, step) => product * folded[step * FOLDED_CLASSES + letter]!, 1);
    const text = path
      .filter((letter, step) => letter !== FOLDED_BLANK && letter !== path[step - 1])
      .map((letter) => FOLDED_CHARACTERS[letter])
      .join('');
    const known = strings.get(text) ?? { sum: 0, best: 0, path };
    known.sum += probability;
    if (probability > known.best) Object.assign(known, { best: probability, path });
    strings.set(text, known);
  }
  return strings;
}

const textOf = (letters: Uint8Array) => Array.from(letters, (letter) => FOLDED_CHARACTERS[letter]).join('');

describe('the beam', () => {
  it('finds every string with the probability of all its paths', () => {
    fc.assert(
      fc.property(outputs, ({ steps, folded }) => {
        const found = new WordBeam(LEXICON.tree, MODEL, WEIGHTS).search(folded, 0, [steps])[0]!;
        const expected = allStrings(steps, folded);
        expect(found.map(({ letters }) => textOf(letters)).sort()).toEqual([...expected.keys()].sort());
        for (const { letters, logProbability } of found) {
          expect(logProbability).toBeCloseTo(Math.log(expected.get(textOf(letters))!.sum), 8);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('prefers words, by how frequent they are', () => {
    fc.assert(
      fc.property(outputs, ({ steps, folded }) => {
        const found = new WordBeam(LEXICON.tree, MODEL, WEIGHTS).search(folded, 0, [steps])[0]!;
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        const { prior, open, letter, digit, trailing, leading } = WEIGHTS;
        const added = (text: string) => {
          const string = found.find(({ letters }) => textOf(letters) === text);
          return string && (string.score - string.logProbability) / prior;
        };
        // Each only if there are enough steps for it.
        const expected: [string, number][] = [
          ['ab', Math.log(5 / 18)],
          ["ab'", Math.log(5 / 18) + trailing],
          ["'ba", Math.log(1 / 18) + leading],
          ['bb', open + 2 * letter + WEIGHTS.likeness * likeness('bb')],
          ['1', open + digit],
        ];
        for (const [text, prefers] of expected) {
          const value = added(text);
          if (value !== undefined) expect(value).toBeCloseTo(prefers, 4);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('finds the most probable strings when it keeps few', () => {
    fc.assert(
      fc.property(outputs, ({ steps, folded }) => {
        const weights = { ...DECODER_WEIGHTS, lexiconBeam: 8, openBeam: 8 };
        const all = new WordBeam(LEXICON.tree, MODEL, WEIGHTS).search(folded, 0, [steps])[0]!;
        const found = new WordBeam(LEXICON.tree, MODEL, weights).search(folded, 0, [steps])[0]!;
        expect(found.length).toBeLessThanOrEqual(16);
        expect(found[0]!.score).toBeGreaterThan(all[0]!.score - 0.5);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the probability and the path of a string', () => {
  it('are those of its paths', () => {
    fc.assert(
      fc.property(outputs, ({ steps, folded }) => {
        for (const [text, { sum, path, best }] of allStrings(steps, folded)) {
          const letters = foldedClasses(text)!;
          expect(logSpelling(folded, FOLDED_CLASSES, 0, steps, letters)).toBeCloseTo(Math.log(sum), 8);
          const places = bestSteps(folded, FOLDED_CLASSES, 0, steps, letters)!;
          const found = new Array<number>(steps).fill(FOLDED_BLANK);
          for (const [index, { from, to }] of places.entries()) found.fill(letters[index]!, from, to);
          const probability = found.reduce(
            (product, letter, step) => product * folded[step * FOLDED_CLASSES + letter]!,
            1,
          );
          // There may be two such paths.
          expect(probability).toBeCloseTo(best, 12);
          expect(found.length).toBe(path.length);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('do not exist for a string that is too long', () => {
    const folded = new Float64Array(2 * FOLDED_CLASSES).fill(1 / FOLDED_CLASSES);
    expect(logSpelling(folded, FOLDED_CLASSES, 0, 2, foldedClasses('aa')!)).toBe(Number.NEGATIVE_INFINITY);
    expect(bestSteps(folded, FOLDED_CLASSES, 0, 2, foldedClasses('aa')!)).toBeNull();
  });
});

describe('nthLargest', () => {
  it('is the value at which the best of many end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (values, count) => {
          const expected = values.toSorted((a, b) => b - a)[count - 1];
          const found = nthLargest(Float64Array.from(values), count);
          if (values.length > count) expect(found === expected).toBe(true);
          else expect(found).toBe(Number.NEGATIVE_INFINITY);
        },
      ),
    );
  });
});
