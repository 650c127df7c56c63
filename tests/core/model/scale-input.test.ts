import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { scaleInput } from '../../../src/core/model/scale-input.ts';
import { randomWeights } from '../engine/networks.ts';
import { largestDifference } from './formats/models.ts';

const conv = (padding: 'valid' | 'same', more: Partial<Layer> = {}): Layer =>
  ({ type: 'conv2d', filters: 4, kernel: [3, 3], stride: [1, 1], padding, useBias: true, ...more }) as Layer;
const END: Layer[] = [{ type: 'relu' }, { type: 'flatten' }, { type: 'dense', units: 3, useBias: true }];
const POOL: Layer = { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' };

/** The layers of networks, and whether an offset needs a layer of its own. */
const NETWORKS: Record<string, [layers: Layer[], needsLayer: boolean]> = {
  'a convolution without padding': [[conv('valid'), ...END], false],
  'a convolution with padding': [[conv('same'), ...END], true],
  'a convolution without bias': [[conv('valid', { useBias: false }), ...END], true],
  'dense layers': [[{ type: 'flatten' }, { type: 'dropout', rate: 0.2 }, ...END.slice(2)], false],
  'pooling first': [[POOL, conv('valid'), ...END], false],
  'rescaling first': [[{ type: 'rescaling', scale: 3, offset: 0.5 }, conv('same'), ...END], false],
  'depthwise first': [
    [
      { type: 'depthwiseConv2d', multiplier: 2, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      ...END,
    ],
    true,
  ],
  'two layers that take the image': [
    [conv('same'), conv('same', { inputs: [-1] }), { type: 'add', inputs: [0, 1] }, ...END],
    true,
  ],
};

const logits = async (network: Network, weights: readonly Float32Array[]) => {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(Uint8Array.from({ length: 64 }, (_, index) => (index * index * 7) % 256));
};

test.each(Object.keys(NETWORKS))('%s: the same as if the pixels were scaled before', async (name) => {
  const [layers, needsLayer] = NETWORKS[name]!;
  const network: Network = { input: [8, 8, 1], layers };
  const weights = randomWeights(network, 5);
  const before = weights.map((tensor) => [...tensor]);
  for (const [scale, offset] of [
    [1, 0],
    [255, 0],
    [-1, 1],
    [1 / 0.3081, -0.1307 / 0.3081],
  ] as const) {
    const shifted = layers.map((layer): Layer => {
      return layer.inputs ? { ...layer, inputs: layer.inputs.map((input) => input + 1) } : layer;
    });
    const expected = await logits({ ...network, layers: [{ type: 'rescaling', scale, offset }, ...shifted] }, weights);
    const scaled = scaleInput(network, weights, scale, offset);
    const actual = await logits(scaled.network, scaled.weights);
    const size = Math.max(...expected.map(Math.abs));
    expect(largestDifference(actual, expected) / size).toBeLessThan(1e-5);
    if (offset === -0.1307 / 0.3081) expect(scaled.network.layers.length > layers.length).toBe(needsLayer);
  }
  expect(weights.map((tensor) => [...tensor])).toEqual(before);
});
