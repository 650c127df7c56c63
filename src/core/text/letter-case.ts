import { bestSteps, logSpelling } from './ctc-path.ts';
import type { DecoderWeights } from './decoder-weights.ts';
import { CAPITAL, FOLDED_CLASSES, LETTERS, SMALL } from './folded-characters.ts';
import type { LineOutputs } from './line-outputs.ts';
import { TEXT_CHARACTERS, TEXT_CLASSES } from './text-characters.ts';
import { SPELLING } from './word-tree.ts';

/** A string with capital and small letters, and how probable it is among the cases that it may have. */
export interface CasedString {
  readonly text: string;
  readonly probability: number;
}

/**
 * The cases in which a string may be written, the most probable first: in small letters, capitalized, in capitals, or each letter
 * as it looks by itself. `letters`: folded classes; `spelling`: as the lexicon writes it; the steps are from `from` up to but not
 * including `to`.
 */
export function casedStrings(
  { cased, folded }: LineOutputs,
  from: number,
  to: number,
  letters: Uint8Array,
  spelling: number,
  weights: DecoderWeights,
): CasedString[] {
  const first = letters.findIndex((letter) => letter < LETTERS);
  const asClasses = (isCapital: (index: number) => boolean) =>
    Uint8Array.from(letters, (letter, index) => (isCapital(index) ? CAPITAL : SMALL)[letter]!);
  if (first < 0) return [{ text: textOf(asClasses(() => false)), probability: 1 }];
  const preferred = (kind: number) => (spelling === kind && spelling !== SPELLING.small ? weights.spelling : 0);
  const patterns = [
    { classes: asClasses(() => false), prior: 0 },
    { classes: asClasses((index) => index === first), prior: weights.capitalized + preferred(SPELLING.capitalized) },
    { classes: asClasses(() => true), prior: weights.capitals + preferred(SPELLING.capitals) },
  ];
  const places = bestSteps(folded, FOLDED_CLASSES, from, to, letters);
  if (places) {
    const looksCapital = places.map((place, index) => {
      let difference = 0;
      for (let step = place.from; step < place.to; step++) {
        difference += cased[step * TEXT_CLASSES + CAPITAL[letters[index]!]!]!;
        difference -= cased[step * TEXT_CLASSES + SMALL[letters[index]!]!]!;
      }
      return difference > 0;
    });
    patterns.push({ classes: asClasses((index) => looksCapital[index]!), prior: weights.mixed });
  }
  const scores = new Map<string, number>();
  for (const { classes, prior } of patterns) {
    const text = textOf(classes);
    // The first of equal texts has the best prior.
    if (!scores.has(text)) scores.set(text, logSpelling(cased, TEXT_CLASSES, from, to, classes) + prior);
  }
  const best = Math.max(...scores.values());
  const shares = [...scores].map(([text, score]) => ({
    text,
    share: best > Number.NEGATIVE_INFINITY ? Math.exp(score - best) : 1,
  }));
  const sum = shares.reduce((total, { share }) => total + share, 0);
  return shares
    .map(({ text, share }) => ({ text, probability: share / sum }))
    .sort((a, b) => b.probability - a.probability);
}

function textOf(classes: Uint8Array): string {
  return Array.from(classes, (each) => TEXT_CHARACTERS[each]).join('');
}
