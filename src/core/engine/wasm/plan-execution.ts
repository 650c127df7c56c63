import type { Layer } from '../../model/layer.ts';
import { elements, layerInputs, type Network } from '../../model/network.ts';
import { checkedShapes, type OutputKind } from '../checks.ts';
import { coversImage, inputBorder, type Margins, NO_MARGINS, placeConvolution } from './convolution.ts';
import { roundUp } from './engine-memory.ts';
import type { BnReluStep, ExecutionPlan, FusedPool, InputTensor, LinearStep, Step, Tensor } from './execution-plan.ts';
import { COLUMNS } from './kernels/layout.ts';

type LayerOf<T extends Layer['type']> = Extract<Layer, { type: T }>;

/** Fuses the layers of a network into steps. Throws an `EmnistError` for networks that the engine cannot run. */
export function planExecution(network: Network, output: OutputKind = 'classes'): ExecutionPlan {
  const shapes = checkedShapes(network, output);
  // Linear steps read images without padded channels, which takes less time, and other steps cannot.
  return new Planner(network, shapes, false).plan() ?? new Planner(network, shapes, true).plan()!;
}

/** The output of a layer: a tensor, with zeros around it or flattened as far as the layer's consumers care. */
interface Value {
  readonly tensor: Tensor;
  /** Each pixel is a part of a vector. */
  readonly flat: boolean;
  /** Zeros around the tensor, which a convolution finds in the tensor's border. */
  readonly margins: Margins;
}

class Planner {
  readonly #network: Network;
  readonly #shapes: readonly (readonly number[])[];
  readonly #input: InputTensor;
  readonly #steps: Step[] = [];
  /** The step that wrote each tensor last. */
  readonly #producers = new Map<Tensor, Step>();
  /** The convolutions whose outputs tensors are, whatever has happened to them in place since. */
  readonly #convolutions = new Map<Tensor, LinearStep>();
  /** Steps that could be fused with the convolution before them. */
  readonly #followers = new Map<LinearStep, BnReluStep>();
  /** How many layers read each tensor. */
  readonly #readers = new Map<Tensor, number>();
  /** How many layers read each layer's output; the input comes first. */
  readonly #readersOfLayers: readonly number[];
  /** Copies of values without margins or flattened. */
  readonly #materialized = new Map<string, Tensor>();
  readonly #ids = new Map<Tensor, number>();
  #needsPadding = false;

