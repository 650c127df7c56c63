import { EmnistError, invalidOption } from './errors.ts';
import { charactersOf, normalizeLabel } from './label-text.ts';

/**
 * Which characters a class stands for. A class is named by its label: a character or, in data sets of one's own, any short
 * text. Where a model or data set has a class for only one case of a letter from A to Z, that class stands for both cases:
 * EMNIST's merged splits have one class for each of the 15 letters whose two cases look alike, `letters` for all 26 (Cohen et
 * al. 2017, arXiv 1702.05373, section III-A). No other label stands for anything but itself.
 */

export const DIGITS = '0123456789';
export const UPPERCASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
/** The lowercase letters that look unlike their uppercase forms; the merged splits have separate classes for these. */
export const UNMERGED_LOWERCASE = 'abdefghnqrt';

/** The same letter in the other case; null for anything but a letter from A to Z. */
function otherCase(label: string): string | null {
  if (UPPERCASE.split('').includes(label)) return label.toLowerCase();
  return LOWERCASE.split('').includes(label) ? label.toUpperCase() : null;
}

/** The other character that a class stands for: `c` for `C` if no class is labeled `c`. Null if it stands for only one. */
export function mergedCase(label: string, labels: readonly string[]): string | null {
  const other = otherCase(label);
  return other !== null && !labels.includes(other) ? other : null;
}

/** The characters that a class stands for: its label and, of a merged class, the other case. */
export function classCharacters(label: string, labels: readonly string[]): string[] {
  const other = mergedCase(label, labels);
  return other === null ? [label] : [label, other];
}

/** How many characters each class stands for, in class order: 2 for a merged class, else 1. */
export function charactersPerClass(labels: readonly string[]): number[] {
  return labels.map((label) => classCharacters(label, labels).length);
}

/** The index of the class that stands for a character, or -1 if none does. */
export function classIndex(character: string, labels: readonly string[]): number {
  const own = labels.indexOf(character);
  const other = otherCase(character);
  return own >= 0 || other === null ? own : labels.indexOf(other);
}

/** Labels as text: the characters one after the other, or a list if some labels are longer. `labelList` reads both. */
export function labelsText(labels: readonly string[]): string {
  const isList = labels.some((label) => charactersOf(label).length !== 1) || labels.includes(',');
  return labels.join(isList ? ', ' : '');
}

/** The labels of a text: those of a list with commas, else its characters. */
export function labelList(text: string): string[] {
  return text.includes(',') ? listItems(text) : charactersOf(text);
}

/** The items of a list, without blanks around them; the last comma may be left without one. */
function listItems(text: string): string[] {
  return text.replace(/,\s*$/, '').split(',').map(normalizeLabel);
}

/** The sets of characters that have a name; see `chooseClasses`. */
export const CHARACTER_SETS = ['all', 'digits', 'letters', 'uppercase', 'lowercase'] as const;

/** A class that may be predicted, and the label to show for it. */
export interface ClassChoice {
  /** Index of the class. */
  index: number;
  label: string;
  /** Which of the characters that the class stands for may be meant. */
  characters: readonly string[];
}

/**
 * The classes that stand for some characters, in class order. `characters`: `all`, `digits`, `letters`, `uppercase`,
 * `lowercase`, the characters themselves in exactly that case, or a list of labels with commas, which `arrow,` also is. A
 * single label of several characters needs no comma if it cannot be taken for characters. A merged class is shown in the
 * requested case; if both cases are requested, it is listed once, under its label. Throws `characters-unknown` for what no
 * class stands for. `source`: the data set or file that the classes belong to; null for the model.
 */
export function chooseClasses(
  labels: readonly string[],
  characters: string,
  source: string | null = null,
): ClassChoice[] {
  const all = labels.map((label, index) => ({ index, label, characters: classCharacters(label, labels) }));
  if (characters === 'all') return all;
  if (characters === 'digits' || characters === 'letters') {
    const kind = characters === 'digits' ? /^\p{Nd}$/u : /^\p{L}$/u;
    const chosen = all.filter(({ label }) => kind.test(label));
    if (chosen.length === 0) throw noClass(characters, characters, labels, source);
    return chosen;
  }
  if (characters === 'uppercase' || characters === 'lowercase') {
    const chosen = casedClasses(labels, characters);
    if (chosen.length === 0) throw noClass(`${characters} letters`, characters, labels, source);
    return chosen;
  }
  if (characters === '') {
    throw invalidOption(
      'characters',
      characters,
      `${CHARACTER_SETS.map((set) => `"${set}"`).join(', ')}, or characters such as "ABC"`,
    );
  }
  const requested = new Map<number, string[]>();
  for (const label of new Set(requestedLabels(characters, labels))) {
    const index = classIndex(label, labels);
    if (index < 0) throw noClass(JSON.stringify(label), label, labels, source);
    requested.set(index, [...(requested.get(index) ?? []), label]);
  }
  return [...requested]
    .map(([index, characters]) => {
      const label = labels[index]!;
      return { index, label: characters.includes(label) ? label : characters[0]!, characters };
    })
    .sort((a, b) => a.index - b.index);
}

/** The classes that stand for letters of a case, shown in that case. */
function casedClasses(labels: readonly string[], wanted: 'uppercase' | 'lowercase'): ClassChoice[] {
  const letter = wanted === 'uppercase' ? /^\p{Lu}$/u : /^\p{Ll}$/u;
  return labels.flatMap((label, index) => {
    const shown = classCharacters(label, labels).find((character) => letter.test(character));
    return shown ? [{ index, label: shown, characters: [shown] }] : [];
  });
}

/** The labels that a text asks for. Classes with a comma or with several characters can make it mean something else. */
function requestedLabels(text: string, labels: readonly string[]): string[] {
  const isKnown = (label: string) => classIndex(label, labels) >= 0;
  const characters = charactersOf(text.normalize('NFC'));
  if (characters.every(isKnown)) return characters;
  const items = listItems(text);
  if (text.includes(',') || isKnown(items[0]!)) return items;
  // Where labels are words, rather a misspelled word than characters.
  return labels.some((label) => charactersOf(label).length > 1) ? items : characters;
}

function noClass(what: string, characters: string, labels: readonly string[], source: string | null): EmnistError {
  return new EmnistError('characters-unknown', `${source ?? 'the model'} has no class for ${what}`, {
    characters,
    source,
    labels: labelsText(labels),
  });
}
