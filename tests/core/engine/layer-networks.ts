import type { Layer, LayerFunction, Padding, Size } from '../../../src/core/model/layer.ts';
import type { Network } from '../../../src/core/model/network.ts';

/** One number for both sides, or both. */
type Sides = number | Size;

interface WindowOptions {
  stride?: Sides;
  padding?: Padding;
}

const both = (sides: Sides): Size => (typeof sides === 'number' ? [sides, sides] : sides);

const conv = (
  filters: number,
  kernel: Sides,
  { stride = 1, padding = 'valid', useBias = true }: WindowOptions & { useBias?: boolean } = {},
): LayerFunction => ({ type: 'conv2d', filters, kernel: both(kernel), stride: both(stride), padding, useBias });

const depthwise = (
  kernel: Sides,
  {
    multiplier = 1,
    stride = 1,
    padding = 'valid',
    useBias = true,
  }: WindowOptions & { multiplier?: number; useBias?: boolean } = {},
): LayerFunction => ({
  type: 'depthwiseConv2d',
  multiplier,
  kernel: both(kernel),
  stride: both(stride),
  padding,
  useBias,
});

const pool = (
  type: 'maxPool' | 'averagePool',
  size: Sides,
  { stride = size, padding = 'valid' }: WindowOptions = {},
): LayerFunction => ({ type, size: both(size), stride: both(stride), padding });

const SAME = { padding: 'same' } as const;
const NO_BIAS = { useBias: false } as const;
const dense = (units: number, useBias = true): LayerFunction => ({ type: 'dense', units, useBias });
const relu: LayerFunction = { type: 'relu' };
const flatten: LayerFunction = { type: 'flatten' };
const batchNorm: LayerFunction = { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 };
const globalAverage: LayerFunction = { type: 'globalAveragePool' };
const globalMax: LayerFunction = { type: 'globalMaxPool' };
const dropout = (rate: number): LayerFunction => ({ type: 'dropout', rate });
const spatialDropout = (rate: number): LayerFunction => ({ type: 'spatialDropout', rate });
const rescaling = (scale: number, offset: number): LayerFunction => ({ type: 'rescaling', scale, offset });
const zeroPadding = (top: number, bottom: number, left: number, right: number): LayerFunction => ({
  type: 'zeroPadding',
  top,
  bottom,
  left,
  right,
});

/** A layer that takes others than the one before it; indices as in `Layer.inputs`. */
const of = (inputs: readonly number[], layer: LayerFunction): Layer => ({ ...layer, inputs });
const add = (...inputs: number[]): Layer => of(inputs, { type: 'add' });
const concatenate = (...inputs: number[]): Layer => of(inputs, { type: 'concatenate' });

/**
 * One network for each layer, in which it follows and precedes others, as an image and, where it can be, as a vector. The
 * gradients of each layer's inputs reach the weights of the layers before it.
 */
