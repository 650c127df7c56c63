import { TEXT_CHARACTERS, TEXT_CLASSES } from '../../../src/core/text/text-characters.ts';

/** How probable characters are at a step; the rest is blank. */
export type Step = Readonly<Record<string, number>>;

/**
 * Logits of a network that is as sure of a text as `certainty` says, except at the characters for which `doubts` has other
 * probabilities: each character takes a step, with a step of blank behind it.
 */
export function spelled(text: string, doubts: Readonly<Record<number, Step>> = {}, certainty = 0.99): Float32Array {
  return logitsOf([...text].flatMap((character, index) => [doubts[index] ?? { [character]: certainty }, {}]));
}

/** Logits with these probabilities, [steps, TEXT_CLASSES]; what is not mentioned has next to none. */
export function logitsOf(steps: readonly Step[]): Float32Array {
  const logits = new Float32Array(steps.length * TEXT_CLASSES).fill(Math.log(1e-6));
  for (const [index, step] of steps.entries()) {
    const rest = 1 - Object.values(step).reduce((sum, probability) => sum + probability, 0);
    for (const [character, probability] of Object.entries(step)) {
      logits[index * TEXT_CLASSES + TEXT_CHARACTERS.indexOf(character)] = Math.log(probability);
    }
    logits[index * TEXT_CLASSES + TEXT_CLASSES - 1] = Math.log(Math.max(rest, 1e-6));
  }
  return logits;
}
