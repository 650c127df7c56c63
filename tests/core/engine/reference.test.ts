import { describe, expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { classCount } from '../../../src/core/model/network.ts';
import { hash32 } from '../../../src/core/random.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from './networks.ts';

describe.each(Object.entries(SMALL_NETWORKS))('reference: %s', (_name, network) => {
  test('gradients match finite differences of the loss', async () => {
    const reference = new ReferenceNetwork(network);
    await reference.setWeights(randomWeights(network, 1));
    const { images, labels } = randomBatch(network, classCount(network), 6, 2);
    const options = { learningRate: 0, step: 1, seed: 3, labelSmoothing: 0.1 };
    const { loss } = reference.lossAndGradients(images, labels, options);
    expect(loss).toBeGreaterThan(0);
    const gradients = reference.gradients.map((gradient) => gradient?.slice());
    reference.weights.forEach((weights, index) => {
      const gradient = gradients[index];
      if (!gradient) return;
      for (let sample = 0; sample < 8; sample++) {
        const i = hash32(index, sample) % weights.length;
        const original = weights[i]!;
        const lossAt = (value: number) => {
          weights[i] = value;
          return reference.lossAndGradients(images, labels, options).loss;
        };
        const STEP = 1e-6;
        const slope = (lossAt(original + STEP) - lossAt(original - STEP)) / (2 * STEP);
        weights[i] = original;
        expect(Math.abs(slope - gradient[i]!)).toBeLessThan(1e-6 + 1e-4 * Math.abs(slope));
      }
    });
  });
});
