import { FOLD, FOLDED_CLASSES } from './folded-characters.ts';
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
