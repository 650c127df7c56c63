import { IMAGE_SIZE } from '../images/image-size.ts';

/** The architectures that can be trained. */
export const ARCHITECTURES = ['cnn', 'vgg'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/**
 * One layer of a sequential network. Activations are NHWC; convolutions are 3x3 with stride 1; max pooling is 2x2 with
 * stride 2 and drops an odd last row or column ("valid" padding), as in Keras.
 */
export type Layer =
  | { type: 'conv2d'; filters: number; padding: 'valid' | 'same'; useBias: boolean }
  | { type: 'batchNorm'; momentum: number; epsilon: number }
  | { type: 'relu' }
  | { type: 'maxPool' }
  | { type: 'flatten' }
  | { type: 'dropout'; rate: number }
  | { type: 'dense'; units: number; useBias: boolean };

/** A network that maps an image to logits, [classes]; the softmax after the last layer is implied. */
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

export type Shape = readonly [height: number, width: number, channels: number] | readonly [units: number];

/** The output shape of each layer, without the batch dimension. */
export function layerShapes(network: Network): Shape[] {
  const shapes: Shape[] = [];
  let shape: Shape = network.input;
  for (const layer of network.layers) {
    switch (layer.type) {
      case 'conv2d': {
        const [height, width] = spatial(shape, layer.type);
        const border = layer.padding === 'valid' ? 2 : 0;
        shape = [height - border, width - border, layer.filters];
        break;
      }
      case 'maxPool': {
        const [height, width, channels] = spatial(shape, layer.type);
        shape = [Math.floor(height / 2), Math.floor(width / 2), channels];
        break;
      }
      case 'flatten':
        shape = [shape.reduce((product, size) => product * size, 1)];
        break;
      case 'dense':
        if (shape.length !== 1) throw new RangeError('a dense layer needs a flatten layer before it');
        shape = [layer.units];
        break;
      default:
        break;
    }
    shapes.push(shape);
  }
  return shapes;
}

function spatial(shape: Shape, layer: string): readonly [number, number, number] {
  if (shape.length !== 3) throw new RangeError(`a ${layer} layer cannot follow a flatten layer`);
  return shape;
}

/** The name of each layer, numbered as in Keras: `conv2d`, `conv2d_1`, … */
export function layerNames(network: Network): string[] {
  const KERAS_NAMES = {
    conv2d: 'conv2d',
    batchNorm: 'batch_normalization',
    relu: 're_lu',
    maxPool: 'max_pooling2d',
    flatten: 'flatten',
    dropout: 'dropout',
    dense: 'dense',
  } as const;
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
 * order. Kernels are [3, 3, in, out] for convolutions and [in, out] for dense layers.
 */
export function weightSpecs(network: Network): WeightSpec[] {
  const specs: WeightSpec[] = [];
  const shapes = layerShapes(network);
  const names = layerNames(network);
  network.layers.forEach((layer, index) => {
    const name = names[index]!;
    const inputChannels = (index === 0 ? network.input : shapes[index - 1]!).at(-1)!;
    const add = (weight: string, shape: number[], trainable = true) =>
      specs.push({ name: `${name}/${weight}`, shape, trainable });
    switch (layer.type) {
      case 'conv2d':
        add('kernel', [3, 3, inputChannels, layer.filters]);
        if (layer.useBias) add('bias', [layer.filters]);
        break;
      case 'batchNorm':
        add('gamma', [inputChannels]);
        add('beta', [inputChannels]);
        add('moving_mean', [inputChannels], false);
        add('moving_variance', [inputChannels], false);
        break;
      case 'dense':
        add('kernel', [inputChannels, layer.units]);
        if (layer.useBias) add('bias', [layer.units]);
        break;
      default:
        break;
    }
  });
  return specs;
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

/** The input shape of every network: height, width, channels. */
export const IMAGE_SHAPE = [IMAGE_SIZE, IMAGE_SIZE, 1] as const;

/** The network of an architecture for a number of classes. */
export function architecture(name: Architecture, classes: number): Network {
  return { input: IMAGE_SHAPE, layers: name === 'cnn' ? cnn(classes) : vgg(classes) };
}

/** A plain network: two convolutions, two dense layers. */
function cnn(classes: number): Layer[] {
  return [
    { type: 'conv2d', filters: 32, padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'maxPool' },
    { type: 'conv2d', filters: 64, padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'maxPool' },
    { type: 'flatten' },
    { type: 'dense', units: 128, useBias: true },
    { type: 'relu' },
    { type: 'dense', units: classes, useBias: true },
  ];
}

/** A small VGG (Simonyan & Zisserman 2015) with batch normalization and dropout. */
function vgg(classes: number): Layer[] {
  const block = (filters: number): Layer[] => [
    { type: 'conv2d', filters, padding: 'same', useBias: false },
    ...normalize(),
  ];
  const normalize = (): Layer[] => [{ type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 }, { type: 'relu' }];
  return [
    ...block(32),
    { type: 'maxPool' },
    ...block(64),
    ...block(64),
    { type: 'maxPool' },
    ...block(128),
    ...block(128),
    { type: 'maxPool' },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 256, useBias: false },
    ...normalize(),
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: classes, useBias: true },
  ];
}
