/** The result of `ctc` for one sequence. */
export interface CtcResult {
  /** The negative logarithm of the probability of the target; infinite if the sequence is too short for it. */
  loss: number;
  /** Whether the best class of each step, without repetitions and blanks, is the target. */
  correct: boolean;
}

type Floats = Float32Array | Float64Array;

/** Working memory that is too small grows by this factor at least, so that few sequences make it grow. */
const GROWTH = 1.5;

/**
 * Connectionist temporal classification (Graves et al. 2006): the loss of sequences of logits given the labels that they should spell,
 * and its gradient. The last class is the blank. Works in the log domain, in double precision.
 *
 * An instance keeps its working memory, so that a training step allocates nothing.
 */
export class Ctc {
  readonly #classes: number;
  /** Log-probabilities, [steps, classes]. */
  #logs = new Float64Array(0);
  /** Of each step and position of the target with its blanks: the log of the sum over the paths up to it, [steps, positions]. */
  #forward = new Float64Array(0);
  /** The same for the paths from it, [positions], of the step that is worked on and of the one after it. */
  #backward = new Float64Array(0);
  #next = new Float64Array(0);

  /** `classes`: the number of logits of a step, the blank included. */
  constructor(classes: number) {
    this.#classes = classes;
  }

  /**
   * The loss of one sequence. `logits`: [steps, stride], of which the first `classes` of each step are used; `target`: class indices;
   * `gradient`: where the gradient of `scale` times the loss goes, with the shape of `logits`. A target that does not fit has
   * a gradient of zeros.
   */
  loss(logits: Floats, steps: number, stride: number, target: Uint8Array, gradient: Floats, scale: number): CtcResult {
    const classes = this.#classes;
    const blank = classes - 1;
    const positions = 2 * target.length + 1;
    this.#reserve(steps, positions);
    const logs = this.#logs;
    const forward = this.#forward;
    const correct = this.#logSoftmax(logits, steps, stride, target);
    const labelAt = (position: number) => (position % 2 === 0 ? blank : target[position >> 1]!);
    /** Whether a path may go to a position from two positions before, which leaves out the blank in between. */
    const skips = (position: number) =>
      position % 2 === 1 && position >= 2 && target[position >> 1] !== target[(position >> 1) - 1];

    forward.fill(Number.NEGATIVE_INFINITY, 0, positions);
    forward[0] = logs[blank]!;
    if (positions > 1) forward[1] = logs[target[0]!]!;
    for (let step = 1; step < steps; step++) {
      const row = step * positions;
      const before = row - positions;
      for (let position = 0; position < positions; position++) {
        let sum = forward[before + position]!;
        if (position > 0) sum = logAdd(sum, forward[before + position - 1]!);
        if (skips(position)) sum = logAdd(sum, forward[before + position - 2]!);
        forward[row + position] = sum + logs[step * classes + labelAt(position)]!;
      }
    }
    const end = steps * positions;
    const total = positions > 1 ? logAdd(forward[end - 1]!, forward[end - 2]!) : forward[end - 1]!;
    if (total === Number.NEGATIVE_INFINITY) {
      gradient.fill(0, 0, steps * stride);
      return { loss: Number.POSITIVE_INFINITY, correct };
    }

    // The paths from a position on, without the step itself; those of the last step may end at the last label or blank.
    let next = this.#next;
    let current = this.#backward;
    next.fill(Number.NEGATIVE_INFINITY, 0, positions);
    next[positions - 1] = 0;
    if (positions > 1) next[positions - 2] = 0;
    for (let step = steps - 1; step >= 0; step--) {
      if (step < steps - 1) {
        const after = (step + 1) * classes;
        for (let position = 0; position < positions; position++) {
          let sum = next[position]! + logs[after + labelAt(position)]!;
          if (position + 1 < positions) sum = logAdd(sum, next[position + 1]! + logs[after + labelAt(position + 1)]!);
          if (position + 2 < positions && skips(position + 2)) {
            sum = logAdd(sum, next[position + 2]! + logs[after + labelAt(position + 2)]!);
          }
          current[position] = sum;
        }
        [next, current] = [current, next];
      }
      const at = step * stride;
      gradient.fill(0, at + classes, at + stride);
      for (let label = 0; label < classes; label++) {
        gradient[at + label] = scale * Math.exp(logs[step * classes + label]!);
      }
      for (let position = 0; position < positions; position++) {
        const share = forward[step * positions + position]! + next[position]! - total;
        if (share > -50) gradient[at + labelAt(position)]! -= scale * Math.exp(share);
      }
    }
    return { loss: -total, correct };
  }

  /** Sets the log-probabilities. Returns whether the best class of each step spells the target. */
  #logSoftmax(logits: Floats, steps: number, stride: number, target: Uint8Array): boolean {
    const classes = this.#classes;
    const logs = this.#logs;
    let spelled = 0;
    let last = classes - 1;
    let correct = true;
    for (let step = 0; step < steps; step++) {
      const at = step * stride;
      let best = 0;
      for (let label = 1; label < classes; label++) if (logits[at + label]! > logits[at + best]!) best = label;
      const highest = logits[at + best]!;
      let sum = 0;
      for (let label = 0; label < classes; label++) sum += Math.exp(logits[at + label]! - highest);
      const logSum = highest + Math.log(sum);
      for (let label = 0; label < classes; label++) logs[step * classes + label] = logits[at + label]! - logSum;
      if (best !== last && best !== classes - 1) correct &&= target[spelled++] === best;
      last = best;
    }
    return correct && spelled === target.length;
  }

  #reserve(steps: number, positions: number): void {
    if (this.#logs.length < steps * this.#classes) {
      this.#logs = new Float64Array(Math.ceil(steps * this.#classes * GROWTH));
    }
    if (this.#forward.length < steps * positions) {
      this.#forward = new Float64Array(Math.ceil(steps * positions * GROWTH));
    }
    if (this.#backward.length < positions) {
      this.#backward = new Float64Array(Math.ceil(positions * GROWTH));
      this.#next = new Float64Array(Math.ceil(positions * GROWTH));
    }
  }
}

/** log(exp(a) + exp(b)) */
function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
