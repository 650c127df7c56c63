import { FOLD, FOLDED_BLANK, FOLDED_CLASSES, FOLDED_SPACE } from './folded-characters.ts';
import { TEXT_CLASSES } from './text-characters.ts';

/** What the network says about a line, as probabilities. */
export interface LineOutputs {
  readonly steps: number;
  /** [steps, TEXT_CLASSES]. */
  readonly cased: Float64Array;
  /** Regardless of case, [steps, FOLDED_CLASSES]. */
  readonly folded: Float64Array;
}

/** The outputs of the network as probabilities. `logits`: [steps, TEXT_CLASSES]. */
export function lineOutputs(logits: Float32Array): LineOutputs {
  const steps = logits.length / TEXT_CLASSES;
  const cased = new Float64Array(logits.length);
  const folded = new Float64Array(steps * FOLDED_CLASSES);
  for (let step = 0; step < steps; step++) {
    const row = step * TEXT_CLASSES;
    let largest = logits[row]!;
    for (let c = 1; c < TEXT_CLASSES; c++) largest = Math.max(largest, logits[row + c]!);
    let sum = 0;
    for (let c = 0; c < TEXT_CLASSES; c++) {
      cased[row + c] = Math.exp(logits[row + c]! - largest);
      sum += cased[row + c]!;
    }
    for (let c = 0; c < TEXT_CLASSES; c++) {
      cased[row + c] = cased[row + c]! / sum;
      folded[step * FOLDED_CLASSES + FOLD[c]!]! += cased[row + c]!;
    }
  }
  return { steps, cased, folded };
}

/** Steps of a line at which there may be a space, from the first to before the last. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The logarithm of the probability of a space and nothing else there. */
  readonly logSpace: number;
  /** That it is a space if it is no letter. */
  readonly probability: number;
}

/** A step is a part of a gap if a space has at least this probability, and letters do not have more than the rest. */
const MIN_SPACE = 0.01;
const MAX_LETTERS = 0.5;
/** Gaps that are less certain than the first are none, and those above the second are certain. */
const MIN_GAP = 0.02;
export const CERTAIN_GAP = 0.95;

/** Where a line may be cut into words, left to right. */
export function lineGaps({ steps, folded }: LineOutputs): Gap[] {
  const gaps: Gap[] = [];
  let from = -1;
  for (let step = 0; step <= steps; step++) {
    const row = step * FOLDED_CLASSES;
    const space = step < steps ? folded[row + FOLDED_SPACE]! : 0;
    const isGap = space >= MIN_SPACE && space + folded[row + FOLDED_BLANK]! >= 1 - MAX_LETTERS;
    if (isGap && from < 0) from = step;
    if (isGap || from < 0) continue;
    let [blank, either] = [1, 1];
    for (let at = from; at < step; at++) {
      const probability = folded[at * FOLDED_CLASSES + FOLDED_BLANK]!;
      blank *= probability;
      either *= probability + folded[at * FOLDED_CLASSES + FOLDED_SPACE]!;
    }
    const probability = 1 - blank / either;
    if (probability >= MIN_GAP) gaps.push({ from, to: step, logSpace: Math.log(either - blank), probability });
    from = -1;
  }
  return gaps;
}
