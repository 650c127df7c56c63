import { elements } from '../network.ts';
import type { Constant } from './onnx-tensor.ts';

/**
 * The output of a layer, as a tensor of an ONNX graph. ONNX graphs are usually channels first and reshape and transpose
 * freely, while our layers are channels last. So a tensor has a shape of its own, and says for each of its elements which
 * element of the layer's output it is.
 */
export interface Activation {
  kind: 'activation';
  /** Index of the layer; -1 is the network's input. */
  layer: number;
  /** Without the batch dimension, which is always the first. */
  dims: readonly number[];
  /** Row-major, [elements]: the element of the layer's output. */
  order: Int32Array;
}

/** A function of each element of an activation, not yet known to be a layer. */
export interface Expression {
  kind: 'expression';
  base: Activation;
  compute: (x: number) => number;
  /** The node that computes it. */
  node?: { readonly op: string; readonly name: string };
}

export type Value =
  | Constant
  | Activation
  | Expression
  /** What a node that must be the last one makes of the logits: the logarithms of probabilities, or the best class. */
  | { kind: 'answer'; of: Activation; op: string }
  /** The result of something that is not supported. */
  | { kind: 'unknown' };

export const UNKNOWN: Value = { kind: 'unknown' };

/** The order of an activation with the elements of the layer's output unchanged. */
export function sameOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

/** The order of [channels, height, width] in a layer's output of [height, width, channels]. */
export function channelsFirst(height: number, width: number, channels: number): Int32Array {
  const order = new Int32Array(height * width * channels);
  let next = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let place = 0; place < height * width; place++) order[next++] = place * channels + channel;
  }
  return order;
}

/** Whether two orders are equal. */
export function isSameOrder(one: Int32Array, other: Int32Array): boolean {
  return one === other || (one.length === other.length && one.every((place, index) => place === other[index]));
}

/** Permutes the axes of a row-major tensor; `dims` are its sizes before. */
export function transpose<Data extends Int32Array | Float64Array>(
  data: Data,
  dims: readonly number[],
  permutation: readonly number[],
): Data {
  const strides = dims.map((_, axis) => elements(dims.slice(axis + 1)));
  const sizes = permutation.map((axis) => dims[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const result = data.slice() as Data;
  const place = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      from += steps[axis]!;
      if (place[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}

/**
 * The element of a tensor of `dims` for each element of a row-major tensor of `target`, to which it is broadcast as in NumPy.
 * Null if it cannot be.
 */
export function broadcast(dims: readonly number[], target: readonly number[]): ((index: number) => number) | null {
  const extra = dims.length - target.length;
  const leading = dims.slice(0, Math.max(extra, 0));
  if (leading.some((size) => size !== 1)) return null;
  const sizes = extra >= 0 ? dims.slice(extra) : [...Array<number>(-extra).fill(1), ...dims];
  if (sizes.some((size, axis) => size !== 1 && size !== target[axis])) return null;
  const axes = target.map((size, axis) => ({
    size,
    stride: elements(target.slice(axis + 1)),
    step: sizes[axis] === 1 ? 0 : elements(sizes.slice(axis + 1)),
  }));
  return (index) => axes.reduce((sum, { size, stride, step }) => sum + (Math.floor(index / stride) % size) * step, 0);
}
