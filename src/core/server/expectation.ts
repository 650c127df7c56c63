import * as v from 'valibot';
import { CHARACTER_SETS, chooseClasses, DIGITS, LOWERCASE, labelsText, UPPERCASE } from '../labels.ts';

/** Maximum length of the characters that a page may expect, in UTF-16 units: bounds the time that finding their classes takes. */
export const MAX_EXPECTED_LENGTH = 512;

/** Fields of messages that say what is expected to be drawn. Both are options of recognizing; see `RecognizeOptions`. */
export const expectationEntries = {
  /** `digits`, `letters`, `uppercase`, `lowercase`, or the characters themselves. Default: `all`. */
  characters: v.optional(
    v.pipe(v.string(), v.maxLength(MAX_EXPECTED_LENGTH), v.regex(/^\P{Cc}*$/u)), // events are printed on terminals
  ),
  /** How frequent they are. Default: `uniform`. */
  prior: v.optional(v.picklist(['uniform', 'forms'])),
};
const expectationSchema = v.strictObject(expectationEntries);

/** What is expected to be drawn. Without fields: any character. */
export type Expectation = Readonly<v.InferOutput<typeof expectationSchema>>;

/** Without the fields that have their default, so that equal expectations have equal fields. */
export function plainExpectation({ characters = 'all', prior = 'uniform' }: Expectation): Expectation {
  return { ...(characters !== 'all' && { characters }), ...(prior !== 'uniform' && { prior }) };
}

/** Whether two expectations mean the same. */
export function isSameExpectation(a: Expectation, b: Expectation): boolean {
  const [one, other] = [plainExpectation(a), plainExpectation(b)];
  return one.characters === other.characters && one.prior === other.prior;
}

const SET_TEXTS: Readonly<Record<(typeof CHARACTER_SETS)[number], string>> = {
  all: 'any character',
  digits: 'digits',
  letters: 'letters',
  uppercase: 'uppercase letters',
  lowercase: 'lowercase letters',
};

/** In words: `digits`, `only YN, as on forms`. */
export function expectationText({ characters = 'all', prior = 'uniform' }: Expectation): string {
  const set = CHARACTER_SETS.find((name) => name === characters);
  const text = set ? SET_TEXTS[set] : `only ${characters}`;
  return prior === 'forms' ? `${text}, as on forms` : text;
}

/** Why a model with these labels cannot answer what is expected, as part of a sentence; null if it can. */
export function expectationProblem(
  { characters = 'all', prior = 'uniform' }: Expectation,
  labels: readonly string[],
): string | null {
  try {
    const chosen = chooseClasses(labels, characters);
    if (prior === 'uniform' || chosen.some((choice) => choice.characters.some(isOnForms))) return null;
    return `none of ${labelsText(chosen.map(({ label }) => label))} is on forms`;
  } catch (error) {
    return (error as Error).message;
  }
}

function isOnForms(character: string): boolean {
  return [...DIGITS, ...UPPERCASE, ...LOWERCASE].includes(character);
}

/** Whether there is any point in expecting this of a model with these labels. */
export function isUseful({ characters = 'all', prior = 'uniform' }: Expectation, labels: readonly string[]): boolean {
  // On forms, half of the characters are digits, which says nothing to a model that knows only digits, or none.
  const sets = prior === 'forms' && characters === 'all' ? ['digits', 'letters'] : [characters];
  return sets.every((set) => expectationProblem({ characters: set }, labels) === null);
}
