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

test('stays within bounds where every answer is right, or wrong', () => {
  const right = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(0, 1));
  const wrong = fitTemperature(Float32Array.of(5, 0, 0, 5), Uint8Array.of(1, 0));
  expect(right).toBeGreaterThan(0.04);
  expect(right).toBeLessThan(0.2);
  expect(wrong).toBeGreaterThan(15);
  expect(wrong).toBeLessThan(21);
});

test('changes the last layer alone', () => {
  const weights = [Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(6)];
  expect(withTemperature(weights, 2)).toEqual([Float32Array.of(1, 2), Float32Array.of(1.5, 2), Float32Array.of(3)]);
  expect([...weights[1]!]).toEqual([3, 4]);
});
