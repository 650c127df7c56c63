import type * as TensorFlow from '@tensorflow/tfjs-core';
import { elements, type WeightSpec } from '../../model/network.ts';

/** The TensorFlow.js that was found; which backend it computes on has been chosen before. */
export type TensorFlowApi = typeof TensorFlow;

/**
 * Tensors one behind the other in a single one, [numbers of all]: what is done to all alike is one operation instead of one
 * for each, and operations as small as these cost a device their start rather than their work.
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

  /** The tensors themselves, in their shapes. */
  unpacked(): TensorFlow.Tensor[] {
    if (this.#specs.length === 0) return [];
    const parts = this.#tf.split(
      this.variable,
      this.#specs.map(({ shape }) => elements(shape)),
    );
    return parts.map((part, index) => this.#tf.reshape(part, [...this.#specs[index]!.shape]));
  }

  /** Copies of their numbers. */
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

  /** One array for each. */
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

/** These tensors as a single one. */
export function packed(tf: TensorFlowApi, tensors: readonly TensorFlow.Tensor[]): TensorFlow.Tensor {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
}

/** For all numbers of the tensors that `specs` describe, packed: what `value` says of their tensor. */
export function constants(
  tf: TensorFlowApi,
  specs: readonly WeightSpec[],
  value: (spec: WeightSpec, index: number) => number,
): TensorFlow.Tensor1D {
  return tf.tensor1d(
    Float32Array.from(specs.flatMap((spec, index) => new Array<number>(elements(spec.shape)).fill(value(spec, index)))),
  );
}