export const LAYER_NETWORKS: Record<string, Network> = {
  'conv2d, 5x5': {
    input: [14, 13, 1],
    layers: [conv(6, 5, SAME), relu, pool('maxPool', 2), conv(9, 5, NO_BIAS), relu, flatten, dense(10), relu, dense(5)],
  },
  'conv2d, 7x7 and 1x1': {
    input: [13, 12, 1],
    layers: [
      conv(5, 7, { stride: 2, padding: 'same' }),
      relu,
      conv(3, 1),
      relu,
      conv(18, 1, NO_BIAS),
      relu,
      conv(4, 6),
      flatten,
      dense(4),
    ],
  },
  'conv2d, 3x3 with strides': {
    input: [12, 11, 2],
    layers: [
      conv(7, 3, { stride: 2, padding: 'same' }),
      relu,
      conv(6, 3, { stride: 2 }),
      relu,
      conv(5, 3, { stride: 3, padding: 'same', useBias: false }),
      flatten,
      dense(3),
    ],
  },
  'conv2d, rectangular': {
    input: [10, 9, 2],
    layers: [
      conv(4, [1, 5]),
      relu,
      conv(5, [3, 2], { stride: [2, 1], padding: 'same' }),
      relu,
      conv(6, [4, 1], { padding: 'same', useBias: false }),
      relu,
      conv(5, [2, 2], { stride: [1, 3] }),
      flatten,
      dense(4),
    ],
  },
  'conv2d, even sizes with more padding after than before': {
    input: [9, 8, 1],
    layers: [
      conv(4, 2, SAME),
      relu,
      conv(5, 4, { stride: 2, padding: 'same' }),
      relu,
      conv(3, 6, { stride: 3, padding: 'same' }),
      flatten,
      dense(4),
    ],
  },
  'conv2d, strides larger than the kernel': {
    input: [11, 10, 3],
    layers: [
      conv(4, 1, { stride: 2 }),
      relu,
      conv(6, 1, { stride: 2, padding: 'same', useBias: false }),
      relu,
      conv(5, 2, { stride: 3, padding: 'same' }),
      flatten,
      dense(3),
    ],
  },
  depthwiseConv2d: {
    input: [10, 9, 3],
    layers: [
      depthwise(3, { multiplier: 2, padding: 'same' }),
      relu,
      depthwise(5, { stride: 2, padding: 'same', useBias: false }),
      batchNorm,
      relu,
      depthwise([2, 3], { multiplier: 3 }),
      relu,
      depthwise(1, NO_BIAS),
      flatten,
      dense(4),
    ],
  },
  'depthwiseConv2d of an image with one channel': {
    input: [8, 9, 1],
    layers: [
      depthwise(7, { multiplier: 5, stride: [1, 2], padding: 'same' }),
      relu,
      depthwise(4, { stride: 2 }),
      globalAverage,
      dense(3),
    ],
  },
  'separable convolutions': {
    input: [9, 9, 1],
    layers: [
      conv(17, 3, { ...SAME, useBias: false }),
      batchNorm,
      relu,
      depthwise(3, { ...SAME, useBias: false }),
      conv(9, 1, NO_BIAS),
      batchNorm,
      relu,
      depthwise(3, { stride: 2, padding: 'same', useBias: false }),
      conv(6, 1),
      relu,
      globalAverage,
      dense(5),
    ],
  },
  'maxPool, any size': {
    input: [13, 12, 1],
    layers: [
      conv(5, 3, SAME),
      pool('maxPool', 3, { stride: 2, padding: 'same' }),
      conv(6, 3, SAME),
      relu,
      pool('maxPool', 3, { stride: 1, padding: 'same' }),
      pool('maxPool', [2, 3], { stride: [1, 2] }),
      conv(4, 1),
      pool('maxPool', 2, { stride: 3, padding: 'same' }),
      flatten,
      dense(4),
    ],
  },
  'averagePool, any size': {
    input: [13, 12, 1],
    layers: [
      conv(5, 3, SAME),
      pool('averagePool', 2),
      relu,
      conv(6, 3, SAME),
      pool('averagePool', 3, { stride: 1, padding: 'same' }),
      relu,
      pool('averagePool', [4, 3], { stride: [1, 2], padding: 'same' }),
      conv(4, 1),
      pool('averagePool', 2, { stride: 3, padding: 'same' }),
      flatten,
      dense(4),
    ],
  },
  'pools of the input': {
    input: [12, 11, 2],
    layers: [
      pool('averagePool', 2),
      pool('maxPool', 2, { stride: 1 }),
      pool('averagePool', [2, 1], { stride: 1 }),
      flatten,
      dense(4),
    ],
  },
  globalAveragePool: {
    input: [7, 8, 1],
    layers: [conv(6, 3), relu, globalAverage, dense(5), relu, dense(3)],
  },
  'globalAveragePool at the end': {
    input: [7, 8, 1],
    layers: [conv(6, 3), relu, conv(5, 1), globalAverage],
  },
  globalMaxPool: {
    input: [7, 8, 1],
    layers: [conv(19, 3), relu, globalMax, batchNorm, dense(4)],
  },
  'globalMaxPool at the end': {
    input: [7, 8, 2],
    layers: [conv(6, 3, SAME), relu, conv(4, 3), globalMax],
  },
  relu: {
    input: [6, 7, 1],
    layers: [relu, conv(5, 3), relu, relu, conv(4, 1), relu, flatten, relu, dense(6), relu, dense(4), relu],
  },
  ...activationNetworks([
    { type: 'leakyRelu', slope: 0.2 },
    { type: 'elu', alpha: 1.3 },
    { type: 'gelu', approximate: false },
    { type: 'gelu', approximate: true },
    { type: 'sigmoid' },
    { type: 'tanh' },
  ]),
  softmax: {
    input: [7, 7, 1],
    layers: [
      conv(5, 3),
      { type: 'softmax' },
      rescaling(4, 0),
      conv(7, 2),
      flatten,
      dense(9),
      { type: 'softmax' },
      dense(4),
    ],
  },
  'softmax at the end': {
    input: [6, 5, 1],
    layers: [conv(3, 3), relu, flatten, dense(5), { type: 'softmax' }],
  },
  batchNorm: {
    input: [6, 6, 1],
    layers: [
      batchNorm,
      conv(5, 3),
      { type: 'tanh' },
      batchNorm,
      conv(4, 2, SAME),
      batchNorm,
      pool('averagePool', 2),
      batchNorm,
      flatten,
      dense(6),
      batchNorm,
      { type: 'leakyRelu', slope: 0.1 },
      dense(3),
    ],
  },
  dropout: {
    input: [7, 6, 1],
    layers: [
      dropout(0.1),
      conv(5, 3),
      { type: 'elu', alpha: 1 },
      dropout(0.3),
      pool('averagePool', 2),
      dropout(0.2),
      flatten,
      dense(8),
      dropout(0),
      { type: 'tanh' },
      dropout(0.4),
      dense(4),
    ],
  },
  spatialDropout: {
    input: [7, 6, 3],
    layers: [
      spatialDropout(0.2),
      conv(11, 3),
      relu,
      spatialDropout(0.4),
      conv(7, 2),
      spatialDropout(0.3),
      pool('maxPool', 2),
      spatialDropout(0),
      flatten,
      dense(4),
    ],
  },
  'flatten at the end': {
    input: [6, 5, 1],
    layers: [conv(7, 3), relu, conv(5, [4, 3]), flatten],
  },
  'flatten twice': {
    input: [5, 5, 1],
    layers: [conv(3, 3), flatten, flatten, dense(4), flatten],
  },
  'reshape of a flat input': {
    input: [6, 8, 1],
    layers: [
      flatten,
      { type: 'reshape', shape: [6, 8, 1] },
      conv(5, 3),
      relu,
      { type: 'reshape', shape: [12, 2, 5] },
      conv(4, 2),
      relu,
      { type: 'reshape', shape: [44] },
      dense(3),
    ],
  },
  'reshape of units to an image': {
    input: [5, 5, 1],
    layers: [
      flatten,
      dense(36),
      relu,
      { type: 'reshape', shape: [3, 4, 3] },
      conv(6, 2, SAME),
      relu,
      { type: 'reshape', shape: [4, 6, 3] },
      pool('maxPool', 2),
      { type: 'reshape', shape: [1, 1, 18] },
      conv(4, 1),
      { type: 'reshape', shape: [4] },
    ],
  },
  zeroPadding: {
    input: [7, 6, 1],
    layers: [
      zeroPadding(2, 2, 2, 2),
      conv(5, 5, { stride: 2 }),
      relu,
      zeroPadding(1, 0, 0, 2),
      conv(4, 3),
      zeroPadding(0, 1, 1, 1),
      pool('maxPool', 2),
      zeroPadding(0, 1, 3, 0),
      flatten,
      dense(3),
    ],
  },
  'zeroPadding before batch norm': {
    input: [5, 6, 3],
    layers: [
      conv(5, 3, SAME),
      zeroPadding(1, 1, 1, 1),
      batchNorm,
      relu,
      conv(4, 3),
      zeroPadding(0, 0, 1, 0),
      globalAverage,
      dense(3),
    ],
  },
  rescaling: {
    input: [7, 7, 1],
    layers: [
      rescaling(2, -1),
      conv(5, 3, SAME),
      relu,
      rescaling(0.5, 0.25),
      conv(4, 3, SAME),
      rescaling(-1, 1),
      pool('maxPool', 2),
      flatten,
      dense(6),
      rescaling(-2, 0.5),
      relu,
      dense(3),
      rescaling(0.7, 0),
    ],
  },
  'add: residual blocks': {
    input: [9, 8, 1],
    layers: [
      conv(6, 3, { ...SAME, useBias: false }), // 0
      batchNorm,
      relu, // 2
      conv(6, 3, { ...SAME, useBias: false }),
      batchNorm,
      relu,
      conv(6, 3, { ...SAME, useBias: false }),
      batchNorm, // 7
      add(2, 7),
      relu, // 9
      conv(9, 3, { stride: 2, padding: 'same', useBias: false }),
      batchNorm,
      relu,
      conv(9, 3, { ...SAME, useBias: false }),
      batchNorm, // 14
      of([9], conv(9, 1, { stride: 2, useBias: false })),
      batchNorm, // 16
      add(14, 16),
      relu,
      globalAverage,
      dense(5),
    ],
  },
  'add: activations before the convolutions, three inputs': {
    input: [8, 8, 1],
    layers: [
      conv(5, 3, SAME), // 0
      batchNorm,
      relu,
      conv(5, 3, SAME), // 3
      add(3, 0), // 4
      batchNorm,
      relu,
      dropout(0.2),
      conv(5, 5, SAME), // 8
      add(4, 8, 0),
      pool('averagePool', 2),
      flatten,
      dense(4),
    ],
  },
  'add: values that other layers read too': {
    input: [7, 7, 2],
    layers: [
      conv(5, 3), // 0
      relu, // 1
      add(0, 1), // 2
      dropout(0.3), // 3
      of([2], spatialDropout(0.3)), // 4
      of([2], { type: 'tanh' }), // 5
      add(3, 4, 5, 2), // 6
      of([6], rescaling(-1, 0.5)), // 7
      of([6], batchNorm), // 8
      add(6, 7, 8, 8), // 9
      pool('maxPool', 3, { stride: 1, padding: 'same' }), // 10
      add(9, 10),
      flatten, // 12
      dense(6), // 13
      relu, // 14
      add(13, 14),
      dense(3),
    ],
  },
  'add: the outputs of two branches': {
    input: [6, 6, 1],
    layers: [
      conv(5, 3),
      relu, // 1
      globalAverage,
      dense(4), // 3
      of([1], flatten),
      dense(4), // 5
      of([-1], flatten),
      dense(4, false), // 7
      add(3, 5, 7),
    ],
  },
  'concatenate: images': {
    input: [8, 9, 1],
    layers: [
      conv(5, 3, SAME),
      relu, // 1
      conv(3, 1), // 2
      of([1], conv(7, 5, SAME)),
      relu, // 4
      of([1], pool('maxPool', 3, { stride: 1, padding: 'same' })),
      conv(4, 1), // 6
      concatenate(2, 4, 6, 1), // 7: 19 channels
      conv(6, 3),
      relu,
      flatten,
      dense(4),
    ],
  },
  'concatenate: dense blocks': {
    input: [6, 6, 1],
    layers: [
      conv(17, 3, SAME), // 0
      batchNorm,
      relu,
      conv(16, 3, SAME), // 3
      concatenate(0, 3), // 4
      batchNorm,
      relu,
      conv(6, 3, SAME), // 7
      concatenate(4, 7), // 8
      batchNorm,
      relu,
      conv(8, 1),
      pool('averagePool', 2), // 12
      concatenate(12, 12),
      globalAverage,
      dense(4),
    ],
  },
  'concatenate: images of which one is the input': {
    input: [7, 8, 2],
    layers: [conv(3, 3, SAME), relu, concatenate(-1, 1), conv(4, 3, { stride: 2 }), relu, flatten, dense(3)],
  },
  'concatenate: vectors': {
    input: [6, 7, 1],
    layers: [
      conv(5, 3),
      relu, // 1
      globalAverage, // 2
      of([1], globalMax), // 3
      of([1], flatten), // 4
      of([-1], flatten),
      dense(18),
      { type: 'sigmoid' }, // 7
      concatenate(2, 3, 4, 7),
      batchNorm,
      dense(6),
      relu, // 11
      dense(2), // 12
      of([11], dense(3)), // 13
      concatenate(12, 13),
    ],
  },
  'branches of the input': {
    input: [8, 8, 1],
    layers: [
      conv(4, 3, { stride: 2, padding: 'same' }), // 0
      of([-1], pool('averagePool', 2)), // 1
      of([-1], conv(3, 5, { stride: 2, padding: 'same' })),
      relu, // 3
      concatenate(0, 1, 3),
      conv(5, 2),
      relu,
      spatialDropout(0.2),
      flatten,
      dense(3),
    ],
  },
  'every layer': {
    input: [9, 8, 1],
    layers: [
      rescaling(2, -1),
      zeroPadding(1, 0, 2, 1),
      conv(6, 5, { stride: 2, padding: 'same' }), // 2
      batchNorm,
      relu, // 4
      depthwise(3, { multiplier: 2, padding: 'same' }),
      { type: 'leakyRelu', slope: 0.2 }, // 6
      of([4], conv(12, 1)),
      { type: 'elu', alpha: 1.5 }, // 8
      add(6, 8),
      { type: 'gelu', approximate: false }, // 10
      pool('averagePool', 3, { stride: 2, padding: 'same' }), // 11
      of([10], pool('maxPool', 3, { stride: 2, padding: 'same' })),
      spatialDropout(0.2), // 13
      concatenate(11, 13), // 14: 3x3x24
      { type: 'gelu', approximate: true },
      globalAverage, // 16
      of([14], globalMax),
      { type: 'sigmoid' }, // 18
      of([14], { type: 'reshape', shape: [3, 6, 12] }),
      { type: 'softmax' },
      conv(4, 3),
      flatten,
      { type: 'tanh' }, // 23
      concatenate(16, 18, 23),
      dropout(0.2),
      dense(5),
    ],
  },
  'one pixel': {
    input: [1, 1, 9],
    layers: [
      conv(8, 1),
      relu,
      conv(6, 3, SAME),
      batchNorm,
      pool('maxPool', 1),
      pool('averagePool', 3, SAME),
      flatten,
      dense(3),
    ],
  },
  'one row': {
    input: [1, 20, 1],
    layers: [
      conv(5, [1, 7], { stride: [1, 2] }),
      relu,
      pool('maxPool', [1, 2]),
      conv(4, [1, 2]),
      relu,
      flatten,
      dense(4),
    ],
  },
};

/** A network for each activation: on images, on units, and at the end. */
function activationNetworks(activations: readonly LayerFunction[]): Record<string, Network> {
  return Object.fromEntries(
    activations.map((activation) => [
      activation.type === 'gelu' ? `gelu, ${activation.approximate ? 'approximate' : 'exact'}` : activation.type,
      {
        input: [8, 7, 1],
        layers: [
          conv(5, 3, SAME),
          activation,
          pool('averagePool', 2),
          conv(7, 2),
          activation,
          flatten,
          dense(9),
          activation,
          dense(4),
          activation,
        ],
      },
    ]),
  );
}
