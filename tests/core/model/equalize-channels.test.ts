import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { equalizeChannels } from '../../../src/core/model/equalize-channels.ts';
import { type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from '../engine/networks.ts';
import { randomGraph } from '../engine/random-graph.ts';

async function logits(network: Network, weights: readonly Float32Array[], images: Uint8Array): Promise<Float32Array> {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(images);
}

async function expectSameLogits(network: Network, weights: readonly Float32Array[], seed: number): Promise<void> {
  const { images } = randomBatch(network, 2, 5, seed);
  const equalized = await logits(network, equalizeChannels(network, weights), images);
  const difference = relativeDifference(equalized, await logits(network, weights, images));
  expect(difference, JSON.stringify(network)).toBeLessThan(1e-5);
}

test.each([...Object.entries(SMALL_NETWORKS), ...Object.entries(LAYER_NETWORKS)])(
  'predicts the same with equalized channels: %s',
  async (_name, network) => {
    await expectSameLogits(network, randomWeights(network, 3), 3);
  },
);

test('predicts the same in random graphs', async () => {
  for (let seed = 0; seed < 100; seed++) {
    const network = randomGraph(seed);
    await expectSameLogits(network, randomWeights(network, seed), seed);
  }
});

const NETWORK: Network = {
  input: [6, 6, 2],
  layers: [
    { type: 'conv2d', filters: 3, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
    { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 6, useBias: false },
  ],
};

test('the largest numbers of all channels before a batch normalization become the same', () => {
  const weights = randomWeights(NETWORK, 1);
  const largest = (kernel: Float32Array) =>
    [0, 1, 2].map((channel) => Math.max(...kernel.filter((_, i) => i % 3 === channel).map(Math.abs)));
  const [before, after] = [weights[0]!, equalizeChannels(NETWORK, weights)[0]!].map(largest);
  expect(before![1]).not.toBeCloseTo(before![0]!, 3);
  expect(after![1]).toBeCloseTo(after![0]!, 6);
  expect(after![2]).toBeCloseTo(after![0]!, 6);
});

test('layers without a batch normalization after them keep their weights', () => {
  const weights = randomWeights(NETWORK, 1);
  expect(equalizeChannels(NETWORK, weights).at(-1)).toEqual(weights.at(-1));
});

test('predicts the same with channels of zeros, and of variances that are small beside epsilon', async () => {
  const weights = randomWeights(NETWORK, 2);
  const [kernel, , , , , variance] = weights;
  kernel!.forEach((_, i) => {
    if (i % 3 === 0) kernel![i] = 0;
    if (i % 3 === 1) kernel![i]! *= 1000;
  });
  variance!.set([1e-9, 1e-9], 0);
  expect(weightSpecs(NETWORK)[5]!.name).toBe('batch_normalization/moving_variance');
  await expectSameLogits(NETWORK, weights, 2);
  expect(
    equalizeChannels(NETWORK, weights)
      .flatMap((tensor) => [...tensor])
      .every(Number.isFinite),
  ).toBe(true);
});
