import { describe, expect, test } from 'vitest';
import { fitImages } from '../../../src/core/images/fit-images.ts';
import { DrawingStore } from '../../../src/core/strokes/drawing-store.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { BatchMaker, type BatchPlan } from '../../../src/core/training/batch-maker.ts';
import type { TrainingImages } from '../../../src/core/training/training-images.ts';

/** Image i is filled with i; every third is class 1. Five drawings of class 1, one of class 0. */
const labels = Uint8Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 1 : 0));
const images = new Uint8Array(60 * 784);
for (let index = 0; index < 60; index++) images.fill(index, index * 784, (index + 1) * 784);
const drawing = [
  [
    [0, 0],
    [3, 10],
  ],
  [
    [0, 5],
    [6, 4],
  ],
] as const;
const drawings = new DrawingStore();
for (let index = 0; index < 6; index++) drawings.add(drawing);
const data: TrainingImages = {
  images,
  labels,
  train: Uint32Array.from({ length: 54 }, (_, index) => index),
  validation: Uint32Array.of(54, 55, 56, 57, 58, 59),
  drawings,
  drawingLabels: Uint8Array.of(1, 1, 1, 1, 1, 0),
  signs: new DrawingStore(),
};
const plan: BatchPlan = {
  seed: 1,
  batchSize: 16,
  characters: [1, 1],
  recipe: { augment: 0, balance: 0, reject: 0 },
  input: [28, 28, 1],
};

const epochOf = (maker: BatchMaker, epoch: number) => [1, 2, 3, 4].map((batch) => maker.make(epoch, batch));

describe('batches', () => {
  test('an epoch has every training image and drawing once, and no validation image', () => {
    const batches = epochOf(new BatchMaker(data, plan), 1);
    expect(batches.map(({ labels: own }) => own.length)).toEqual([16, 16, 16, 12]);
    const drawn = Buffer.from(rasterize(drawing));
    const seen: number[] = [];
    let drawings = 0;
    for (const batch of batches) {
      for (let n = 0; n < batch.labels.length; n++) {
        const image = batch.images.subarray(n * 784, (n + 1) * 784);
        if (drawn.equals(image)) {
          drawings++;
          continue;
        }
        seen.push(image[0]!);
        expect(batch.labels[n]).toBe(labels[image[0]!]);
      }
    }
    expect(drawings).toBe(6);
    expect(seen.sort((a, b) => a - b)).toEqual([...data.train]);
    expect([...new BatchMaker(data, plan).validation().labels]).toEqual([...data.validation].map((i) => labels[i]));
  });

  test('fit a network with another input, after the augmentation', () => {
    for (const augment of [0, 1]) {
      const options = { ...plan, recipe: { augment, balance: 0, reject: 0 } };
      const plain = new BatchMaker(data, options).make(1, 1);
      const fitted = new BatchMaker(data, { ...options, input: [32, 40, 3] }).make(1, 1);
      expect(fitted).toEqual({ images: fitImages(plain.images, [32, 40, 3]), labels: plain.labels });
      expect(fitted.images).toHaveLength(16 * 32 * 40 * 3);
    }
  });

  test('each depends only on its epoch and number', () => {
    const distorted = { ...plan, recipe: { augment: 1, balance: 1, reject: 0 } };
    const maker = new BatchMaker(data, distorted);
    const inOrder = [...epochOf(maker, 1), ...epochOf(maker, 2)];
    const other = new BatchMaker(data, distorted);
    expect(other.make(2, 3)).toEqual(inOrder[6]);
    expect(other.make(1, 2)).toEqual(inOrder[1]);
    expect(inOrder[0]).not.toEqual(inOrder[4]);
  });

  test('drawings get a different pen each time, with the strength of the augmentation', () => {
    const drawingsOnly = { ...data, train: new Uint32Array() };
    const plainly = new BatchMaker(drawingsOnly, plan).make(1, 1);
    expect(Buffer.from(plainly.images.subarray(0, 784)).equals(plainly.images.subarray(784, 2 * 784))).toBe(true);
    const varied = new BatchMaker(drawingsOnly, { ...plan, recipe: { augment: 1, balance: 0, reject: 0 } }).make(1, 1);
    const distinct = Array.from({ length: 6 }, (_, n) => Buffer.from(varied.images.subarray(n * 784, (n + 1) * 784)));
    expect(new Set(distinct.map((image) => image.toString('hex'))).size).toBe(6);
  });

  test('a merged class is shown twice as often', () => {
    const maker = new BatchMaker(data, { ...plan, characters: [2, 1], recipe: { augment: 0, balance: 1, reject: 0 } });
    expect(maker.classShares[0]).toBeCloseTo(2 / 3);
    const shown = epochOf(maker, 1).flatMap((batch) => [...batch.labels]);
    expect(shown.filter((label) => label === 0).length).toBe(40);
  });

  test('the validation shift uses the frequencies of the training images, however they are balanced', () => {
    const shift = new BatchMaker(data, { ...plan, recipe: { augment: 0, balance: 1, reject: 0 } }).validationShift;
    expect(shift[0]).toBeCloseTo(Math.log(36 / 54 / 0.5));
    expect(shift[1]).toBeCloseTo(Math.log(18 / 54 / 0.5));
    const asTheyAre = new BatchMaker({ ...data, drawings: new DrawingStore(), drawingLabels: new Uint8Array() }, plan)
      .validationShift;
    for (const value of asTheyAre) expect(value).toBeCloseTo(0);
  });

  test('images and drawings are balanced separately', () => {
    const maker = new BatchMaker(data, { ...plan, recipe: { augment: 0, balance: 1, reject: 0 } });
    expect(maker.classShares).toEqual([0.5, 0.5]);
    const drawn = Buffer.from(rasterize(drawing));
    const counts = { images: [0, 0], drawings: [0, 0] };
    for (const batch of epochOf(maker, 1)) {
      batch.labels.forEach((label, n) => {
        const isDrawing = drawn.equals(batch.images.subarray(n * 784, (n + 1) * 784));
        counts[isDrawing ? 'drawings' : 'images'][label]!++;
      });
    }
    expect(counts).toEqual({ images: [27, 27], drawings: [3, 3] });
    expect(new BatchMaker(data, plan).classShares[1]).toBeCloseTo(18 / 54);
    expect(new BatchMaker(data, plan).drawingShares![1]).toBeCloseTo(5 / 6);
  });
});
