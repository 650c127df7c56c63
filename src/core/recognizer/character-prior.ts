import { EmnistError } from '../errors.ts';
import { type ClassChoice, charactersPerClass, classIndex, labelsText, mergedCase } from '../labels.ts';
import type { Model } from '../model/model.ts';

/** Priors with a name. */
export const NAMED_PRIORS = ['uniform', 'forms'] as const;

/**
 * How frequent characters are before they are seen: equally (`uniform`), as on the forms that EMNIST is from (`forms`), or
 * relative frequencies by character, where those left out do not occur.
 */
export type CharacterPrior = (typeof NAMED_PRIORS)[number] | Readonly<Record<string, number>>;

/**
 * The classes of `bymerge`'s training part per 10,000 characters, which are as frequent as on the forms of NIST Special Database
 * 19 (Cohen et al. 2017, arXiv 1702.05373, table II). Half of all characters are digits.
 */
const FORMS: Readonly<Record<string, number>> = {
  ...{ 0: 527, 1: 564, 2: 527, 3: 531, 4: 509, 5: 486, 6: 514, 7: 545, 8: 512, 9: 520 },
  ...{ A: 81, B: 53, C: 202, D: 61, E: 68, F: 112, G: 40, H: 45, I: 221, J: 115, K: 110, L: 282, M: 185 },
  ...{ N: 102, O: 366, P: 173, Q: 37, R: 66, S: 309, T: 117, U: 188, V: 101, W: 99, X: 77, Y: 96, Z: 79 },
  ...{ a: 122, b: 68, d: 127, e: 294, f: 37, g: 51, h: 111, n: 142, q: 45, r: 169, t: 215 },
};

/** The same by character: both cases of a merged class count as equally frequent. */
const FORMS_BY_CHARACTER = Object.entries(FORMS).flatMap(([label, frequency]): [string, number][] => {
  const other = mergedCase(label, Object.keys(FORMS));
  return other === null ? [[label, frequency]] : [label, other].map((character) => [character, frequency / 2]);
});

/**
 * What to add to the logits of the chosen classes, [choices], so that the network assumes a prior instead of the shares that
 * classes had in its training (Saerens et al. 2002). The answers then share the whole probability of characters, so that
 * rejecting does not become more likely the fewer characters are allowed. `prior` may have a frequency of 0, which makes an
 * answer impossible: -Infinity. Throws `prior-invalid` if no chosen class can occur.
 */
export function answerShifts(
  choices: readonly ClassChoice[],
  { labels, training }: Pick<Model, 'labels' | 'training'>,
  prior: CharacterPrior,
): number[] {
  const characters = charactersPerClass(labels);
  // A class that was never shown has no meaningful logit, and a model of another program no known shares.
  const shares = choices.map(({ index }) => training?.classShares[index] || characters[index]!);
  const frequencies = prior === 'uniform' ? shares : classFrequencies(choices, labels, prior);
  const [ofShares, ofFrequencies] = [total(training?.classShares ?? characters), total(frequencies)];
  if (ofFrequencies === 0) {
    const expected = labelsText(choices.map(({ label }) => label));
    throw new EmnistError('prior-invalid', `in the prior, none of ${expected} has a frequency above 0`, {
      labels: expected,
    });
  }
  return frequencies.map((frequency, i) => Math.log((frequency * ofShares) / (shares[i]! * ofFrequencies)));
}

/** The frequencies of the chosen classes: of all characters that each stands for. */
function classFrequencies(
  choices: readonly ClassChoice[],
  labels: readonly string[],
  prior: Exclude<CharacterPrior, 'uniform'>,
): number[] {
  const byClass = new Array<number>(labels.length).fill(0);
  for (const [character, frequency] of prior === 'forms' ? FORMS_BY_CHARACTER : Object.entries(prior)) {
    const index = classIndex(character, labels);
    if (index >= 0) byClass[index]! += frequency;
  }
  return choices.map(({ index }) => byClass[index]!);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
