import { distance } from 'fastest-levenshtein';
import type { SequenceNetwork } from '../../src/core/engine/engine.ts';
import { lineImage } from '../../src/core/text/line-image.ts';
import { TEXT_CHARACTERS, TEXT_CLASSES } from '../../src/core/text/text-characters.ts';
import { packLines } from './line-batch.ts';
import type { Written } from './pen-data.ts';

/** The shares of words read right and of characters read wrong, both regardless of case. */
export interface WordFigures {
  readonly name: string;
  readonly words: number;
  readonly errors: number;
}

const BATCH = 16;

/** Reads words by the best path alone, which needs no lexicon. */
export async function validateWords(network: SequenceNetwork, written: readonly Written[]): Promise<WordFigures[]> {
  const lines = written.map(({ label, inkStyle, strokes }) => ({ text: label, inkStyle, image: lineImage(strokes) }));
  const read: { truth: string; text: string; inkStyle: string | undefined }[] = [];
  for (const [width, all] of Map.groupBy(lines, ({ image }) => image.width)) {
    for (let from = 0; from < all.length; from += BATCH) {
      const batch = all.slice(from, from + BATCH);
      const logits = await network.predict(packLines(batch, width).images, width);
      const size = logits.length / batch.length;
      for (const [index, { text, inkStyle }] of batch.entries()) {
        const best = bestPath(logits.subarray(index * size, (index + 1) * size));
        read.push({ truth: text.toLowerCase(), text: best.toLowerCase(), inkStyle });
      }
    }
  }
  return ['all', 'printed', 'mixed', 'cursive'].map((name) => {
    const some = read.filter(({ inkStyle }) => name === 'all' || name === inkStyle);
    const right = some.filter(({ truth, text }) => truth === text).length;
    const errors = some.reduce((sum, { truth, text }) => sum + distance(truth, text), 0);
    const characters = some.reduce((sum, { truth }) => sum + truth.length, 0);
    return { name, words: right / some.length, errors: errors / characters };
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
