import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SPLITS, splitLabels } from '../../../src/core/dataset/splits.ts';
import { chooseClasses, classIndex } from '../../../src/core/labels.ts';
import type { CharacterReading } from '../../../src/core/prediction.ts';
import { type CharacterPrior, possibleAnswers } from '../../../src/core/recognizer/character-prior.ts';
import { rank } from '../../../src/core/recognizer/rank.ts';
import { trainingRecord } from '../../helpers/training-record.ts';

interface Known {
  labels: readonly string[];
  /** The share of each class in training; null for a model of another program. */
  shares: readonly number[] | null;
  split?: string;
}

interface Given extends Known {
  characters?: string;
  prior: CharacterPrior;
}

/** How a model reads an image, given the logit of each class and, if it can reject, of no character. */
function read(
  logits: readonly number[],
  { labels, shares, split = 'bymerge', characters = 'all', prior }: Given,
): CharacterReading {
  const training = shares && trainingRecord({ split, classShares: [...shares] });
  const answers = possibleAnswers(chooseClasses(labels, characters), { labels, training }, prior);
  const rejects = logits.length > labels.length;
  return rank(Float32Array.from(logits), { ...answers, rejects }, labels.length);
}

/** The probability of a label; 0 if it is not among the predictions. */
function probabilityOf({ predictions }: CharacterReading, label: string): number {
  return predictions.find((one) => one.label === label)?.probability ?? 0;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const normalized = (values: readonly number[]) => values.map((value) => value / sum(values));

/** Models of a split with any shares in training, some of which may be 0. */
const models: fc.Arbitrary<Known> = fc.constantFrom(...SPLITS).chain((split) => {
  const labels = splitLabels(split);
  const shares = fc
    .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })), {
      minLength: labels.length,
      maxLength: labels.length,
    })
    .filter((values) => sum(values) > 0)
    .map(normalized);
  return fc.option(shares).map((values) => ({ labels, shares: values }));
});
/** Logits of all classes and of no character. */
const logitsOf = ({ labels }: Known) =>
  fc.array(fc.double({ min: -30, max: 30, noNaN: true }), {
    minLength: labels.length + 1,
    maxLength: labels.length + 1,
  });
const frequency = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e308, noNaN: true }));
const records = fc.dictionary(
  fc.oneof(fc.constantFrom(...splitLabels('byclass')), fc.string({ maxLength: 3 })),
  frequency,
);
const priors: fc.Arbitrary<CharacterPrior> = fc.oneof(
  fc.constantFrom<CharacterPrior>('uniform', 'forms'),
  records.filter((record) => Object.entries(record).some(([key, value]) => value > 0 && /^\d$/.test(key.trim()))),
);
const cases = models.chain((known) => fc.record({ known: fc.constant(known), logits: logitsOf(known), prior: priors }));

