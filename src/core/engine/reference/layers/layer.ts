import type { Shape } from '../../../model/layer.ts';
import { elements } from '../../../model/network.ts';

/** Activations or gradients of a batch, [n, ...shape]. */
export interface Batch {
  readonly n: number;
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A layer with its weights. Each `backward` call must follow a `forward` call with `training` set. */
export interface ReferenceLayer {
  /** In the order of `weightSpecs`. */
  readonly weights: Float64Array[];
  /** Gradients of the loss, one for each of the weights; null for moving averages. */
  readonly gradients: (Float64Array | null)[];
  /** `inputs`: one batch, or several for layers that merge branches. */
  forward(inputs: readonly Batch[], training: boolean, seed: number): Batch;
  /** Returns the gradient of each input, given that of the output, and sets `gradients`. */
  backward(dy: Batch): Batch[];
}

/** A batch of zeros. */
export function zeros(n: number, shape: Shape): Batch {
  return { n, shape, data: new Float64Array(n * elements(shape)) };
}

/** A layer without weights and with one input. */
export function weightless(
  forward: (x: Batch, training: boolean, seed: number) => Batch,
  backward: (dy: Batch) => Batch,
): ReferenceLayer {
  return {
    weights: [],
    gradients: [],
    forward: ([x], training, seed) => forward(x!, training, seed),
    backward: (dy) => [backward(dy)],
  };
}

/** The sum of each column of [rows, columns]. */
export function columnSums({ data }: Batch, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) sums[i % columns]! += data[i]!;
  return sums;
}
