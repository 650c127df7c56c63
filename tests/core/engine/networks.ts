import type { Layer } from '../../../src/core/model/layer.ts';
import { elements, type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { hash32, randomStream } from '../../../src/core/random.ts';

const BATCH_NORM = { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 } as const;

/** Small networks which together have every kind of layer in every order that matters to the engines. */
export const SMALL_NETWORKS: Record<string, Network> = {
  'valid convolutions with bias, odd sizes': {
    input: [12, 11, 1],
    layers: [
      { type: 'conv2d', filters: 5, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'conv2d', filters: 11, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'flatten' },
      { type: 'dense', units: 13, useBias: true },
      { type: 'relu' },
      { type: 'dense', units: 5, useBias: true },
    ],
  },
  'same convolutions, batch norm, dropout': {
    input: [9, 11, 1],
    layers: [
      { type: 'conv2d', filters: 6, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
      BATCH_NORM,
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'conv2d', filters: 9, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
      BATCH_NORM,
      { type: 'relu' },
      { type: 'conv2d', filters: 8, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
      BATCH_NORM,
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.3 },
      { type: 'dense', units: 12, useBias: false },
      BATCH_NORM,
      { type: 'relu' },
      { type: 'dropout', rate: 0.4 },
      { type: 'dense', units: 7, useBias: true },
    ],
  },
  'color images, consecutive convolutions, dropout before a convolution': {
    input: [8, 9, 3],
    layers: [
      { type: 'conv2d', filters: 4, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
      { type: 'relu' },
      { type: 'conv2d', filters: 8, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'dropout', rate: 0.25 },
      { type: 'conv2d', filters: 6, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: false },
      { type: 'flatten' },
      { type: 'dense', units: 9, useBias: true },
      { type: 'relu' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 3, useBias: false },
    ],
  },
  'batch norm after ReLU, ReLU after pooling': {
    input: [10, 8, 1],
    layers: [
      { type: 'conv2d', filters: 7, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
      { type: 'relu' },
      BATCH_NORM,
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'relu' },
      { type: 'conv2d', filters: 10, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'relu' },
      { type: 'flatten' },
      { type: 'dense', units: 6, useBias: true },
    ],
  },
  'pooling without ReLU, pooling right after same convolutions': {
    input: [9, 10, 1],
    layers: [
      { type: 'conv2d', filters: 20, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'conv2d', filters: 14, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      { type: 'conv2d', filters: 9, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
      { type: 'relu' },
      { type: 'dropout', rate: 0.2 },
      { type: 'flatten' },
      { type: 'dense', units: 5, useBias: true },
    ],
  },
  'batch norm and dropout of the input image': {
    input: [7, 7, 2],
    layers: [
      BATCH_NORM,
      { type: 'dropout', rate: 0.1 },
      { type: 'conv2d', filters: 8, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'relu' },
      { type: 'flatten' },
      { type: 'dense', units: 4, useBias: true },
    ],
  },
  'batch norm after flatten': {
    input: [6, 7, 1],
    layers: [
      { type: 'conv2d', filters: 5, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: false },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      BATCH_NORM,
      { type: 'relu' },
      { type: 'dense', units: 4, useBias: false },
      BATCH_NORM,
    ],
  },
  'a multilayer perceptron': {
    input: [5, 7, 1],
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 17, useBias: true },
      { type: 'relu' },
      { type: 'dense', units: 4, useBias: true },
    ],
  },
};

/** A random sequential network that ends in a dense layer, determined by the seed. */
export function randomNetwork(seed: number): Network {
  const random = randomStream(seed);
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const input = [between(4, 14), between(4, 14), random() < 0.6 ? 1 : between(2, 8)] as const;
  let [height, width] = input as readonly [number, number, number];
  const layers: Layer[] = [];
  const add = (kind: number) => {
    if (kind < 3) {
      const padding = height > 2 && width > 2 && random() < 0.5 ? 'valid' : 'same';
      if (padding === 'valid') [height, width] = [height - 2, width - 2];
      layers.push({
        type: 'conv2d',
        filters: between(1, 26),
        kernel: [3, 3],
        stride: [1, 1],
        padding,
        useBias: random() < 0.5,
      });
    } else if (kind < 5 && height > 1 && width > 1) {
      [height, width] = [height >> 1, width >> 1];
      layers.push({ type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' });
    } else if (kind < 7) layers.push({ type: 'relu' });
    else if (kind < 8) layers.push(BATCH_NORM);
    else layers.push({ type: 'dropout', rate: 0.3 });
  };
  for (let count = between(0, 8); count > 0; count--) add(between(0, 8));
  layers.push({ type: 'flatten' });
  // Layers that need rows and columns cannot follow.
  [height, width] = [1, 1];
  for (let count = between(0, 2); count > 0; count--) {
    if (random() < 0.5) layers.push({ type: 'dense', units: between(1, 20), useBias: random() < 0.5 });
    add(between(5, 8));
  }
  layers.push({ type: 'dense', units: between(2, 12), useBias: random() < 0.5 });
  return { input, layers };
}

/** Small random weights; gammas and variances around 1. */
export function randomWeights(network: Network, seed: number): Float32Array[] {
  return weightSpecs(network).map(({ name, shape }, index) => {
    const random = randomStream(hash32(seed, index));
    const receptive = name.endsWith('depthwise_kernel') ? shape.slice(0, 2) : shape.slice(0, -1);
    const fanIn = elements(receptive);
    const around = /gamma|variance/.test(name) ? 1 : 0;
    const width = shape.length > 1 ? Math.sqrt(6 / fanIn) : 0.3;
    return Float32Array.from({ length: elements(shape) }, () => around + (2 * random() - 1) * width);
  });
}

/** Random images with ink and paper that correlate with their labels, so that they can be learned. */
export function randomBatch(network: Network, classes: number, n: number, seed: number) {
  const random = randomStream(seed);
  const size = elements(network.input);
  const labels = Uint8Array.from({ length: n }, () => Math.floor(random() * classes));
  const images = Uint8Array.from({ length: n * size }, (_, i) => {
    const label = labels[Math.floor(i / size)]!;
    const ink = hash32(label, i % size) % 3 === 0 ? 0.8 : 0.2;
    return random() < ink ? Math.floor(random() * 256) : 0;
  });
  return { images, labels };
}