describe('whatever the prior', () => {
  test('probabilities are descending and sum to 1 with that of no character, and to no more', () => {
    fc.assert(
      fc.property(cases, ({ known, logits, prior }) => {
        fc.pre(known.labels.includes('0') || typeof prior === 'string');
        const { predictions, noCharacter } = read(logits, { ...known, prior });
        const probabilities = predictions.map(({ probability }) => probability);
        expect(probabilities.every((p, i) => p >= 0 && (i === 0 || p <= probabilities[i - 1]!))).toBe(true);
        const total = sum(probabilities);
        expect(total + noCharacter!).toBeLessThanOrEqual(1);
        expect(total + noCharacter!).toBeGreaterThan(1 - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test('an image that says nothing is answered by the prior, and is as probably no character as before', () => {
    fc.assert(
      fc.property(models, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (known, rejected) => {
        const { labels } = known;
        const shares = known.shares ?? labels.map(() => 1 / labels.length);
        // Logits with which the network answers by the shares of its training.
        const logits = [...shares.map((share) => Math.log(share * (1 - rejected))), Math.log(rejected)];
        fc.pre(shares.every((share) => share > 0));
        const prior = Object.fromEntries(labels.map((label, index) => [label, index]));
        const total = sum(Object.values(prior));
        const reading = read(logits, { labels, shares, prior });
        for (const label of labels) {
          expect(probabilityOf(reading, label)).toBeCloseTo(((1 - rejected) * prior[label]!) / total, 6);
        }
        expect(reading.noCharacter).toBeCloseTo(rejected, 6);
      }),
      { numRuns: 200 },
    );
  });

  test('only the ratios of frequencies count', () => {
    fc.assert(
      fc.property(
        cases,
        fc.dictionary(fc.constantFrom('0', '1', '2', 'A', 'b', 'c'), fc.integer({ min: 1, max: 1000 }), { minKeys: 1 }),
        fc.integer({ min: 1, max: 1000 }),
        ({ known, logits }, prior, factor) => {
          fc.pre(Object.keys(prior).some((key) => classIndex(key, known.labels) >= 0));
          const times = Object.fromEntries(Object.entries(prior).map(([key, value]) => [key, factor * value]));
          const [one, other] = [read(logits, { ...known, prior }), read(logits, { ...known, prior: times })];
          for (const { label, probability } of one.predictions) {
            expect(probabilityOf(other, label)).toBeCloseTo(probability, 9);
          }
          expect(other.noCharacter).toBeCloseTo(one.noCharacter!, 9);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('frequencies of the same character, however it is written, and of any size are added', () => {
    const model = { labels: splitLabels('bymerge'), shares: null };
    const logits = model.labels.map(() => 0);
    const answers = (prior: CharacterPrior) => read(logits, { ...model, prior }).predictions.slice(0, 2);
    expect(answers({ 1: 2, '1 ': 1, 7: 1 })).toEqual([
      { label: '1', probability: expect.closeTo(0.75, 12) },
      { label: '7', probability: expect.closeTo(0.25, 12) },
    ]);
    expect(answers({ 0: Number.MIN_VALUE, '0 ': 0 })).toEqual([{ label: '0', probability: expect.closeTo(1, 12) }]);
    expect(answers({ O: 1e308, o: 1e308, C: 1e308, c: 0 })).toEqual([
      { label: 'O', probability: expect.closeTo(2 / 3, 12) },
      { label: 'C', probability: expect.closeTo(1 / 3, 12) },
    ]);
  });

  test('characters that are left out, or have a frequency of 0, are not answered', () => {
    fc.assert(
      fc.property(models, fc.nat(), (known, n) => {
        const label = known.labels[n % known.labels.length]!;
        const other = known.labels[(n + 1) % known.labels.length]!;
        const logits = known.labels.map(() => 0);
        const { predictions } = read(logits, { ...known, prior: { [label]: 1, [other]: 0, '?': 5 } });
        expect(predictions).toEqual([{ label, probability: expect.closeTo(1, 12) }]);
      }),
    );
  });
});

describe('a uniform prior', () => {
  test('changes nothing about a model that was trained on every character equally often', () => {
    fc.assert(
      fc.property(
        models.chain((known) => fc.record({ known: fc.constant(known), logits: logitsOf(known) })),
        ({ known: { labels }, logits }) => {
          const characters = chooseClasses(labels, 'all').map((choice) => choice.characters.length);
          for (const shares of [normalized(characters), null]) {
            const reading = read(logits, { labels, shares, prior: 'uniform' });
            const all = sum(logits.map(Math.exp));
            labels.forEach((label, index) => {
              expect(probabilityOf(reading, label)).toBeCloseTo(Math.exp(logits[index]!) / all, 5);
            });
          }
        },
      ),
    );
  });

  test('makes up for shares in training that differ', () => {
    const labels = splitLabels('digits');
    const shares = normalized(labels.map((_, index) => index + 1));
    const reading = read(
      shares.map((share) => Math.log(share)),
      { labels, shares, split: 'digits', prior: 'uniform' },
    );
    for (const { probability } of reading.predictions) expect(probability).toBeCloseTo(0.1, 6);
  });

  test('leaves the logit of a class that was never shown as if it had been shown like others', () => {
    const reading = read([0, 0, 0], { labels: ['1', '2', '3'], shares: [0.5, 0.5, 0], prior: 'uniform' });
    // Against shares of 1/2, 1/2, and the 1/3 that it would have had.
    expect(reading.predictions.map(({ probability }) => probability)).toEqual(
      normalized([3, 2, 2]).map((probability) => expect.closeTo(probability, 6)),
    );
  });

  test('counts the cases of a merged class that may be meant', () => {
    const labels = ['A', 'a', 'C'];
    const known = { labels, shares: [0.25, 0.25, 0.5] };
    // Logits that follow from the shares.
    const logits = known.shares.map(Math.log);
    const all = read(logits, { ...known, prior: 'uniform' });
    expect([probabilityOf(all, 'A'), probabilityOf(all, 'C')]).toEqual([
      expect.closeTo(0.25, 6),
      expect.closeTo(0.5, 6),
    ]);
    const capitals = read(logits, { ...known, characters: 'uppercase', prior: 'uniform' });
    expect([probabilityOf(capitals, 'A'), probabilityOf(capitals, 'C')]).toEqual([
      expect.closeTo(0.5, 6),
      expect.closeTo(0.5, 6),
    ]);
  });

  test('counts each class of own data once, since there an a is an a and not also an A', () => {
    const labels = ['a', '1', 'arrow'];
    const shares = [0.2, 0.2, 0.6];
    const { predictions } = read(shares.map(Math.log), { labels, shares, split: 'signs', prior: 'uniform' });
    for (const { probability } of predictions) expect(probability).toBeCloseTo(1 / 3, 6);
  });
});

describe('frequencies by character', () => {
  const balanced = { labels: splitLabels('balanced'), shares: null };
  const flat = balanced.labels.map(() => 0);
  const ratio = (given: Omit<Given, keyof Known>, one: string, other: string, known: Known = balanced) => {
    const reading = read(
      known.labels.map(() => 0),
      { ...known, ...given },
    );
    return probabilityOf(reading, one) / probabilityOf(reading, other);
  };

  test('add up for both cases of a merged class, of which only one may be meant', () => {
    const prior = { C: 3, c: 2, S: 1 };
    expect(ratio({ prior }, 'C', 'S')).toBeCloseTo(5);
    expect(ratio({ prior, characters: 'CS' }, 'C', 'S')).toBeCloseTo(3);
    expect(ratio({ prior, characters: 'cS' }, 'c', 'S')).toBeCloseTo(2);
  });

  test('of the other case count where only that is given, if the model does not distinguish them', () => {
    expect(ratio({ prior: { y: 3, n: 1, N: 7 }, characters: 'YN' }, 'Y', 'N') * 2).toBeCloseTo((3 / 7) * 1);
    expect(() => read(flat, { ...balanced, prior: { n: 1 }, characters: 'N' })).toThrow(
      expect.objectContaining({ code: 'prior-invalid' }),
    );
    const byclass = { labels: splitLabels('byclass'), shares: null };
    expect(ratio({ prior: { Y: 3, y: 1 } }, 'Y', 'y', byclass)).toBeCloseTo(3);
  });

  test('may be written in any Unicode form', () => {
    const signs = { labels: ['ä', 'b'], shares: [0.5, 0.5], split: 'signs' };
    expect(ratio({ prior: { 'a\u0308': 4, ' b ': 1 } }, 'ä', 'b', signs)).toBeCloseTo(4);
  });

  test('may be of labels of several characters', () => {
    const signs = { labels: ['arrow', 'c', 'circle'], shares: [0.2, 0.3, 0.5], split: 'signs' };
    const prior = { arrow: 4, circle: 1 };
    expect(ratio({ prior }, 'arrow', 'circle', signs) * (0.2 / 0.5)).toBeCloseTo(4);
    expect(ratio({ prior, characters: 'arrow, c' }, 'c', 'arrow', signs)).toBe(0);
  });

  test('may be as large or small as numbers are', () => {
    expect(ratio({ prior: { 1: Number.MAX_VALUE, 2: Number.MAX_VALUE } }, '1', '2')).toBeCloseTo(1);
    expect(ratio({ prior: { 1: Number.MIN_VALUE, 2: Number.MIN_VALUE } }, '1', '2')).toBeCloseTo(1);
  });

  test.each<[string, CharacterPrior, string, string]>([
    ['without entries', {}, 'digits', '0123456789'],
    ['of 0 alone', { 1: 0, 2: 0 }, '12', '12'],
    ['of characters that may not be answered', { A: 1 }, '12', '12'],
    ['of characters that the model does not know', { '?': 1 }, 'YN', 'NY'],
  ])('%s are refused', (_, prior, characters, labels) => {
    expect(() => read(flat, { ...balanced, characters, prior })).toThrow(
      expect.objectContaining({ code: 'prior-invalid', data: { file: null, problem: 'no-characters', labels } }),
    );
  });
});

describe('the prior of forms', () => {
  test('has half of all characters as digits, whatever letters a model merges', () => {
    for (const split of ['balanced', 'bymerge', 'byclass'] as const) {
      const labels = splitLabels(split);
      // A network that knows only how many characters a class stands for.
      const counts = chooseClasses(labels, 'all').map(({ characters }) => characters.length);
      const reading = read(counts.map(Math.log), { labels, shares: null, prior: 'forms' });
      const digits = sum([...'0123456789'].map((digit) => probabilityOf(reading, digit)));
      expect(digits).toBeCloseTo(0.5235, 2);
      const c = split === 'byclass' ? probabilityOf(reading, 'C') + probabilityOf(reading, 'c') : null;
      expect(c ?? probabilityOf(reading, 'C')).toBeCloseTo(0.0202, 3);
    }
  });

  test('is refused for a model that knows none of its characters', () => {
    expect(() => read([0, 0], { labels: ['heart', 'star'], shares: null, prior: 'forms' })).toThrow(
      expect.objectContaining({ code: 'prior-invalid' }),
    );
  });
});

test('everything may be rejected, and nothing', () => {
  const digits = { labels: splitLabels('digits'), shares: null, prior: 'uniform' as const };
  const rejected = read([...new Array<number>(10).fill(-1000), 1000], digits);
  expect(rejected.noCharacter).toBe(1);
  expect(rejected.predictions.map(({ probability }) => probability)).toEqual(new Array(10).fill(0));
  expect(read([...new Array<number>(10).fill(1000), -1000], digits).noCharacter).toBe(0);
  expect(read(new Array<number>(10).fill(0), digits).noCharacter).toBeNull();
});

test('rejecting does not become more likely the fewer characters are allowed', () => {
  const labels = splitLabels('balanced');
  const logits = [...labels.map(() => Math.log(0.9 / labels.length)), Math.log(0.1)];
  for (const characters of ['all', 'digits', 'uppercase', '7']) {
    const shares = labels.map(() => 1 / labels.length);
    expect(read(logits, { labels, shares, characters, prior: 'uniform' }).noCharacter).toBeCloseTo(0.1, 6);
  }
});
