import { EmnistError, invalidOption } from './errors.ts';

/**
 * Which characters a class stands for. A class is named by one character, its label. Where a model or data set has a class
 * for only one case of a letter, that class stands for both cases: EMNIST's merged splits have one class for each of the
 * 15 letters whose two cases look alike, `letters` for all 26 (Cohen et al. 2017, arXiv 1702.05373, section III-A).
 */

export const DIGITS = '0123456789';
export const UPPERCASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
/** The lowercase letters that look unlike their uppercase forms; the merged splits have separate classes for these. */
export const UNMERGED_LOWERCASE = 'abdefghnqrt';

/** The same letter in the other case; null if there is none that is a single character. */
function otherCase(character: string): string | null {
  const uppercase = character.toUpperCase();
  const other = uppercase === character ? character.toLowerCase() : uppercase;
  return other !== character && other.length === character.length ? other : null;
}

/** The other character that a class stands for: `c` for `C` if no class is labeled `c`. Null if it stands for only one. */
export function mergedCase(label: string, labels: readonly string[]): string | null {
  const other = otherCase(label);
  return other !== null && !labels.includes(other) ? other : null;
}

/** How many characters each class stands for, in class order: 2 for a merged class, else 1. */
export function charactersPerClass(labels: readonly string[]): number[] {
  return labels.map((label) => (mergedCase(label, labels) === null ? 1 : 2));
}

/** The index of the class that stands for a character, or -1 if none does. */
export function classIndex(character: string, labels: readonly string[]): number {
  const own = labels.indexOf(character);
  const other = otherCase(character);
  return own >= 0 || other === null ? own : labels.indexOf(other);
}

/** A class that may be predicted, and the character to show for it. */
export interface ClassChoice {
  /** Index of the class. */
  index: number;
  label: string;
}

/**
 * The classes that stand for some characters, in class order. `characters`: `all`, `digits`, `letters`, or the characters
 * themselves, in exactly that case. A merged class is shown in the requested case; if both cases are requested, it is
 * listed once, under its label. Throws `characters-unknown` for a character that no class stands for. `source`: the data
 * set or file that the classes belong to; null for the model.
 */
export function chooseClasses(
  labels: readonly string[],
  characters: string,
  source: string | null = null,
): ClassChoice[] {
  const all = labels.map((label, index) => ({ index, label }));
  if (characters === 'all') return all;
  if (characters === 'digits' || characters === 'letters') {
    const chosen = all.filter(({ label }) => DIGITS.includes(label) === (characters === 'digits'));
    if (chosen.length === 0) throw noClass(characters, characters, labels, source);
    return chosen;
  }
  if (characters === '') {
    throw invalidOption('characters', characters, '"all", "digits", "letters", or characters such as "ABC"');
  }
  const shownAs = new Map<number, string>();
  for (const character of new Set(characters)) {
    const index = classIndex(character, labels);
    if (index < 0) throw noClass(JSON.stringify(character), character, labels, source);
    if (labels[index] === character || !shownAs.has(index)) shownAs.set(index, character);
  }
  return [...shownAs].map(([index, label]) => ({ index, label })).sort((a, b) => a.index - b.index);
}

function noClass(what: string, characters: string, labels: readonly string[], source: string | null): EmnistError {
  return new EmnistError('characters-unknown', `${source ?? 'the model'} has no class for ${what}`, {
    characters,
    source,
    labels: labels.join(''),
  });
}
