import { EmnistError } from '../errors.ts';
import { normalizeLabel } from '../label-text.ts';
import { type ClassChoice, classCharacters, labelsText } from '../labels.ts';
import { isOfOwnData, type Model } from '../model/model.ts';

/** Priors with a name. */
export const NAMED_PRIORS = ['uniform', 'forms'] as const;

/**
 * How frequent characters are before they are seen: equally (`uniform`), as on the forms that EMNIST is from (`forms`), or
 * relative frequencies by character, where those left out do not occur.
 */
export type CharacterPrior = (typeof NAMED_PRIORS)[number] | Readonly<Record<string, number>>;

/**
 * Of 10,000 characters on the forms of NIST Special Database 19 (Cohen et al. 2017, arXiv 1702.05373): how many are of each
 * class in `bymerge`'s training part, where merged classes are divided between their cases as in `byclass`'s. Half are digits.
 */
const FORMS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ 0: 527, 1: 564, 2: 527, 3: 531, 4: 509, 5: 486, 6: 514, 7: 545, 8: 512, 9: 520 },
    ...{ A: 81, B: 53, C: 160, D: 61, E: 68, F: 112, G: 40, H: 45, I: 183, J: 75, K: 50, L: 68, M: 143 },
    ...{ N: 102, O: 330, P: 134, Q: 37, R: 66, S: 275, T: 117, U: 151, V: 62, W: 64, X: 39, Y: 65, Z: 41 },
    ...{ a: 122, b: 68, c: 43, d: 127, e: 294, f: 37, g: 51, h: 111, i: 38, j: 40, k: 60, l: 214, m: 42 },
    ...{ n: 142, o: 36, p: 39, q: 45, r: 169, s: 34, t: 215, u: 37, v: 39, w: 35, x: 39, y: 31, z: 38 },
  }),
);

/** The classes that may be answered. */
export interface PossibleAnswers {
  /** At least one. */
  choices: readonly ClassChoice[];
  /** What to add to the logits of these classes, [choices]. */
  shifts: readonly number[];
}

/**
 * The chosen classes that can occur under a prior, and what to add to their logits so that the network assumes that prior
 * instead of the shares that classes had in its training (Saerens et al. 2002). Before an image is seen, the answers together
 * are as probable as all characters were in training, so rejecting does not become more likely the fewer may be answered.
 * Throws `prior-invalid` if no chosen class can occur.
 */
export function possibleAnswers(
  chosen: readonly ClassChoice[],
  model: Pick<Model, 'labels' | 'training'>,
  prior: CharacterPrior,
): PossibleAnswers {
  const frequencies = chosen.map(frequenciesUnder(prior, model));
  // Dividing by the highest keeps sums finite.
  const highest = Math.max(...frequencies.flat());
  const possible = chosen
    .map((choice, index) => ({ choice, frequency: total(frequencies[index]!.map((one) => one / highest)) }))
    .filter(({ frequency }) => frequency > 0);
  if (possible.length === 0) {
    const labels = labelsText(chosen.map(({ label }) => label));
    throw new EmnistError('prior-invalid', `in the prior, none of ${labels} has a frequency above 0`, {
      file: null,
      problem: 'no-characters',
      labels,
    });
  }
  const sum = total(possible.map(({ frequency }) => frequency));
  const shares = trainingShares(model);
  return {
    choices: possible.map(({ choice }) => choice),
    shifts: possible.map(({ choice, frequency }) => Math.log(frequency / sum / shares[choice.index]!)),
  };
}

/** How frequent each of the characters of a chosen class is, relative to those of the others. */
function frequenciesUnder(
  prior: CharacterPrior,
  model: Pick<Model, 'labels' | 'training'>,
): (choice: ClassChoice) => number[] {
  if (prior === 'uniform') return isOfOwnData(model) ? () => [1] : ({ characters }) => characters.map(() => 1);
  const given: readonly (readonly [string, number])[] = prior === 'forms' ? [...FORMS] : Object.entries(prior);
  // A character can be given more than once: with a blank, or composed and decomposed.
  const byCharacter = Map.groupBy(given, ([text]) => normalizeLabel(text));
  return ({ index, characters }) => {
    // Where only the other case of a merged class is given, that is meant: the network does not distinguish them.
    const known = characters.filter((character) => byCharacter.has(character));
    const counted = known.length > 0 ? known : classCharacters(model.labels[index]!, model.labels);
    return counted.flatMap((character) => byCharacter.get(character) ?? []).map(([, frequency]) => frequency);
  };
}

/** The share of each class among the characters of a training run, [classes], all above 0. */
function trainingShares({ labels, training }: Pick<Model, 'labels' | 'training'>): number[] {
  const isOwn = isOfOwnData({ training });
  const characters = labels.map((label) => (isOwn ? 1 : classCharacters(label, labels).length));
  const all = total(characters);
  // The logit of a class that was never shown has no meaning, and a model of another program may have been trained on
  // anything. Both are taken to be balanced.
  return characters.map((count, index) => training?.classShares[index] || count / all);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
