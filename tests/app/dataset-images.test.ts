import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOwnSource, datasetImages } from '../../src/app/dataset-images.ts';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-images-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 95, test: 20 } });
});
afterEach(() => rm(home, { recursive: true }));

test('images of each class are training images of it, all different', async () => {
  const { classes, trainImages, testImages } = await datasetImages('digits', { perClass: 4 }, { paths });
  const { images, labels } = await readPart(paths, 'digits', 'train');
  expect([trainImages, testImages]).toEqual([95, 20]);
  expect(classes.map(({ label, trainImages: size }) => [label, size])).toEqual(
    [...'0123456789'].map((label) => [label, Number(label) < 5 ? 10 : 9]),
  );
  for (const [index, { images: shown }] of classes.entries()) {
    const found = shown.map((image) =>
      [...labels.keys()].find((at) => Buffer.from(image).equals(images.subarray(at * 784, (at + 1) * 784))),
    );
    expect(new Set(found).size).toBe(4);
    expect(found.map((at) => labels[at!])).toEqual([index, index, index, index]);
  }
});

test('a class with fewer images has them all', async () => {
  const { classes } = await datasetImages('digits', { perClass: 12 }, { paths });
  expect(classes.map(({ images }) => images.length)).toEqual([10, 10, 10, 10, 10, 9, 9, 9, 9, 9]);
});

test('successive offsets lead through all images of a class, each once', async () => {
  const pages = await Promise.all(
    [0, 4, 8, 12].map((offset) => datasetImages('digits', { perClass: 4, offset }, { paths })),
  );
  expect(pages.map(({ classes }) => classes[0]!.images.length)).toEqual([4, 4, 2, 0]);
  const shown = pages.flatMap(({ classes }) =>
    classes[0]!.images.map((image) => Buffer.from(image).toString('base64')),
  );
  const { images, labels } = await readPart(paths, 'digits', 'train');
  const all = [...labels.keys()].filter((index) => labels[index] === 0);
  expect(shown.sort()).toEqual(
    all.map((index) => Buffer.from(images.subarray(index * 784, (index + 1) * 784)).toString('base64')).sort(),
  );
});

test('test images are counted and shown too', async () => {
  const { classes } = await datasetImages('digits', { perClass: 3, part: 'test' }, { paths });
  const { images, labels } = await readPart(paths, 'digits', 'test');
  expect(classes.map(({ trainImages, testImages }) => [trainImages, testImages])).toEqual(
    [...'0123456789'].map((label) => [Number(label) < 5 ? 10 : 9, 2]),
  );
  for (const [index, { images: shown }] of classes.entries()) {
    const found = shown.map((image) =>
      [...labels.keys()].find((at) => Buffer.from(image).equals(images.subarray(at * 784, (at + 1) * 784))),
    );
    expect(found.map((at) => labels[at!])).toEqual([index, index]);
  }
});

test('says how far reading is, and stops when it is told to', async () => {
  const shares: number[] = [];
  await datasetImages('digits', { perClass: 1, onProgress: (share) => shares.push(share) }, { paths });
  expect(shares.length).toBeGreaterThan(0);
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  await expect(
    datasetImages('digits', { perClass: 1, onProgress }, { paths, signal: controller.signal }),
  ).rejects.toThrow('enough');
});

test('a source must be there, and on this machine', async () => {
  await checkOwnSource(home);
  await expect(checkOwnSource(path.join(home, 'none'))).rejects.toMatchObject({ code: 'file-missing' });
  await expect(checkOwnSource('https://example.org/a.csv')).rejects.toMatchObject({ code: 'usage' });
});
