import { expect, test } from 'vitest';
import { checkedShapes } from '../../../src/core/engine/checks.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { foldBatchNorm } from '../../../src/core/model/fold-batch-norm.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from '../engine/networks.ts';
import { randomGraph } from '../engine/random-graph.ts';

async function logits(network: Network, weights: readonly Float32Array[], images: Uint8Array): Promise<Float32Array> {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(images);
}

async function expectSameLogits(network: Network, seed: number): Promise<Network> {
  const weights = randomWeights(network, seed);
  const folded = foldBatchNorm(network, weights);
  expect(folded.network.layers.filter(({ type }) => type === 'batchNorm')).toEqual([]);
  checkedShapes(folded.network);
  const { images } = randomBatch(network, 2, 5, seed);
  const difference = relativeDifference(
    await logits(folded.network, folded.weights, images),
    await logits(network, weights, images),
  );
  expect(difference, JSON.stringify(network)).toBeLessThan(1e-5);
  return folded.network;
}

test.each([...Object.entries(SMALL_NETWORKS), ...Object.entries(LAYER_NETWORKS)])(
  'predicts the same without batch normalization: %s',
  async (_name, network) => {
    await expectSameLogits(network, 3);
  },
);

test('predicts the same in random graphs', async () => {
  const graphs = Array.from({ length: 150 }, (_, seed) => randomGraph(seed));
  const normalized = graphs.filter(({ layers }) => layers.some(({ type }) => type === 'batchNorm'));
  expect(normalized.length).toBeGreaterThan(20);
  for (const [seed, network] of graphs.entries()) await expectSameLogits(network, seed);
});

const norm: Layer = { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 };
const dense: Layer = { type: 'dense', units: 6, useBias: false };

test('becomes part of the layer before it, if nothing else reads that one', async () => {
  const conv: Layer = { type: 'conv2d', filters: 4, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false };
  const plain = await expectSameLogits(
    { input: [6, 6, 2], layers: [conv, norm, norm, { type: 'relu' }, { type: 'flatten' }, dense, norm] },
    1,
  );
  expect(plain.layers.map(({ type }) => type)).toEqual(['conv2d', 'relu', 'flatten', 'dense']);
  const shared = await expectSameLogits(
    { input: [6, 6, 2], layers: [conv, norm, { type: 'add', inputs: [0, 1] }, { type: 'flatten' }, dense] },
    2,
  );
  expect(shared.layers.map(({ type }) => type)).toEqual(['conv2d', 'depthwiseConv2d', 'add', 'flatten', 'dense']);
  expect(shared.layers[2]!.inputs).toEqual([0, 1]);
});
