/** The average is updated at each of the first 8 steps, then every 8 steps with a decay that makes up for it. */
const STRIDE = 8;

/**
 * The exponential moving average of a network's weights over a training run (Polyak & Juditsky 1992), which is more accurate
 * than the weights of any single step. The decay is lower at first, so that the initial weights do not linger.
 */
export class WeightAverage {
  readonly #decay: number;
  /** In the order of `weightSpecs`. */
  readonly tensors: Float32Array[];

  constructor(decay: number, weights: readonly Float32Array[]) {
    this.#decay = decay;
    this.tensors = weights.map((tensor) => tensor.slice());
  }

  /** Whether the average is updated after this step; steps count from 1. */
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
