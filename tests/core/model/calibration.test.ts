import { expect, test } from 'vitest';
import { fitTemperature, withTemperature } from '../../../src/core/model/calibration.ts';
import { randomStream } from '../../../src/core/random.ts';

/** Logits of 4 classes, and labels drawn with the probabilities that the logits, divided by `truth`, stand for. */
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

test.each([0.5, 1, 2.5])('finds the temperature %f that probabilities were made with', (truth) => {
  const { logits, labels } = sample(truth, 20_000);
  expect(fitTemperature(logits, labels) / truth).toBeCloseTo(1, 1);
});

test('is nearly 1 where a few images, all right or all wrong, say little', () => {
  const right = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(0, 1));
  const wrong = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(1, 0));
  for (const temperature of [right, wrong]) expect(Math.abs(Math.log(temperature))).toBeLessThan(0.25);
});

test('is found where classes are rarer than the network takes them to be', () => {
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

test('changes the last layer alone', () => {
  const weights = [Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(6)];
  expect(withTemperature(weights, 2)).toEqual([Float32Array.of(1, 2), Float32Array.of(1.5, 2), Float32Array.of(3)]);
  expect([...weights[1]!]).toEqual([3, 4]);
});
