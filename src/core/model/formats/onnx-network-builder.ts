import type { Layer, LayerFunction, Shape } from '../layer.ts';
import { elements, type Network, outputShape } from '../network.ts';

/** A multiple of each channel plus an offset; a layer only if it cannot be part of the weights before it. */
interface Affine {
  type: 'affine';
  scale: Float64Array;
  offset: Float64Array;
}

interface Entry {
  layer: LayerFunction | Affine;
  inputs: readonly number[];
  weights: Float32Array[];
  shape: Shape;
}

/** The largest number of values that a layer may compute. */
const MAX_VALUES = 1 << 22;

/** Of a batch normalization that multiplies and adds; its variance makes the divisor 1. */
const EPSILON = 1e-3;

/** Pixels of 0 to 255 are multiplied by 1/255, 1/127.5, or 1/255 and the reciprocal of a standard deviation of about 0.3. */
const LARGEST_OF_BYTES = 1 / 50;

/** Collects the layers and weights of a network, in an order in which each follows its inputs. */
export class NetworkBuilder {
  readonly #input: Network['input'];
  readonly #entries: Entry[] = [];

  constructor(input: Network['input']) {
    this.#input = input;
  }

  /** The output shape of a layer; -1 is the network's input. */
  shape(layer: number): Shape {
    return layer < 0 ? this.#input : this.#entries[layer]!.shape;
  }

  /** Appends a layer and returns its index. Throws a `RangeError` for a layer that does not fit its inputs. */
  add(layer: LayerFunction, inputs: readonly number[], weights: Float32Array[] = []): number {
    const shape = outputShape(
      layer,
      inputs.map((input) => this.shape(input)),
    );
    if (shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
      throw new RangeError('shrinks the image to nothing');
    }
    if (elements(shape) > MAX_VALUES) throw new RangeError(`has the output [${shape}], which is too large`);
    return this.#push({ layer, inputs, weights, shape });
  }

