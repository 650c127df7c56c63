import { FOLDED_BLANK, FOLDED_CLASSES, FOLDED_SPACE } from './folded-characters.ts';
import type { LineOutputs } from './line-outputs.ts';

/** Steps of a line at which there may be a space; `to` is exclusive. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The logarithm of the probability of a space and nothing else there. */
  readonly logSpace: number;
  /** The probability that there is a space, given that there is no letter. */
  readonly probability: number;
}

/** A step is part of a gap if a space has at least the first probability, and other characters together at most the second. */
const MIN_SPACE = 0.01;
const MAX_LETTERS = 0.5;
/** Gaps less probable than the first are ignored; a line is always cut at those more probable than the second. */
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
