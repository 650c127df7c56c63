import { describe, expect, test } from 'vitest';
import { DrawingStore } from '../../../src/core/strokes/drawing-store.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { BatchMaker, type BatchPlan } from '../../../src/core/training/batch-maker.ts';
import type { TrainingImages } from '../../../src/core/training/training-images.ts';
import { TEMPLATES } from '../../helpers/template-recognizer.ts';

/** Three classes, whose images and drawings are all alike; the sign is like none of them. */
const classes = ['C', 'O', 'X'].map((label) => TEMPLATES[label]!);
const SIGN = [
  ...[30, 70].map((y) => [[0, y] as const, [100, y] as const]),
  ...[30, 70].map((x) => [[x, 0] as const, [x, 100] as const]),
];
const NO_CHARACTER = classes.length;

function stored(...drawings: (typeof classes)[number][]): DrawingStore {
  const store = new DrawingStore();
  for (const drawing of drawings) store.add(drawing);
  return store;
}

const COUNT = 90;
const labels = Uint8Array.from({ length: COUNT }, (_, index) => index % 3);
const plain: TrainingImages = {
  images: Buffer.concat(Array.from(labels, (label) => rasterize(classes[label]!))),
  labels,
  train: Uint32Array.from({ length: 80 }, (_, index) => index),
  validation: Uint32Array.from({ length: 10 }, (_, index) => 80 + index),
  drawings: new DrawingStore(),
  drawingLabels: new Uint8Array(),
  signs: new DrawingStore(),
};
const drawn: TrainingImages = {
  ...plain,
  drawings: stored(...classes, ...classes),
  drawingLabels: Uint8Array.of(0, 1, 2, 0, 1, 2),
};
const signed: TrainingImages = { ...drawn, signs: stored(SIGN) };
const signsOnly: TrainingImages = { ...plain, signs: stored(SIGN) };

const plan: BatchPlan = {
  seed: 1,
  batchSize: 32,
  characters: [1, 1, 1],
  recipe: { augment: 0, balance: 1, reject: 0.5 },
  input: [28, 28, 1],
};

interface Shown {
  label: number;
  image: string;
}

/** The images of an epoch with their labels, in order. */
function shown(data: TrainingImages, options: Partial<BatchPlan> = {}, epoch = 1): Shown[] {
  const { batchSize, ...rest } = { ...plan, ...options };
  const maker = new BatchMaker(data, { batchSize, ...rest });
  const batches = Math.ceil((maker.size + maker.rejectSize) / batchSize);
  return Array.from({ length: batches }, (_, index) => maker.make(epoch, index + 1)).flatMap((batch) =>
    Array.from(batch.labels, (label, n) => ({
      label,
      image: Buffer.from(batch.images.subarray(n * 784, (n + 1) * 784)).toString('hex'),
    })),
  );
}

const isRejected = ({ label }: Shown) => label === NO_CHARACTER;
const hex = (image: Uint8Array) => Buffer.from(image).toString('hex');

describe.each([
  ['images alone', plain, 80],
  ['drawings', drawn, 86],
  ['drawings and signs', signed, 86],
  ['signs without drawings', signsOnly, 80],
])('with %s, images without a character', (_, data, size) => {
  test('come on top of those with one, with the label after the last class', () => {
    for (const epoch of [1, 2]) {
      const all = shown(data, {}, epoch);
      expect(all.length).toBe(1.5 * size);
      expect(all.filter(isRejected).length).toBe(0.5 * size);
      expect(Math.max(...all.map(({ label }) => label))).toBe(NO_CHARACTER);
    }
    expect(new BatchMaker(data, plan)).toMatchObject({ size, rejectSize: 0.5 * size });
  });

  test('are all over the epoch, and leave the images with a character as they are', () => {
    const all = shown(data);
    const halves = [all.slice(0, all.length / 2), all.slice(all.length / 2)];
    for (const half of halves) expect(half.filter(isRejected).length).toBeGreaterThan(size / 8);
    const images = (list: Shown[]) => list.map(({ image, label }) => `${label} ${image}`).sort();
    const without = shown(data, { recipe: { ...plan.recipe, reject: 0 } });
    expect(without.some(isRejected)).toBe(false);
    expect(images(all.filter((one) => !isRejected(one)))).toEqual(images(without));
  });

  test('are none of the characters, and differ from each other and from epoch to epoch', () => {
    const characters = new Set(classes.map((drawing) => hex(rasterize(drawing))));
    const rejected = [1, 2].flatMap((epoch) => shown(data, {}, epoch).filter(isRejected));
    expect(rejected.filter(({ image }) => characters.has(image))).toEqual([]);
    const distinct = new Set(rejected.map(({ image }) => image));
    // The sign is always the same where nothing is distorted.
    expect(distinct.size).toBeGreaterThan(0.7 * rejected.length);
  });

  test('depend on the seed, the epoch, and the batch alone', () => {
    const options = { ...plan, recipe: { augment: 1, balance: 1, reject: 0.5 } };
    const maker = new BatchMaker(data, options);
    const inOrder = [1, 2].flatMap((epoch) => [1, 2, 3].map((batch) => maker.make(epoch, batch)));
    const other = new BatchMaker(data, options);
    expect(other.make(2, 2)).toEqual(inOrder[4]);
    expect(other.make(1, 3)).toEqual(inOrder[2]);
    expect(other.make(1, 1)).toEqual(inOrder[0]);
    expect(new BatchMaker(data, { ...options, seed: 2 }).make(1, 1)).not.toEqual(inOrder[0]);
  });

  test('are not in the validation set, and change neither the shares of the classes nor its prior', () => {
    const maker = new BatchMaker(data, plan);
    const without = new BatchMaker(data, { ...plan, recipe: { ...plan.recipe, reject: 0 } });
    expect(maker.validation()).toEqual(without.validation());
    expect([...maker.validation().labels]).toEqual([...data.validation].map((index) => labels[index]));
    expect(maker.classShares).toEqual(without.classShares);
    expect(maker.drawingShares).toEqual(without.drawingShares);
    expect(maker.validationShift).toEqual(without.validationShift);
  });
});

test('signs are a fifth of what is rejected, and none where there are none', () => {
  const sign = hex(rasterize(SIGN));
  const shareOfSigns = (data: TrainingImages) => {
    const rejected = shown(data, { recipe: { augment: 0, balance: 1, reject: 1 } }, 1).filter(isRejected);
    return rejected.filter(({ image }) => image === sign).length / rejected.length;
  };
  for (const data of [signed, signsOnly]) expect(Math.abs(shareOfSigns(data) - 0.2)).toBeLessThan(0.12);
  for (const data of [plain, drawn]) expect(shareOfSigns(data)).toBe(0);
});

test('the number of images without a character is rounded', () => {
  const sizes = [0.001, 0.02, 0.12].map(
    (reject) => new BatchMaker(plain, { ...plan, recipe: { ...plan.recipe, reject } }).rejectSize,
  );
  expect(sizes).toEqual([0, 2, 10]);
});
