import { TEXT_CHARACTERS, TEXT_CLASSES } from './text-characters.ts';
import type { TextOptions } from './text-options.ts';
import type { TextCandidate } from './text-reading.ts';

/** A word of a line, and the characters of the line that it takes; `to` is exclusive. */
export interface DecodedWord {
  text: string;
  /** As in `TextWord`. */
  candidates: TextCandidate[];
  from: number;
  to: number;
}

/** A line as it was read from the outputs of the network. */
export interface DecodedLine {
  /** As in `TextReading`. */
  candidates: TextCandidate[];
  /** The characters of the best candidate with the steps of the network that they take; `to` is exclusive. */
  characters: { label: string; probability: number; from: number; to: number }[];
  /** The words of the best candidate. */
  words: DecodedWord[];
}

/** Reads the outputs of the network for a line. `logits`: [steps, TEXT_CLASSES]. */
export function decodeLine(logits: Float32Array, _options: TextOptions = {}): DecodedLine {
  const characters: DecodedLine['characters'] = [];
  let text = '';
  let last = -1;
  let logProbability = 0;
  for (let step = 0; step * TEXT_CLASSES < logits.length; step++) {
    const row = logits.subarray(step * TEXT_CLASSES, (step + 1) * TEXT_CLASSES);
    let best = 0;
    for (let c = 1; c < TEXT_CLASSES; c++) if (row[c]! > row[best]!) best = c;
    const probability = 1 / row.reduce((sum, value) => sum + Math.exp(value - row[best]!), 0);
    logProbability += Math.log(probability);
    const label = TEXT_CHARACTERS[best];
    if (best === last && label !== undefined && label !== ' ') {
      const character = characters.at(-1)!;
      character.to = step + 1;
      character.probability = Math.max(character.probability, probability);
    } else if (best !== last && label !== undefined) {
      text += label;
      if (label !== ' ') characters.push({ label, probability, from: step, to: step + 1 });
    }
    last = best;
  }
  const words: DecodedWord[] = [];
  let from = 0;
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const to = from + word.length;
    const probability = characters.slice(from, to).reduce((product, character) => product * character.probability, 1);
    words.push({ text: word, candidates: [{ text: word, probability }], from, to });
    from = to;
  }
  return { candidates: text === '' ? [] : [{ text, probability: Math.exp(logProbability) }], characters, words };
}