  constructor(network: Network, shapes: readonly (readonly number[])[], padded: boolean) {
    const [height, width, channels] = network.input;
    this.#network = network;
    this.#shapes = shapes;
    this.#readersOfLayers = countReaders(network);
    this.#input = {
      ...{ height, width, channels },
      padded: padded ? roundUp(channels, COLUMNS) : channels,
      ...{ border: 0, slack: false, scale: 1, offset: 0 },
    };
  }

  /** The plan, or null if steps read the input that need padded channels. */
  plan(): ExecutionPlan | null {
    const values: Value[] = [this.#value(this.#input, -1)];
    this.#network.layers.forEach((layer, index) => {
      const inputs = layerInputs(this.#network, index).map((input) => values[input + 1]!);
      values.push(this.#layer(layer, index, inputs));
    });
    const last = this.#network.layers.length - 1;
    let output = this.#contiguous(this.#materialize(values.at(-1)!, last));
    if (output.tensor === this.#input) output = this.#copy(output);
    if (this.#needsPadding) return null;
    for (const [linear, bnRelu] of this.#followers) linear.fusedPool = this.#fusedPool(linear, bnRelu);
    return { input: this.#input, output: output.tensor, steps: this.#steps };
  }

  #layer(layer: Layer, index: number, inputs: readonly Value[]): Value {
    const input = inputs[0]!;
    switch (layer.type) {
      case 'conv2d':
        return this.#convolution(layer, index, input);
      case 'dense': {
        const { tensor } = this.#contiguous(this.#unpad(input, index));
        const to = this.#tensor([1, 1, layer.units]);
        const { useBias } = layer;
        return this.#push(
          { kind: 'linear', index, convolution: null, useBias, from: tensor, to, fusedPool: null },
          index,
        );
      }
      case 'batchNorm':
        return this.#batchNorm(layer, index, input);
      case 'relu': {
        // ReLU and max pooling commute.
        const step = this.#bnRelu(this.#unpad(input, index), false, index, () => true);
        step.relu = true;
        return this.#value(step.to, index, input.flat);
      }
      case 'maxPool':
        return this.#maxPool(layer, index, input);
      case 'dropout':
      case 'spatialDropout':
        return layer.rate === 0 ? input : this.#dropout(layer, index, input);
      case 'flatten':
        return flattened(this.#unpad(input, index));
      case 'reshape':
        return this.#reshape(layer, index, this.#unpad(input, index));
      case 'zeroPadding': {
        const { top, bottom, left, right } = input.margins;
        const margins = {
          top: top + layer.top,
          bottom: bottom + layer.bottom,
          left: left + layer.left,
          right: right + layer.right,
        };
        return { ...input, margins };
      }
      case 'rescaling':
        if (input.tensor === this.#input && !isPadded(input) && this.#isExclusive(input)) {
          this.#input.scale *= layer.scale;
          this.#input.offset = this.#input.offset * layer.scale + layer.offset;
          return this.#value(this.#input, index, input.flat);
        }
        return this.#elementwise(layer, index, [input]);
      case 'leakyRelu':
      case 'elu':
      case 'gelu':
      case 'sigmoid':
      case 'tanh':
        return this.#elementwise(layer, index, [input]);
      case 'add':
        return inputs.length === 1 ? input : this.#elementwise(layer, index, inputs);
      case 'concatenate':
        return inputs.length === 1 ? input : this.#step(layer, index, inputs);
      case 'softmax':
      case 'averagePool':
      case 'globalMaxPool':
      case 'globalAveragePool':
        return this.#step(layer, index, inputs);
      case 'depthwiseConv2d':
        return this.#depthwise(layer, index, input);
    }
  }

  #convolution(layer: LayerOf<'conv2d'>, index: number, input: Value): Value {
    const convolution = placeConvolution(layer, input.tensor, input.margins);
    const to = this.#tensor(this.#shapes[index]!);
    const border = inputBorder(convolution, input.tensor, to);
    const pointwise = layer.kernel[0] * layer.kernel[1] === 1 && border === 0;
    // Convolutions do not write the border of their output.
    const { tensor } = this.#convolutions.has(input.tensor) && !pointwise ? this.#copy(input) : input;
    tensor.border = Math.max(tensor.border, border);
    // Winograd's algorithm computes two rows and columns at a time.
    if (!pointwise && ((to.height | to.width | tensor.height | tensor.width) & 1) === 1) tensor.slack = true;
    const { useBias } = layer;
    const step: LinearStep = { kind: 'linear', index, convolution, useBias, from: tensor, to, fusedPool: null };
    this.#convolutions.set(to, step);
    return this.#push(step, index);
  }

  #depthwise(layer: LayerOf<'depthwiseConv2d'>, index: number, input: Value): Value {
    const { tensor } = input;
    const to = this.#tensor(this.#shapes[index]!);
    const convolution = placeConvolution(layer, tensor, input.margins);
    if (!isPadded(input) || !coversImage(convolution, tensor, to)) return this.#step(layer, index, [input]);
    this.#checkPadded(tensor);
    return this.#push({ kind: 'layer', index, layer, from: [tensor], to, convolution }, index);
  }

  #batchNorm({ momentum, epsilon }: LayerOf<'batchNorm'>, index: number, input: Value): Value {
    let value = this.#unpad(input, index);
    if (value.flat) value = this.#isExclusive(value) ? this.#contiguous(value) : this.#materialize(value, index);
    const { flat } = value;
    const step = this.#bnRelu(
      value,
      flat,
      index,
      (last) => !last.batchNorm && !last.relu && !last.pool && last.flat === flat,
    );
    step.batchNorm = { index, momentum, epsilon };
    return this.#value(step.to, index, flat);
  }

  #maxPool(layer: LayerOf<'maxPool'>, index: number, input: Value): Value {
    const value = this.#unpad(input, index);
    const { height, width } = value.tensor;
    const { size, stride, padding } = layer;
    const fits = padding === 'valid' || ((height | width) & 1) === 0;
    if (!fits || [...size, ...stride].some((side) => side !== 2)) return this.#step(layer, index, [value]);
    const step = this.#bnRelu(value, false, index, (last) => !last.pool);
    step.pool = true;
    step.to = { ...step.to, height: step.from.height >> 1, width: step.from.width >> 1 };
    this.#producers.set(step.to, step);
    return this.#value(step.to, index);
  }

  /** Drops values in place, if no other layer reads them. */
  #dropout({ type, rate }: LayerOf<'dropout' | 'spatialDropout'>, index: number, input: Value): Value {
    let value = this.#unpad(input, index);
    if (!this.#isExclusive(value) || !this.#producers.has(value.tensor)) value = this.#copy(value);
    const { tensor, flat } = value;
    return this.#push({ kind: 'dropout', index, rate, spatial: type === 'spatialDropout', tensor }, index, flat);
  }

  #reshape(layer: LayerOf<'reshape'>, index: number, input: Value): Value {
    const { shape } = layer;
    const { tensor } = input;
    if (shape.length === 1) return flattened(input);
    if (shape.join() === [tensor.height, tensor.width, tensor.channels].join()) return { ...input, flat: false };
    this.#checkPadded(tensor);
    return this.#push({ kind: 'layer', index, layer, from: [tensor], to: this.#tensor(shape) }, index);
  }

  /** A layer that computes each value from the values in the same place of its inputs. */
  #elementwise(layer: Layer, index: number, inputs: readonly Value[]): Value {
    let values = inputs.map((input) => this.#unpad(input, index));
    const [{ flat, tensor }] = values as [Value];
    const alike = values.every((value) => value.flat === flat && sameShape(value.tensor, tensor));
    if (!alike) values = values.map((value) => this.#materialize(value, index));
    const from = values.map((value) => value.tensor);
    for (const each of from) this.#checkPadded(each);
    const to = { ...from[0]!, border: 0, slack: false };
    return this.#push({ kind: 'layer', index, layer, from, to }, index, values[0]!.flat);
  }

  /** A layer that is a step of its own. */
  #step(layer: Layer, index: number, inputs: readonly Value[]): Value {
    const from = inputs.map((input) => this.#materialize(input, index).tensor);
    for (const tensor of from) this.#checkPadded(tensor);
    return this.#push({ kind: 'layer', index, layer, from, to: this.#tensor(this.#shapes[index]!) }, index);
  }

  /**
   * A step of batch norm, ReLU and pooling for the layer at `index`: the one before, if no other layer reads its output
   * and it fits, or a new one.
   */
  #bnRelu(value: Value, flat: boolean, index: number, fits: (step: BnReluStep) => boolean): BnReluStep {
    const { tensor } = value;
    const before = this.#producers.get(tensor);
    if (before?.kind === 'bnRelu' && this.#isExclusive(value) && fits(before)) return before;
    this.#checkPadded(tensor);
    const step: BnReluStep = {
      ...{ kind: 'bnRelu', batchNorm: null, relu: false, pool: false },
      flat,
      from: tensor,
      to: { ...tensor, border: 0, slack: false },
    };
    if (before?.kind === 'linear' && this.#isExclusive(value)) this.#followers.set(before, step);
    this.#push(step, index);
    return step;
  }

  /** A copy for a single layer. */
  #copy(value: Value): Value {
    const { to } = this.#bnRelu(value, false, -1, () => false);
    this.#readers.set(to, 1);
    return { ...value, tensor: to };
  }

  /**
   * A value whose gradient may be written without a border: a step that knows nothing of rows and pixels writes it. That
   * of a convolution's output has one.
   */
  #contiguous(value: Value): Value {
    return this.#convolutions.has(value.tensor) ? this.#copy(value) : value;
  }

  /** A value without margins, for a layer that needs them as values. */
  #unpad(value: Value, index: number): Value {
    if (!isPadded(value)) return value;
    const { tensor, margins } = value;
    const { top, bottom, left, right } = margins;
    this.#checkPadded(tensor);
    const shape = [tensor.height + top + bottom, tensor.width + left + right, tensor.channels];
    return this.#cached(tensor, index, shape, { type: 'zeroPadding', ...margins });
  }

  /** A value as its shape says, neither with margins nor flattened. */
  #materialize(value: Value, index: number): Value {
    const { tensor, flat } = this.#unpad(value, index);
    if (!flat) return { tensor, flat, margins: NO_MARGINS };
    this.#checkPadded(tensor);
    return this.#cached(tensor, index, [tensor.height * tensor.width * tensor.channels], { type: 'flatten' });
  }

  #cached(tensor: Tensor, index: number, shape: readonly number[], layer: Layer): Value {
    const id = this.#ids.get(tensor) ?? this.#ids.size;
    this.#ids.set(tensor, id);
    const key = JSON.stringify([id, layer]);
    let to = this.#materialized.get(key);
    if (!to) {
      to = this.#tensor(shape);
      this.#materialized.set(key, to);
      this.#push({ kind: 'layer', index, layer, from: [tensor], to }, index);
      // At most those that read the layers before.
      this.#readers.set(to, this.#readers.get(tensor)!);
    }
    return { tensor: to, flat: false, margins: NO_MARGINS };
  }

  /** Adds a step that computes the output of the layer at `index`. */
  #push(step: Step, index: number, flat = false): Value {
    const to = step.kind === 'dropout' ? step.tensor : step.to;
    this.#steps.push(step);
    this.#producers.set(to, step);
    return this.#value(to, index, flat);
  }

  /** The output of the layer at `index`. */
  #value(tensor: Tensor, index: number, flat = false): Value {
    this.#readers.set(tensor, this.#readersOfLayers[index + 1]!);
    return { tensor, flat, margins: NO_MARGINS };
  }

  #tensor(shape: readonly number[]): Tensor {
    const [height, width] = shape.length === 1 ? [1, 1] : shape;
    const channels = shape.at(-1)!;
    return {
      height: height!,
      width: width!,
      channels,
      padded: roundUp(channels, COLUMNS),
      border: 0,
      slack: false,
    };
  }

  /** Whether a single layer reads the value. */
  #isExclusive({ tensor }: Value): boolean {
    return this.#readers.get(tensor) === 1;
  }

  #checkPadded({ padded }: Tensor): void {
    if (padded % COLUMNS !== 0) this.#needsPadding = true;
  }

  #fusedPool({ convolution, from }: LinearStep, bnRelu: BnReluStep): FusedPool | null {
    if (!convolution || !bnRelu.pool || bnRelu.batchNorm) return null;
    const { kernel, stride, top, left } = convolution;
    const margins = [bnRelu.from.height - from.height, bnRelu.from.width - from.width].map((added) => added + 2);
    if (`${kernel} ${stride}` !== '3,3 1,1' || top > 1 || top !== left) return null;
    if (margins.some((margin) => margin !== 2 * top)) return null;
    if (from.padded === 1) return { kind: 'conv1', bnRelu };
    return from.padded % COLUMNS === 0 ? { kind: 'sparse', bnRelu } : null;
  }
}

/** How many layers read the output of each layer; the input comes first. Layers that are not steps count as what they read. */
function countReaders(network: Network): number[] {
  const counts = new Array<number>(network.layers.length + 1).fill(0);
  const roots = [0];
  network.layers.forEach((layer, index) => {
    const inputs = layerInputs(network, index).map((input) => roots[input + 1]!);
    const passes =
      ['flatten', 'reshape', 'zeroPadding'].includes(layer.type) ||
      ('rate' in layer && layer.rate === 0) ||
      (['add', 'concatenate'].includes(layer.type) && inputs.length === 1);
    roots.push(passes ? inputs[0]! : index + 1);
    if (!passes) for (const input of inputs) counts[input]!++;
  });
  // The caller reads the output.
  counts[roots.at(-1)!]!++;
  // A reshape may be a step after all.
  return counts.map((_, index) => counts[roots[index]!]!);
}

function isPadded({ margins }: Value): boolean {
  return elements([1 + margins.top, 1 + margins.bottom, 1 + margins.left, 1 + margins.right]) > 1;
}

function flattened(value: Value): Value {
  return { ...value, flat: value.tensor.height * value.tensor.width > 1 };
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}
