import type * as TensorFlow from '@tensorflow/tfjs-core';
import { elements, type WeightSpec } from '../../model/network.ts';

/** The API of an installed TensorFlow.js, whose backend has been set. */
export type TensorFlowApi = typeof TensorFlow;

/**
 * Tensors concatenated into one, [total size], so that an update is one operation for all instead of one for each. The
 * operations are so small that most of their cost is the launch.
 */
export class PackedTensors {
  readonly variable: TensorFlow.Variable;
  readonly #tf: TensorFlowApi;
  readonly #specs: readonly WeightSpec[];

  constructor(tf: TensorFlowApi, specs: readonly WeightSpec[]) {
    this.#tf = tf;
    this.#specs = specs;
    this.variable = tf.tidy(() =>
      tf.variable(
        constants(tf, specs, () => 0),
        false,
      ),
    );
  }

  /** The tensors in their own shapes. */
  unpacked(): TensorFlow.Tensor[] {
    if (this.#specs.length === 0) return [];
    const parts = this.#tf.split(
      this.variable,
      this.#specs.map(({ shape }) => elements(shape)),
    );
    return parts.map((part, index) => this.#tf.reshape(part, [...this.#specs[index]!.shape]));
  }

  /** Copies of the values, one array for each tensor. */
  async read(): Promise<Float32Array[]> {
    const all = await this.variable.data();
    let from = 0;
    return this.#specs.map(({ shape }) => {
      const to = from + elements(shape);
      const tensor = Float32Array.from(all.subarray(from, to));
      from = to;
      return tensor;
    });
  }

  /** Sets the values from one array for each tensor. */
  write(tensors: readonly Float32Array[]): void {
    const all = new Float32Array(this.variable.size);
    let from = 0;
    for (const tensor of tensors) {
      all.set(tensor, from);
      from += tensor.length;
    }
    this.#tf.tidy(() => this.variable.assign(this.#tf.tensor1d(all)));
  }

  dispose(): void {
    this.variable.dispose();
  }
}

/** Concatenates tensors into one, [total size]. */
export function packed(tf: TensorFlowApi, tensors: readonly TensorFlow.Tensor[]): TensorFlow.Tensor {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
}

/** A packed tensor, [total size], in which all values of a tensor are what `value` returns for its spec. */
export function constants(
  tf: TensorFlowApi,
  specs: readonly WeightSpec[],
  value: (spec: WeightSpec, index: number) => number,
): TensorFlow.Tensor1D {
  return tf.tensor1d(
    Float32Array.from(specs.flatMap((spec, index) => new Array<number>(elements(spec.shape)).fill(value(spec, index)))),
  );
}
