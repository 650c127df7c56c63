import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importModel } from '../../src/app/import-model.ts';
import type { ImportOptions } from '../../src/app/options/import.ts';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import { classCount } from '../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { probabilities } from '../core/model/formats/models.ts';
import { installDatasets } from '../helpers/archive.ts';
import { onnxFile } from '../helpers/onnx-files.ts';

let folder: string;
let paths: Paths;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-trial-'));
  paths = resolvePaths(path.join(folder, 'home'));
  await installDatasets(paths, { digits: { train: 300, test: 200 }, balanced: { train: 1410, test: 470 } });
});
afterAll(() => rm(folder, { recursive: true }));

interface Variant {
  split?: Split;
  transposed?: boolean;
  /** The model takes pixels * scale + offset. */
  scale?: number;
  offset?: number;
  /** How far it compares angles, from 0 to 1; the contrast of the images matters less then. */
  angles?: number;
  /** The output of each class of the split, of `outputs`. */
  outputOf?: (index: number) => number;
  outputs?: number;
}

/** An ONNX file that finds the class whose mean image is nearest: a single dense layer. */
async function nearestMean(name: string, variant: Variant): Promise<string> {
  const { split = 'digits', transposed = false, scale = 1, offset = 0, outputOf = (index) => index } = variant;
  const { angles = 0 } = variant;
  // Probabilities of angles alone would hardly differ.
  const contrast = angles > 0 ? 4 : 1;
  const classes = splitLabels(split).length;
  const outputs = variant.outputs ?? classes;
  const { images, labels, count } = await readPart(paths, split, 'train');
  const means = Array.from({ length: classes }, () => new Float64Array(784));
  labels.forEach((label, image) => {
    for (let pixel = 0; pixel < 784; pixel++) {
      means[label]![pixel]! += (images[image * 784 + pixel]! / 255 / count) * classes;
    }
  });
  const w = new Float32Array(784 * outputs);
  const b = new Float32Array(outputs).fill(-1e3);
  means.forEach((mean, label) => {
    const output = outputOf(label);
    let bias = 0;
    const length = Math.hypot(...mean);
    mean.forEach((value, pixel) => {
      const place = transposed ? (pixel % 28) * 28 + Math.floor(pixel / 28) : pixel;
      const weight = (contrast * value) / length ** angles;
      w[place * outputs + output] = weight / scale;
      bias -= weight ** 2 / (2 * contrast) + (weight * offset) / scale;
    });
    b[output] = bias;
  });
  const nodes = [
    { op: 'Flatten', inputs: ['input'], output: 'flat' },
    { op: 'Gemm', inputs: ['flat', 'w', 'b'], output: 'logits' },
  ];
  const weights = { w: { dims: [784, outputs], data: w }, b: { dims: [outputs], data: b } };
  const file = path.join(folder, `${name}.onnx`);
  await writeFile(file, onnxFile({ input: [1, 28, 28], nodes, weights }));
  return file;
}

/** Imports a model and returns the event, and its accuracy as it is used then: on upright images of 0 to 1. */
async function tried(variant: Variant, options: Partial<ImportOptions> = {}) {
  const { split = 'digits' } = variant;
  const file = await nearestMean('it', variant);
  const event = await importModel({ file, overwrite: true, ...options }, { paths });
  const model = await loadModel('it', paths);
  const { images, labels } = await readPart(paths, split, 'test');
  const answers = await probabilities(model, images);
  const width = classCount(model.network);
  const right = labels.filter((label, image) => {
    const row = answers.subarray(image * width, (image + 1) * width);
    return model.labels[row.indexOf(Math.max(...row))] === splitLabels(split)[label];
  });
  return { event, accuracy: right.length / labels.length };
}

test.each<[string, Variant, object]>([
  ['as they are', {}, { range: '0-1', inverted: false }],
  ['from 0 to 255', { scale: 255 }, { range: '0-255', inverted: false }],
  ['from -1 to 1', { scale: 2, offset: -1 }, { range: '-1-1', inverted: false }],
  ['standardized', { scale: 1 / 0.3081, offset: -0.1307 / 0.3081 }, { range: 'standardized', inverted: false }],
  ['of dark ink', { scale: -1, offset: 1 }, { range: '0-1', inverted: true }],
  ['from 255 to 0, transposed', { scale: -255, offset: 255, transposed: true }, { range: '0-255', inverted: true }],
])('pixels %s are found, and the model adapted', async (_, variant, pixels) => {
  const { event, accuracy } = await tried(variant);
  expect(event).toMatchObject({ transposed: variant.transposed ?? false, orientation: 'detected' });
  expect(event.pixels).toMatchObject(pixels);
  expect(event.trial).toMatchObject({ split: 'digits', images: 200 });
  expect(accuracy).toBeGreaterThan(0.95);
});

test('pixels are found that a model does not need to read most images', async () => {
  const { event, accuracy } = await tried({ scale: 1 / 0.3081, offset: -0.1307 / 0.3081, angles: 0.9 });
  const asTheyAre = event.trial!.pixels.find(({ range, inverted }) => range === '0-1' && !inverted)!;
  expect(asTheyAre.accuracy).toBeGreaterThan(0.75);
  expect(event.pixels).toEqual({ range: 'standardized', inverted: false, how: 'detected' });
  expect(accuracy).toBeGreaterThan(0.95);
});

const letters = splitLabels('balanced').length - 10;

test.each<[string, Variant, object]>([
  ['letters first', { outputOf: (index) => (index < 10 ? index + letters : index - 10) }, { how: 'detected' }],
  [
    'shifted by one among 62 outputs, and transposed',
    { outputs: 62, outputOf: (index) => (index + 61) % 62, transposed: true },
    { how: 'detected', order: expect.stringContaining('first as the last output') },
  ],
  [
    'from 1',
    { outputs: 48, outputOf: (index) => index + 1 },
    { how: 'detected', order: expect.stringContaining('from the second output on') },
  ],
])('labels %s are found', async (_, variant, order) => {
  const { event, accuracy } = await tried({ split: 'balanced', ...variant });
  expect(event).toMatchObject({ classes: 47, labelOrder: order, transposed: variant.transposed ?? false });
  expect(accuracy).toBeGreaterThan(0.95);
});

test('labels that are given are kept, and others that fit better are named', async () => {
  const labels = splitLabels('balanced').join('');
  const outputOf = (index: number) => (index < 10 ? index + letters : index - 10);
  const { event, accuracy } = await tried({ split: 'balanced', outputOf }, { labels });
  expect(event).toMatchObject({ labels, labelOrder: { how: 'given', better: { accuracy: expect.any(Number) } } });
  expect(event.labelOrder.better!.labels).toBe(labels.slice(10) + labels.slice(0, 10));
  expect(event.labelOrder.better!.accuracy).toBeGreaterThan(0.95);
  expect(accuracy).toBeLessThan(0.2);
});

test('a model that reads nothing is left as it is', async () => {
  // It gives the same answer for every image.
  const { event } = await tried({ scale: 1e12 });
  expect(event).toMatchObject({ pixels: { range: '0-1', inverted: false, how: 'assumed' }, transposed: false });
  expect(event).toMatchObject({ orientation: 'assumed', labelOrder: { order: 'digits', how: 'assumed' } });
});