  /** Appends a multiplication and addition for each channel, [channels] or a number for all. */
  addAffine(input: number, scale: Float64Array | number, offset: Float64Array | number): number {
    const shape = this.shape(input);
    const channels = shape.at(-1)!;
    const all = (values: Float64Array | number) =>
      typeof values === 'number' ? new Float64Array(channels).fill(values) : values;
    return this.#push({
      layer: { type: 'affine', scale: all(scale), offset: all(offset) },
      inputs: [input],
      weights: [],
      shape,
    });
  }

  /** Whether a layer's output is never negative. */
  isNonNegative(layer: number): boolean {
    // Pixels are 0 to 1.
    if (layer < 0) return true;
    const { layer: of, inputs } = this.#entries[layer]!;
    switch (of.type) {
      case 'relu':
      case 'sigmoid':
      case 'softmax':
        return true;
      case 'maxPool':
      case 'averagePool':
      case 'globalMaxPool':
      case 'globalAveragePool':
      case 'zeroPadding':
      case 'flatten':
      case 'reshape':
      case 'dropout':
      case 'spatialDropout':
      case 'add':
      case 'concatenate':
        return inputs.every((input) => this.isNonNegative(input));
      default:
        return false;
    }
  }

  /** Whether a layer takes the output of another, directly or through others, or is the other. */
  reaches(layer: number, other: number): boolean {
    return layer === other || (layer >= 0 && this.#entries[layer]!.inputs.some((input) => this.reaches(input, other)));
  }

  /** The type of a layer and its first input. */
  describe(layer: number): { type: LayerFunction['type'] | 'affine' | 'input'; input: number } {
    return layer < 0
      ? { type: 'input', input: -1 }
      : { type: this.#entries[layer]!.layer.type, input: this.#entries[layer]!.inputs[0]! };
  }

  /** The network whose output is that of a layer, with weights in the order of `weightSpecs`. */
  finish(output: number): { network: Network; weights: Float32Array[] } {
    const last = this.#fold(output);
    const kept = [...this.#needed(last)].sort((a, b) => a - b);
    const position = new Map(kept.map((layer, index) => [layer, index]));
    const layers = kept.map((index, place): Layer => {
      const { layer, inputs } = this.#entries[index]!;
      const of = inputs.map((input) => position.get(input) ?? -1);
      const known = layer.type === 'affine' ? affineLayer(layer) : layer;
      return of.length === 1 && of[0] === place - 1 ? known : { ...known, inputs: of };
    });
    const weights = kept.flatMap((index) => {
      const { layer, weights } = this.#entries[index]!;
      return layer.type === 'affine' ? affineWeights(layer) : weights;
    });
    return { network: { input: this.#input, layers }, weights };
  }

  #push(entry: Entry): number {
    this.#entries.push(entry);
    return this.#entries.length - 1;
  }

  #needed(output: number, found = new Set<number>()): Set<number> {
    const rest = [output];
    for (let layer = rest.pop(); layer !== undefined; layer = rest.pop()) {
      if (layer < 0 || found.has(layer)) continue;
      found.add(layer);
      rest.push(...this.#entries[layer]!.inputs);
    }
    return found;
  }

  /** Makes multiplications and additions part of the weights before them, if nothing else uses these. Returns the output. */
  #fold(output: number): number {
    const needed = this.#needed(output);
    const users = new Map<number, number>();
    for (const layer of needed) {
      for (const input of this.#entries[layer]!.inputs) users.set(input, (users.get(input) ?? 0) + 1);
    }
    const replaced = new Map<number, number>();
    const resolve = (layer: number) => replaced.get(layer) ?? layer;
    for (const index of [...needed].sort((a, b) => a - b)) {
      const entry = this.#entries[index]!;
      entry.inputs = entry.inputs.map(resolve);
      const [input] = entry.inputs;
      if (entry.layer.type !== 'affine' || input === undefined || input < 0) continue;
      // After one affine layer was folded into another, the other's users are those of the first.
      if (users.get(input) !== 1) continue;
      const before = this.#entries[input]!;
      if (!foldAffine(entry.layer, before)) continue;
      replaced.set(index, input);
      users.set(input, users.get(index) ?? 0);
    }
    for (const index of needed) {
      const { layer, inputs } = this.#entries[index]!;
      if (layer.type !== 'affine' || inputs[0] !== -1 || replaced.has(index)) continue;
      // A model that divides its pixels takes 0 to 255, of which networks here take 1/255.
      if (layer.scale.every((value) => Math.abs(value) <= LARGEST_OF_BYTES)) {
        layer.scale = layer.scale.map((value) => value * 255);
      }
      const isIdentity =
        layer.scale.every((value) => Math.abs(value - 1) < 1e-6) && layer.offset.every((value) => value === 0);
      if (isIdentity) replaced.set(index, -1);
    }
    for (const index of needed) this.#entries[index]!.inputs = this.#entries[index]!.inputs.map(resolve);
    return resolve(output);
  }
}

/** Applies a multiplication and addition to the weights of the layer before it. False if it has none. */
function foldAffine({ scale, offset }: Affine, before: Entry): boolean {
  const { layer, weights } = before;
  switch (layer.type) {
    case 'affine':
      layer.offset = layer.offset.map((value, channel) => value * scale[channel]! + offset[channel]!);
      layer.scale = layer.scale.map((value, channel) => value * scale[channel]!);
      return true;
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'dense': {
      // The output channel is the last axis of all kernels; in depthwise ones it is the last two, in one.
      const [kernel, bias] = weights;
      const width = scale.length;
      before.weights = [
        kernel!.map((value, index) => value * scale[index % width]!),
        Float32Array.from(offset, (value, channel) => value + (bias?.[channel] ?? 0) * scale[channel]!),
      ];
      before.layer = { ...layer, useBias: true };
      return true;
    }
    default:
      return false;
  }
}

function isUniform(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function affineLayer({ scale, offset }: Affine): Layer {
  if (!isUniform(scale) || !isUniform(offset)) return { type: 'batchNorm', momentum: 0.99, epsilon: EPSILON };
  return { type: 'rescaling', scale: scale[0]!, offset: offset[0]! };
}

function affineWeights({ scale, offset }: Affine): Float32Array[] {
  if (isUniform(scale) && isUniform(offset)) return [];
  return [
    Float32Array.from(scale),
    Float32Array.from(offset),
    new Float32Array(scale.length),
    new Float32Array(scale.length).fill(1 - EPSILON),
  ];
}
