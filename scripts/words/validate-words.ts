import type { SequenceNetwork } from '../../src/core/engine/engine.ts';
import { TEXT_CHARACTERS, TEXT_CLASSES } from '../../src/core/text/text-characters.ts';
import { errorRate, isRightText } from './errors.ts';
import type { Written } from './pen-data.ts';
import { readLogits } from './read-logits.ts';

/** The shares of words read right and of characters read wrong, both regardless of case. */
export interface WordFigures {
  readonly name: string;
  readonly words: number;
  readonly errors: number;
}

/** Reads words by the best path alone, which needs no lexicon. */
export async function validateWords(network: SequenceNetwork, written: readonly Written[]): Promise<WordFigures[]> {
  const read = (await readLogits(network, written)).map(({ truth, inkStyle, logits }) => ({
    ...{ truth, inkStyle },
    read: bestPath(logits),
  }));
  return ['all', 'printed', 'mixed', 'cursive'].map((name) => {
    const some = read.filter(({ inkStyle }) => name === 'all' || name === inkStyle);
    return { name, words: some.filter(isRightText).length / some.length, errors: errorRate(some) };
  });
}

/** The text of the most probable class of each step. `logits`: [steps, TEXT_CLASSES]. */
function bestPath(logits: Float32Array): string {
  let text = '';
  let last = -1;
  for (let at = 0; at < logits.length; at += TEXT_CLASSES) {
    let best = 0;
    for (let c = 1; c < TEXT_CLASSES; c++) if (logits[at + c]! > logits[at + best]!) best = c;
    if (best !== last) text += TEXT_CHARACTERS[best] ?? '';
    last = best;
  }
  return text;
}
