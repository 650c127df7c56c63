import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { rank } from '../../../src/core/recognizer/rank.ts';
import { createRecognizer, type Recognizer } from '../../../src/core/recognizer/recognizer.ts';

/** A network whose logit for class k is 10 times the ink of pixel k. */
const labels = splitLabels('balanced');
const network: Network = {
  input: [28, 28, 1],
  layers: [{ type: 'flatten' }, { type: 'dense', units: labels.length, useBias: true }],
};
const kernel = new Float32Array(784 * labels.length);
labels.forEach((_, k) => {
  kernel[k * labels.length + k] = 10;
});

/** An image for which the classes have these shares of a logit of 10. */
function image(scores: Record<string, number>): Uint8Array {
  const pixels = new Uint8Array(784);
  for (const [label, score] of Object.entries(scores)) pixels[labels.indexOf(label)] = Math.round(255 * score);
  return pixels;
}

const pixels = { name: 'pixels', network, labels, weights: [kernel, new Float32Array(labels.length)], training: null };

describe('createRecognizer', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await createRecognizer(pixels);
  });
  afterAll(() => recognizer.dispose());

  it('returns the five most probable labels of each image, in order', async () => {
    const images = Buffer.concat([image({ A: 1, b: 0.8, 3: 0.6 }), image({ '7': 1, T: 0.5 })]);
    const [first, second] = await recognizer.recognize(images);
    expect(first!.predictions.map(({ label }) => label).slice(0, 3)).toEqual(['A', 'b', '3']);
    expect(first!.predictions).toHaveLength(5);
    expect(first!.noCharacter).toBeNull();
    expect(second!.predictions[0]!.label).toBe('7');
    // Softmax over 47 classes with logits 10, 8, 6 and 44 times 0.
    const sum = Math.exp(10) + Math.exp(8) + Math.exp(6) + 44;
    expect(first!.predictions[0]!.probability).toBeCloseTo(Math.exp(10) / sum, 4);
    expect(first!.predictions[1]!.probability).toBeCloseTo(Math.exp(8) / sum, 4);
  });

  it('resizes images to the input of the network', async () => {
    // The logit of class k is the ink of its cell in a grid of 7x7, in the last channel.
    const grid = new Float32Array(7 * 7 * 3 * labels.length);
    labels.forEach((_, k) => {
      grid[(k * 3 + 2) * labels.length + k] = 10;
    });
    const small: Network = { ...network, input: [7, 7, 3] };
    const reader = await createRecognizer({ ...pixels, network: small, weights: [grid, pixels.weights[1]!] });
    const cells = new Uint8Array(2 * 784);
    for (const [image, cell] of [9, 46].entries()) {
      for (let row = 0; row < 4; row++) {
        const from = image * 784 + (Math.floor(cell / 7) * 4 + row) * 28 + (cell % 7) * 4;
        cells.fill(255, from, from + 4);
      }
    }
    const [first, second] = await reader.recognize(cells);
    await reader.dispose();
    expect([first!.predictions[0]!.label, second!.predictions[0]!.label]).toEqual([labels[9], labels[46]]);
    expect(first!.predictions[0]!.probability).toBeGreaterThan(0.99);
  });

  it('restricts the answer to some characters, whose probabilities sum to 1', async () => {
    const [reading] = await recognizer.recognize(image({ A: 1, C: 0.5, X: 0.4 }), { characters: 'xc', top: 9 });
    const { predictions } = reading!;
    expect(predictions.map(({ label }) => label)).toEqual(['c', 'x']);
    expect(predictions[0]!.probability + predictions[1]!.probability).toBeCloseTo(1, 9);
    expect(predictions[0]!.probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 2);
  });

  it('returns `top` predictions, at most one for each class', async () => {
    const blank = image({});
    expect((await recognizer.recognize(blank, { top: 1 }))[0]!.predictions).toHaveLength(1);
    expect((await recognizer.recognize(blank, { top: 1000 }))[0]!.predictions).toHaveLength(47);
  });

  it('does not depend on the number of threads', async () => {
    const many = Buffer.concat(Array.from({ length: 300 }, (_, n) => image({ [labels[n % 47]!]: 1, A: 0.3 })));
    const faster = await createRecognizer(pixels, { threads: 'all' });
    expect(await faster.recognize(many)).toEqual(await recognizer.recognize(many));
    await faster.dispose();
  });

  it('accepts overlapping calls and any number of images, and keeps working after an invalid call', async () => {
    const many = new Uint8Array(700 * 784);
    for (let n = 0; n < 700; n++) many.set(image({ [labels[n % 47]!]: 1 }), n * 784);
    const [all, refused, one, none] = await Promise.allSettled([
      recognizer.recognize(many, { top: 1 }),
      recognizer.recognize(many.subarray(0, 784), { characters: '?' }),
      recognizer.recognize(image({ Q: 1 }), { top: 1 }),
      recognizer.recognize(new Uint8Array(0)),
    ]);
    expect(all.status === 'fulfilled' && all.value.map(({ predictions: [best] }) => best!.label)).toEqual(
      Array.from({ length: 700 }, (_, n) => labels[n % 47]),
    );
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'characters-unknown' } });
    expect(one.status === 'fulfilled' && one.value[0]!.predictions[0]!.label).toBe('Q');
    expect(none).toEqual({ status: 'fulfilled', value: [] });
  });

  it('rejects a partial image', async () => {
    await expect(recognizer.recognize(new Uint8Array(785))).rejects.toThrow(RangeError);
  });
});

describe('rank', () => {
  it('returns descending probabilities that never sum to more than 1', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 62, noNaN: true, min: -1000, max: 1000 }), (logits) => {
        const choices = Array.from(logits, (_, index) => ({
          index,
          label: String(index),
          characters: [String(index)],
        }));
        const answers = { choices, shifts: choices.map(() => 0), rejects: false };
        const probabilities = rank(logits, answers, 100).predictions.map(({ probability }) => probability);
        expect(probabilities.every((p, i) => p >= 0 && (i === 0 || p <= probabilities[i - 1]!))).toBe(true);
        const sum = probabilities.reduce((total, p) => total + p, 0);
        expect(sum).toBeLessThanOrEqual(1);
        expect(sum).toBeGreaterThan(1 - 1e-9);
      }),
      { numRuns: 2000 },
    );
  });
});
