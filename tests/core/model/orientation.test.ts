import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { transposeWeights } from '../../../src/core/model/orientation.ts';
import { relativeDifference } from '../engine/contract.ts';
import { randomBatch, randomNetwork, randomWeights } from '../engine/networks.ts';

async function logits(network: Network, weights: readonly Float32Array[], images: Uint8Array): Promise<Float32Array> {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(images);
}

/** Transposes square single-channel images. */
function transposed(images: Uint8Array, size: number): Uint8Array {
  const area = size * size;
  return images.map((_, index) => {
    const pixel = index % area;
    return images[index - pixel + (pixel % size) * size + Math.floor(pixel / size)]!;
  });
}

test('a network with transposed weights reads transposed images as the original reads upright ones', async () => {
  const networks = fc.integer({ min: 0, max: 2 ** 31 }).map((seed): Network => {
    const network = randomNetwork(seed);
    const size = Math.max(network.input[0], network.input[1]);
    return { ...network, input: [size, size, 1] };
  });
  await fc.assert(
    fc.asyncProperty(networks, fc.integer(), async (network, seed) => {
      const weights = randomWeights(network, seed);
      const { images } = randomBatch(network, 2, 2, seed);
      const before = await logits(network, weights, images);
      const turned = transposeWeights(network, weights);
      const after = await logits(network, turned, transposed(images, network.input[0]));
      expect(relativeDifference(after, before)).toBeLessThan(1e-5);
      // Transposing twice is the identity.
      expect(transposeWeights(network, turned)).toEqual(weights);
    }),
    { numRuns: 100 },
  );
});
