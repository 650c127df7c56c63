/** How many steps pass from one update of the average to the next, after as many single ones; the decay makes up for it. */
const STRIDE = 8;

/**
 * The running average of a network's weights over the steps of a training (Polyak & Juditsky 1992), which reads better
 * than the weights of any one step. Young averages forget faster, so that the first weights do not linger.
 */
export class WeightAverage {
  readonly #decay: number;
  /** In the order of `weightSpecs`; what checkpoints keep. */
  readonly tensors: Float32Array[];

  constructor(decay: number, weights: readonly Float32Array[]) {
    this.#decay = decay;
    this.tensors = weights.map((tensor) => tensor.slice());
  }

  /** Whether the weights after this step (from 1) are to be added. */
  static due(step: number): boolean {
    return step <= STRIDE || step % STRIDE === 0;
  }

  add(weights: readonly Float32Array[], step: number): void {
    const decay = Math.min(this.#decay, step / (step + 10)) ** (step <= STRIDE ? 1 : STRIDE);
    weights.forEach((tensor, index) => {
      const average = this.tensors[index]!;
      for (let i = 0; i < average.length; i++) average[i]! += (tensor[i]! - average[i]!) * (1 - decay);
    });
  }
}
