import { IMAGE_SIZE } from '../images/image-size.ts';
import { type Layer, type LayerFunction, type LayerType, type Shape, windowCount } from './layer.ts';

/**
 * A network that maps an image to logits, [classes]; the softmax after the last layer is implied. Layers are in an order in
 * which each follows its inputs; the output of the last is that of the network. Activations are NHWC.
 */
export interface Network {
  /** Height, width and channels of the input: upright images of values from 0 (paper) to 1 (ink). */
  readonly input: readonly [height: number, width: number, channels: number];
  readonly layers: readonly Layer[];
}

export interface WeightSpec {
  /** `<layer>/<weight>` in Keras' names, e.g. `conv2d_1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** False for the moving averages of batch normalization, which the optimizer does not update. */
  readonly trainable: boolean;
}

/** The indices of the layers that the layer at `index` takes as input; -1 is the network's input. */
export function layerInputs({ layers }: Pick<Network, 'layers'>, index: number): readonly number[] {
  return layers[index]!.inputs ?? [index - 1];
}

/** The output shape of each layer, without the batch dimension. Throws a `RangeError` for layers that do not fit. */
export function layerShapes(network: Network): Shape[] {
  const shapes: Shape[] = [];
  network.layers.forEach((layer, index) => {
    const inputs = layerInputs(network, index).map((input) => (input < 0 ? network.input : shapes[input]!));
    shapes.push(outputShape(layer, inputs));
  });
  return shapes;
}

/** The shape of a layer's output, given those of its inputs. Throws a `RangeError` if they do not fit. */
export function outputShape(layer: Layer, inputs: readonly Shape[]): Shape {
  const [input] = inputs;
  if (!input) throw new RangeError(`a ${layer.type} layer needs an input`);
  switch (layer.type) {
    case 'conv2d':
      return [...windowed(layer, layer.kernel, input), layer.filters];
    case 'depthwiseConv2d':
      return [...windowed(layer, layer.kernel, input), spatial(input, layer.type)[2] * layer.multiplier];
    case 'maxPool':
    case 'averagePool':
      return [...windowed(layer, layer.size, input), spatial(input, layer.type)[2]];
    case 'globalMaxPool':
    case 'globalAveragePool':
      return [spatial(input, layer.type)[2]];
    case 'zeroPadding': {
      const [height, width, channels] = spatial(input, layer.type);
      return [height + layer.top + layer.bottom, width + layer.left + layer.right, channels];
    }
    case 'flatten':
      return [elements(input)];
    case 'reshape':
      if (elements(layer.shape) !== elements(input)) {
        throw new RangeError(`[${input}] cannot be reshaped to [${layer.shape}]`);
      }
      return layer.shape;
    case 'dense':
      if (input.length !== 1) throw new RangeError('a dense layer needs a flatten layer before it');
      return [layer.units];
    case 'add':
      if (inputs.some((shape) => shape.join() !== input.join())) {
        throw new RangeError(`an add layer cannot add [${inputs.join('] and [')}]`);
      }
      return input;
    case 'concatenate': {
      const channels = inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0);
      if (inputs.some((shape) => shape.slice(0, -1).join() !== input.slice(0, -1).join())) {
        throw new RangeError(`a concatenate layer cannot join [${inputs.join('] and [')}]`);
      }
      return input.length === 1 ? [channels] : [input[0], input[1], channels];
    }
    default:
      return input;
  }
}

function windowed(
  layer: Extract<Layer, { padding: unknown }>,
  window: readonly [number, number],
  input: Shape,
): [height: number, width: number] {
  const [height, width] = spatial(input, layer.type);
  return [
    windowCount(layer.padding, height, window[0], layer.stride[0]),
    windowCount(layer.padding, width, window[1], layer.stride[1]),
  ];
}

function spatial(shape: Shape, layer: string): readonly [number, number, number] {
  if (shape.length !== 3) throw new RangeError(`a ${layer} layer cannot follow a flatten layer`);
  return shape;
}

/** Keras' names of the layers, from which names such as `conv2d_1` are made. */
const KERAS_NAMES: Readonly<Record<LayerType, string>> = {
  conv2d: 'conv2d',
  depthwiseConv2d: 'depthwise_conv2d',
  dense: 'dense',
  batchNorm: 'batch_normalization',
  relu: 're_lu',
  leakyRelu: 'leaky_re_lu',
  elu: 'elu',
  gelu: 'gelu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
  maxPool: 'max_pooling2d',
  averagePool: 'average_pooling2d',
  globalMaxPool: 'global_max_pooling2d',
  globalAveragePool: 'global_average_pooling2d',
  dropout: 'dropout',
  spatialDropout: 'spatial_dropout2d',
  flatten: 'flatten',
  reshape: 'reshape',
  zeroPadding: 'zero_padding2d',
  rescaling: 'rescaling',
  add: 'add',
  concatenate: 'concatenate',
};

/** The name of each layer, numbered as in Keras: `conv2d`, `conv2d_1`, … */
export function layerNames(network: Network): string[] {
  const seen = new Map<string, number>();
  return network.layers.map(({ type }) => {
    const name = KERAS_NAMES[type];
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/**
 * The network's weights in the order of every engine, checkpoint and model file: layer by layer, within a layer in Keras'
 * order. Kernels are [height, width, in, out] for convolutions, [height, width, in, multiplier] for depthwise ones, and
 * [in, out] for dense layers.
 */
export function weightSpecs(network: Network): WeightSpec[] {
  const shapes = layerShapes(network);
  const names = layerNames(network);
  return network.layers.flatMap((layer, index) => {
    const input = layerInputs(network, index)[0]!;
    const specs = layerWeightSpecs(layer, input < 0 ? network.input : shapes[input]!, shapes[index]!);
    return specs.map((spec) => ({ ...spec, name: `${names[index]!}/${spec.name}` }));
  });
}

/** The weights of one layer, under their own names, given the shapes of its input and output. */
export function layerWeightSpecs(layer: LayerFunction, input: Shape, output: Shape): WeightSpec[] {
  const channels = input.at(-1)!;
  const outputs = output.at(-1)!;
  const weight = (name: string, shape: number[], trainable = true): WeightSpec => ({ name, shape, trainable });
  const bias = 'useBias' in layer && layer.useBias ? [weight('bias', [outputs])] : [];
  switch (layer.type) {
    case 'conv2d':
      return [weight('kernel', [...layer.kernel, channels, layer.filters]), ...bias];
    case 'depthwiseConv2d':
      return [weight('depthwise_kernel', [...layer.kernel, channels, layer.multiplier]), ...bias];
    case 'batchNorm':
      return [
        weight('gamma', [channels]),
        weight('beta', [channels]),
        weight('moving_mean', [channels], false),
        weight('moving_variance', [channels], false),
      ];
    case 'dense':
      return [weight('kernel', [channels, layer.units]), ...bias];
    default:
      return [];
  }
}

/** The number of parameters; `trainableOnly` leaves out the moving averages. */
export function parameterCount(network: Network, trainableOnly = false): number {
  return weightSpecs(network)
    .filter((spec) => spec.trainable || !trainableOnly)
    .reduce((sum, spec) => sum + elements(spec.shape), 0);
}

/** The number of elements of a tensor. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The number of outputs of a network. */
export function classCount(network: Network): number {
  return layerShapes(network).at(-1)![0];
}

/** The input shape of the networks that the program trains by default: height, width, channels. */
export const IMAGE_SHAPE = [IMAGE_SIZE, IMAGE_SIZE, 1] as const;
