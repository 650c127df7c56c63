import { type Expectation, isSameExpectation, isUseful } from '../../../core/server/expectation.ts';

/** What a key chooses, one after the other. */
const COMMON: readonly Expectation[] = [
  {},
  { characters: 'digits' },
  { characters: 'letters' },
  { characters: 'uppercase' },
  { prior: 'forms' },
];

/** The next of the common expectations that are useful with a model with these labels. */
export function nextExpectation(current: Expectation, labels: readonly string[]): Expectation {
  const at = COMMON.findIndex((expected) => isSameExpectation(expected, current));
  const following = [...COMMON.slice(at + 1), ...COMMON.slice(0, at + 1)];
  return following.find((expected) => isUseful(expected, labels)) ?? {};
}
