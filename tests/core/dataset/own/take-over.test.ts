import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeDataset } from '../../../../src/core/dataset/dataset-info.ts';
import { datasetStatus, ownedDatasets } from '../../../../src/core/dataset/dataset-store.ts';
import { takeOver } from '../../../../src/core/dataset/own/take-over.ts';
import { readClassCounts, readPart } from '../../../../src/core/dataset/read-part.ts';
import { shuffledIndices } from '../../../../src/core/random.ts';
import { csv, glyphs, takeOverAll, writeClasses } from '../../../helpers/own-data.ts';
import { temporaryHome } from '../fetching.ts';

const LABELS = ['left', 'right', 'é'];

async function withCsv(rows = glyphs(LABELS, 12)) {
  const home = await temporaryHome();
  const from = path.join(home.root, 'signs.csv');
  await writeFile(from, csv(rows));
  return Object.assign(home, { from });
}

test('what was taken over is listed, described, and read like a split', async () => {
  await using home = await withCsv();
  const { paths, from } = home;
  const end = await takeOverAll({ from, paths });
  expect(end).toMatchObject({ split: 'mine', trainImages: 30, testImages: 6 });
  expect(end.own.perClass).toEqual(LABELS.map((label) => ({ label, trainImages: 10, testImages: 2 })));
  expect((await datasetStatus(paths)).at(-1)).toMatchObject({ split: 'mine', labels: LABELS, trainImages: 30 });
  expect(await describeDataset(paths, 'mine')).toMatchObject({
    own: true,
    labels: LABELS,
    source: from,
    testImages: 6,
  });
  const part = await readPart(paths, 'mine', 'train');
  expect(part).toMatchObject({ count: 30, classLabels: LABELS });
  const images = new Map(glyphs(LABELS, 12).map(([label, image]) => [Buffer.from(image).toString('hex'), label]));
  for (let index = 0; index < 30; index++) {
    const image = Buffer.from(part.images.subarray(index * 784, (index + 1) * 784)).toString('hex');
    expect(images.get(image)).toBe(LABELS[part.labels[index]!]);
  }
  expect(await readClassCounts(paths, 'mine')).toEqual([10, 10, 10]);
  expect(await ownedDatasets(paths)).toContain(path.join(paths.datasets, 'mine'));
});

test('the test part depends on the images, not on their order or names', async () => {
  await using home = await temporaryHome();
  const rows = glyphs(LABELS, 30);
  const order = shuffledIndices(rows.length, 5);
  await writeFile(path.join(home.root, 'a.csv'), csv(rows));
  await writeFile(path.join(home.root, 'b.csv'), csv([...order].map((at) => rows[at]!)));
  await writeClasses(path.join(home.root, 'c'), rows);
  const testImages = [];
  for (const name of ['a.csv', 'b.csv', 'c']) {
    await takeOverAll({ from: path.join(home.root, name), paths: home.paths, overwrite: true });
    const { images, count } = await readPart(home.paths, 'mine', 'test');
    expect(count).toBe(15);
    testImages.push(
      Array.from({ length: count }, (_, k) =>
        Buffer.from(images.subarray(k * 784, k * 784 + 784)).toString('hex'),
      ).sort(),
    );
  }
  expect(testImages[1]).toEqual(testImages[0]);
  expect(testImages[2]).toEqual(testImages[0]);
});

test('equal images are in the same part', async () => {
  const rows = glyphs(LABELS, 12);
  await using home = await withCsv([...rows, ...rows]);
  await takeOverAll({ from: home.from, paths: home.paths });
  const train = await readPart(home.paths, 'mine', 'train');
  const known = new Set(
    Array.from({ length: train.count }, (_, k) =>
      Buffer.from(train.images.subarray(k * 784, k * 784 + 784)).toString('hex'),
    ),
  );
  const { images, count } = await readPart(home.paths, 'mine', 'test');
  expect(count).toBe(12);
  for (let k = 0; k < count; k++) {
    expect(known.has(Buffer.from(images.subarray(k * 784, k * 784 + 784)).toString('hex'))).toBe(false);
  }
});

test('an existing data set is only replaced if that is asked for', async () => {
  await using home = await withCsv();
  const { paths, from } = home;
  await takeOverAll({ from, paths });
  const other = path.join(home.root, 'other.csv');
  await writeFile(other, csv(glyphs(['a', 'b'], 6)));
  await expect(takeOverAll({ from: other, paths })).rejects.toMatchObject({ code: 'dataset-exists' });
  await takeOverAll({ from: other, paths, overwrite: true });
  expect((await describeDataset(paths, 'mine')).labels).toEqual(['a', 'b']);
  await mkdir(path.join(paths.datasets, 'notes'));
  await expect(takeOverAll({ from, paths, name: 'notes', overwrite: true })).rejects.toMatchObject({
    code: 'dataset-name-invalid',
    data: { reason: 'taken' },
  });
});

test.each([
  ['mnist', 'reserved'],
  ['Balanced', 'reserved'],
  ['all', 'reserved'],
  ['a/b', 'characters'],
  ['nul', 'device'],
])('a data set cannot be named %s', async (name, reason) => {
  await using home = await withCsv();
  await expect(takeOverAll({ from: home.from, paths: home.paths, name })).rejects.toMatchObject({
    code: 'dataset-name-invalid',
    data: { reason },
  });
});

test('nothing is left of what is aborted, and an older data set stays', async () => {
  await using home = await withCsv();
  const { paths, from } = home;
  await takeOverAll({ from, paths });
  const stop = new AbortController();
  const reason = new Error('enough');
  const run = async () => {
    for await (const { event } of takeOver({
      ...{ from, paths, name: 'mine', overwrite: true, signal: stop.signal },
      tryOrientation: async () => {
        stop.abort(reason);
        return null;
      },
    })) {
      expect(event).not.toBe('end');
    }
  };
  await expect(run()).rejects.toBe(reason);
  expect(await readdir(paths.datasets)).toEqual(['mine']);
  expect((await readPart(paths, 'mine', 'train')).count).toBe(30);
});

test('an unknown data set is an error that lists those there are', async () => {
  await using home = await withCsv();
  await takeOverAll({ from: home.from, paths: home.paths });
  await expect(readPart(home.paths, 'mien', 'train')).rejects.toMatchObject({
    code: 'dataset-unknown',
    data: { split: 'mien', available: expect.arrayContaining(['balanced', 'mine']) },
  });
});

test('a data set whose files have changed is damaged', async () => {
  await using home = await withCsv();
  await takeOverAll({ from: home.from, paths: home.paths });
  await writeFile(path.join(home.paths.datasets, 'mine', 'train-labels-idx1-ubyte.gz'), '');
  await expect(readPart(home.paths, 'mine', 'test')).rejects.toMatchObject({ code: 'dataset-damaged' });
  expect((await datasetStatus(home.paths)).at(-1)).toMatchObject({ split: 'mine', labels: [], trainImages: null });
});
