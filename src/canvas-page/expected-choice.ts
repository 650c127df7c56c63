import * as v from 'valibot';
import { charactersOf } from '../core/label-text.ts';
import { CHARACTER_SETS, chooseClasses, mergedCase } from '../core/labels.ts';
import {
  type Expectation,
  expectationProblem,
  expectationText,
  isUseful,
  MAX_EXPECTED_LENGTH,
  plainExpectation,
} from '../core/server/expectation.ts';

/**
 * What the page offers. `given`: what `draw` was started with, if that is none of the others. `only` is last: it moves the
 * focus to its text field, so the arrow keys do not reach what comes after it.
 */
const NAMES = ['any', 'digits', 'letters', 'uppercase', 'lowercase', 'forms', 'given', 'only'] as const;
type Name = (typeof NAMES)[number];

const TEXTS: Readonly<Record<Exclude<Name, 'given'>, string>> = {
  any: 'Any character',
  digits: 'Digits',
  letters: 'Letters',
  uppercase: 'Uppercase letters',
  lowercase: 'Lowercase letters',
  forms: 'As on forms (half digits)',
  only: 'Only these…',
};

const EXPECTATIONS: Readonly<Record<Exclude<Name, 'only' | 'given'>, Expectation>> = {
  any: {},
  digits: { characters: 'digits' },
  letters: { characters: 'letters' },
  uppercase: { characters: 'uppercase' },
  lowercase: { characters: 'lowercase' },
  forms: { prior: 'forms' },
};

export const choiceSchema = v.strictObject({
  name: v.picklist(NAMES),
  /** The characters of `only`, which are kept while something else is chosen. */
  only: v.pipe(v.string(), v.maxLength(MAX_EXPECTED_LENGTH)),
});
/** What the user of the page has chosen to expect. */
export type Choice = v.InferOutput<typeof choiceSchema>;

/** The choice that stands for an expectation. */
export function choiceOf(expected: Expectation): Choice {
  const { characters, prior } = plainExpectation(expected);
  for (const name of Object.keys(EXPECTATIONS) as (keyof typeof EXPECTATIONS)[]) {
    const { characters: set, prior: frequencies } = EXPECTATIONS[name];
    if (set === characters && frequencies === prior) return { name, only: '' };
  }
  return prior ? { name: 'given', only: '' } : { name: 'only', only: characters! };
}

/** What is expected with a choice. `given`: what `draw` was started with. */
export function expectationOf({ name, only }: Choice, given: Expectation): Expectation {
  if (name === 'given') return given;
  if (name !== 'only') return EXPECTATIONS[name];
  const characters = only.replace(/\p{Cc}/gu, '').trim();
  if (characters === '') return {};
  // "all" in this field means the letters.
  return { characters: isSetName(characters) ? [...new Set(characters)].join('') : characters };
}

function isSetName(text: string): boolean {
  return CHARACTER_SETS.some((name) => name === text);
}

/** An entry of the list of choices. */
export interface Offer {
  readonly name: Name;
  readonly text: string;
  /** The model has no class for it. */
  readonly disabled: boolean;
}

/** What to offer for a model with these labels. `given`: what `draw` was started with. */
export function offers(labels: readonly string[], given: Expectation): Offer[] {
  return NAMES.flatMap((name): Offer[] => {
    if (name === 'given') {
      if (choiceOf(given).name !== 'given') return [];
      const text = expectationText(given);
      return [{ name, text: text.charAt(0).toUpperCase() + text.slice(1), disabled: false }];
    }
    const disabled = name !== 'only' && !isUseful(EXPECTATIONS[name], labels);
    return [{ name, text: disabled ? `${TEXTS[name]} – not in this model` : TEXTS[name], disabled }];
  });
}

/** The labels that can be answered. All of them if the model cannot answer what is expected. */
export function expectedLabels({ characters = 'all' }: Expectation, labels: readonly string[]): readonly string[] {
  if (expectationProblem({ characters }, labels) !== null) return labels;
  return chooseClasses(labels, characters).map(({ label }) => label);
}

/** Those labels of a model that may stand for both cases of a letter: not if only one of them is expected. */
export function labelsOfBothCases({ characters = 'all' }: Expectation, labels: readonly string[]): readonly string[] {
  if (['all', 'digits', 'letters'].includes(characters) || expectationProblem({ characters }, labels)) return labels;
  const requested = ['uppercase', 'lowercase'].includes(characters) ? [] : charactersOf(characters.normalize('NFC'));
  return labels.filter((label) => {
    const other = mergedCase(label, labels);
    return other === null || (requested.includes(label) && requested.includes(other));
  });
}
