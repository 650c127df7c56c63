import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { datasetStatus } from '../../../src/core/dataset/dataset-store.ts';
import { readChosenImages, readPart } from '../../../src/core/dataset/read-part.ts';
import { SPLITS } from '../../../src/core/dataset/splits.ts';
import { transposeImages } from '../../../src/core/dataset/transpose.ts';
import { hash32 } from '../../../src/core/random.ts';
import { glyphImage, idx, installDatasets, labelAt } from '../../helpers/archive.ts';
import { temporaryHome } from './fetching.ts';

test('images are upright and in order, labels are class indices', async () => {
  await using home = await temporaryHome();
  await installDatasets(home.paths, { letters: { train: 2000, test: 130 } });
  const part = await readPart(home.paths, 'letters', 'train');
  expect(part).toMatchObject({ count: 2000, classLabels: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] });
  expect(part.images).toHaveLength(2000 * 784);
  for (let index = 0; index < 2000; index++) {
    expect(part.labels[index]).toBe(labelAt('letters', index));
    const drawn = glyphImage(labelAt('letters', index), hash32(2, 'train'.length, index));
    expect(Buffer.compare(part.images.subarray(index * 784, (index + 1) * 784), drawn)).toBe(0);
  }
  expect((await readPart(home.paths, 'letters', 'test')).count).toBe(130);
});

test('a limited part has images from the whole part, evenly spread, with their labels', async () => {
  await using home = await temporaryHome();
  await installDatasets(home.paths, { digits: { train: 1000, test: 10 } });
  const all = await readPart(home.paths, 'digits', 'train');
  for (const limit of [1, 7, 333, 999, 1000, 5000]) {
    const part = await readPart(home.paths, 'digits', 'train', { limit });
    const count = Math.min(limit, 1000);
    expect(part.count).toBe(count);
    for (let k = 0; k < count; k++) {
      const index = Math.floor((k * 1000) / count);
      expect(part.labels[k]).toBe(all.labels[index]);
      const [taken, original] = [part.images.subarray(k * 784), all.images.subarray(index * 784)];
      expect(Buffer.compare(taken.subarray(0, 784), original.subarray(0, 784))).toBe(0);
    }
  }
});

test('images are chosen by their labels, and reading them can be stopped', async () => {
  await using home = await temporaryHome();
  await installDatasets(home.paths, { digits: { train: 5000, test: 10 } });
  const all = await readPart(home.paths, 'digits', 'train');
  const progress: [number, number][] = [];
  const chosen = Uint32Array.from({ length: 50 }, (_, index) => index * 99);
  const part = await readChosenImages(home.paths, 'digits', 'train', () => chosen, {
    onProgress: (...read) => progress.push(read),
  });
  expect(part.labels).toEqual(Uint8Array.from(chosen, (index) => all.labels[index]!));
  for (const [position, index] of chosen.entries()) {
    const [taken, original] = [part.images.subarray(position * 784), all.images.subarray(index * 784)];
    expect(Buffer.compare(taken.subarray(0, 784), original.subarray(0, 784))).toBe(0);
  }
  expect(progress.length).toBeGreaterThan(2);
  expect(progress.every(([images, total]) => images <= total && total === 5000)).toBe(true);

  const controller = new AbortController();
  let calls = 0;
  const stopped = readChosenImages(home.paths, 'digits', 'train', () => chosen, {
    signal: controller.signal,
    onProgress() {
      calls++;
      controller.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(calls).toBe(1);
});

test('transposing twice gives the original', () => {
  const image = Uint8Array.from({ length: 3 * 784 }, (_, index) => hash32(index) & 255);
  const turned = new Uint8Array(4 * 784);
  transposeImages(image, 1, turned, 2, 2);
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) {
      expect(turned[3 * 784 + row * 28 + column]).toBe(image[2 * 784 + column * 28 + row]);
    }
  }
  expect(turned.subarray(0, 2 * 784).every((byte) => byte === 0)).toBe(true);
  const back = new Uint8Array(784);
  transposeImages(turned, 2, back, 0, 1);
  expect(back).toEqual(image.slice(784, 2 * 784));
});

test('a missing split is not reported as damaged', async () => {
  await using home = await temporaryHome();
  await expect(readPart(home.paths, 'byclass', 'test')).rejects.toMatchObject({
    code: 'dataset-missing',
    data: { split: 'byclass' },
  });
  expect(await datasetStatus(home.paths)).toEqual(
    SPLITS.map((split) => ({ split, trainImages: null, testImages: null, bytes: 0 })),
  );
});

describe('a data set is damaged when', () => {
  const images = 'emnist-digits-train-images-idx3-ubyte.gz';
  const labels = 'emnist-digits-train-labels-idx1-ubyte.gz';
  /** Keeps the size, so that only reading the file shows the damage. */
  const padded = (data: Buffer, size: number) => Buffer.concat([data, Buffer.alloc(Math.max(0, size - data.length))]);
  const changes: Record<string, (folder: string) => Promise<void>> = {
    'a file is truncated': (folder) => truncate(path.join(folder, images), 1000),
    'the manifest is invalid': (folder) => writeFile(path.join(folder, 'dataset.json'), '{"format":1,'),
    'the manifest is of another split': async (folder) => {
      const file = path.join(folder, 'dataset.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"split": "digits"', '"split": "mnist"'));
    },
    'the manifest lists files elsewhere': async (folder) => {
      const file = path.join(folder, 'dataset.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace(images, `../digits/${images}`));
    },
    'a bit of the images is wrong': async (folder) => {
      const bytes = await readFile(path.join(folder, images));
      bytes[bytes.length >> 1]! ^= 16;
      await writeFile(path.join(folder, images), bytes);
    },
    'it has other counts than its manifest': async (folder) => {
      const file = path.join(folder, images);
      const { length } = await readFile(file);
      await writeFile(file, padded(gzipSync(idx([5, 28, 28], Buffer.alloc(5 * 784))), length));
    },
    'a label is out of range': async (folder) => {
      const file = path.join(folder, labels);
      const { length } = await readFile(file);
      await writeFile(file, padded(gzipSync(idx([200], Buffer.alloc(200, 10))), length));
    },
  };
  test.each(Object.entries(changes))('%s', async (_name, change) => {
    await using home = await temporaryHome();
    await installDatasets(home.paths, { digits: { train: 200, test: 10 } });
    await change(path.join(home.paths.datasets, 'digits'));
    await expect(readPart(home.paths, 'digits', 'train')).rejects.toMatchObject({
      code: 'dataset-damaged',
      data: { split: 'digits' },
    });
  });
});
