import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { transposeNetwork } from '../../../src/core/model/orientation.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomNetwork, randomWeights } from '../engine/networks.ts';
import { randomGraph } from '../engine/random-graph.ts';

async function logits(network: Network, weights: readonly Float32Array[], images: Uint8Array): Promise<Float32Array> {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(images);
}

/** Transposes images, [n, height, width, channels]. */
function transposed(images: Uint8Array, [height, width, channels]: Network['input']): Uint8Array {
  const turned = new Uint8Array(images.length);
  images.forEach((value, index) => {
    const c = index % channels;
    const x = Math.floor(index / channels) % width;
    const y = Math.floor(index / (channels * width)) % height;
    const image = Math.floor(index / (channels * width * height));
    turned[((image * width + x) * height + y) * channels + c] = value;
  });
  return turned;
}

/** Whether there is a transposed network; if so, it has to read transposed images as the original reads upright ones. */
async function canBeTransposed(network: Network, seed: number): Promise<boolean> {
  const weights = randomWeights(network, seed);
  const turned = transposeNetwork(network, weights);
  if (!turned) return false;
  const { images } = randomBatch(network, 2, 2, seed);
  const before = await logits(network, weights, images);
  const after = await logits(turned.network, turned.weights, transposed(images, network.input));
  expect(relativeDifference(after, before), JSON.stringify(network)).toBeLessThan(1e-5);
  // Transposing twice is the identity.
  expect(transposeNetwork(turned.network, turned.weights)).toEqual({ network, weights });
  return true;
}

test('a sequential network reads transposed images as the original reads upright ones', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
      expect(await canBeTransposed(randomNetwork(seed), seed)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('so does a graph, or it is said that it cannot', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
      const network = randomGraph(seed);
      const can = await canBeTransposed(network, seed);
      // What cannot be transposed uses the order of flattened features.
      const usesOrder =
        network.layers.some(({ type }) => type === 'reshape') || network.layers.at(-1)!.type !== 'dense';
      expect(can || usesOrder, JSON.stringify(network)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('of the networks of single layers, only those cannot that depend on the order of flattened features', async () => {
  const cannot: string[] = [];
  for (const [name, network] of Object.entries(LAYER_NETWORKS)) {
    if (!(await canBeTransposed(network, 5))) cannot.push(name);
  }
  expect(cannot).toEqual(['reshape of a flat input', 'every layer']);
});

test('a flat input that is reshaped to the image is transposed like the image', async () => {
  const network: Network = {
    input: [4, 6, 1],
    layers: [
      { type: 'flatten' },
      { type: 'rescaling', scale: 2, offset: -1 },
      { type: 'reshape', shape: [4, 6, 1] },
      { type: 'conv2d', filters: 3, kernel: [3, 2], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'flatten' },
      { type: 'dense', units: 3, useBias: true },
    ],
  };
  expect(await canBeTransposed(network, 1)).toBe(true);
  const { network: turned } = transposeNetwork(network, randomWeights(network, 1))!;
  expect(turned.input).toEqual([6, 4, 1]);
  expect(turned.layers[2]).toEqual({ type: 'reshape', shape: [6, 4, 1] });
});
