import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { fitTemperature, withTemperature } from '../../../src/core/model/calibration.ts';
import { type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { logSumExp } from '../../../src/core/model/softmax.ts';
import { randomStream } from '../../../src/core/random.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from '../engine/networks.ts';

/** Logits of 4 classes, and labels sampled with their probabilities at the temperature `truth`. */
function sample(truth: number, count: number) {
  const random = randomStream(4);
  const logits = Float32Array.from({ length: count * 4 }, () => 6 * random() - 3);
  const labels = Uint8Array.from({ length: count }, (_, image) => {
    const weights = [...logits.subarray(image * 4, image * 4 + 4)].map((logit) => Math.exp(logit / truth));
    const target = random() * weights.reduce((sum, weight) => sum + weight, 0);
    return weights.findIndex((_, index) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight) >= target);
  });
  return { logits, labels };
}

test.each([0.5, 1, 2.5])('recovers a temperature of %f', (truth) => {
  const { logits, labels } = sample(truth, 20_000);
  expect(fitTemperature(logits, labels) / truth).toBeCloseTo(1, 1);
});

test('stays close to 1 for a few images that are all right or all wrong', () => {
  const right = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(0, 1));
  const wrong = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(1, 0));
  for (const temperature of [right, wrong]) expect(Math.abs(Math.log(temperature))).toBeLessThan(0.25);
});

test('accounts for shifted class frequencies', () => {
  const random = randomStream(8);
  const shift = [1, -1, 0, 0.5];
  const logits = Float32Array.from({ length: 40_000 }, () => 6 * random() - 3);
  const labels = Uint8Array.from({ length: 10_000 }, (_, image) => {
    const weights = shift.map((value, label) => Math.exp(logits[image * 4 + label]! / 1.5 + value));
    const target = random() * weights.reduce((sum, weight) => sum + weight, 0);
    return weights.findIndex((_, index) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight) >= target);
  });
  expect(fitTemperature(logits, labels, shift)).toBeCloseTo(1.5, 1);
});

test('minimizes the penalized cross-entropy, however large the logits and wrong the answers', () => {
  const classes = 5;
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: -2, max: 3, noNaN: true }), fc.nat(4), (seed, logScale, truths) => {
      const random = randomStream(seed);
      const logits = Float32Array.from({ length: 300 * classes }, () => 10 ** logScale * (2 * random() - 1));
      const labels = Uint8Array.from({ length: 300 }, () => Math.floor(random() * (truths + 1)));
      const shift = Array.from({ length: classes }, () => 4 * random() - 2);
      const loss = (temperature: number) => {
        let sum = 20 * Math.log(temperature) ** 2;
        labels.forEach((label, image) => {
          const row = logits.subarray(image * classes, (image + 1) * classes);
          const scaled = [...row].map((logit, index) => logit / temperature + shift[index]!);
          sum += logSumExp(scaled) - scaled[label]!;
        });
        return sum;
      };
      const temperature = fitTemperature(logits, labels, shift);
      expect(temperature).toBeGreaterThanOrEqual(0.05);
      expect(temperature).toBeLessThanOrEqual(20);
      for (const other of [temperature * 1.01, temperature / 1.01]) {
        if (other < 20 && other > 0.05) expect(loss(other)).toBeGreaterThan(loss(temperature));
      }
    }),
  );
});

test.each([...Object.entries(SMALL_NETWORKS), ...Object.entries(LAYER_NETWORKS)])(
  'divides the logits by the temperature: %s',
  async (_name, network) => {
    const weights = randomWeights(network, 3);
    const copies = weights.map((tensor) => tensor.slice());
    const calibrated = withTemperature(network, weights, 1.7);
    const { images } = randomBatch(network, 2, 3, 4);
    const logits = async (network: Network, weights: readonly Float32Array[]) => {
      const reference = new ReferenceNetwork(network);
      await reference.setWeights(weights);
      return reference.predict(images);
    };
    const before = await logits(network, weights);
    const after = await logits(calibrated.network, calibrated.weights);
    expect(
      relativeDifference(
        after,
        before.map((logit) => logit / 1.7),
      ),
    ).toBeLessThan(1e-6);
    expect(weights).toEqual(copies);
  },
);

test('changes only the last layers, and adds one where they are not linear', () => {
  const calibrated = (name: string) => {
    const network = LAYER_NETWORKS[name]!;
    const weights = randomWeights(network, 1);
    const result = withTemperature(network, weights, 2);
    const changed = weights.flatMap((tensor, index) => (tensor === result.weights[index] ? [] : [index]));
    const names = weightSpecs(network).map(({ name }) => name);
    return { changed: changed.map((index) => names[index]), added: result.network.layers.slice(network.layers.length) };
  };
  expect(calibrated('conv2d, 5x5')).toEqual({ changed: ['dense_1/kernel', 'dense_1/bias'], added: [] });
  expect(calibrated('globalAveragePool at the end')).toEqual({
    changed: ['conv2d_1/kernel', 'conv2d_1/bias'],
    added: [],
  });
  expect(calibrated('add: the outputs of two branches').changed).toEqual([
    'dense/kernel',
    'dense/bias',
    'dense_1/kernel',
    'dense_1/bias',
    'dense_2/kernel',
  ]);
  expect(calibrated('softmax at the end')).toEqual({
    changed: [],
    added: [{ type: 'rescaling', scale: 0.5, offset: 0 }],
  });
});
