import type { CharacterReading } from '../prediction.ts';
import type { PossibleAnswers } from './character-prior.ts';

/** The answers that may be given. */
export interface Answers extends PossibleAnswers {
  /** Whether the last logit stands for no character. */
  rejects: boolean;
}

/** Softmax over the logits of the answers: the `top` most probable first, ties in class order. */
export function rank(
  logits: Float32Array | Float64Array,
  { choices, shifts, rejects }: Answers,
  top: number,
): CharacterReading {
  const scores = choices.map(({ index }, i) => logits[index]! + shifts[i]!);
  const rejection = rejects ? logits.at(-1)! : Number.NEGATIVE_INFINITY;
  const highest = Math.max(rejection, ...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const rejected = Math.exp(rejection - highest);
  const sum = exponentials.reduce((total, value) => total + value, rejected);
  const ranked = choices
    .map(({ label }, i) => ({ label, probability: exponentials[i]! / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
  // Rounding must not push the sum above 1. It is off by less than this factor.
  const added = ranked.reduce((total, { probability }) => total + probability, 0) + rejected / sum;
  const factor = added > 1 ? 1 - 1e-14 : 1;
  return {
    predictions: ranked.map(({ label, probability }) => ({ label, probability: probability * factor })),
    noCharacter: rejects ? (rejected / sum) * factor : null,
  };
}
