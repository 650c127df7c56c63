import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { temporaryHome } from '../core/dataset/fetching.ts';
import { idx } from '../helpers/archive.ts';
import { columnMajor, mat, npy } from '../helpers/array-files.ts';
import { csv, glyphs, takeOverAll } from '../helpers/own-data.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { zip } from '../helpers/zip.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, mutateBytes } from './mutations.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home[Symbol.asyncDispose]());

const ROWS = glyphs([3, 5], 4);
const PIXELS = Uint8Array.from(Buffer.concat(ROWS.map(([, image]) => image)));
const NUMBERS = Uint8Array.from(ROWS, ([label]) => Number(label));
const IMAGES = { shape: [8, 28, 28], data: PIXELS };
const LABELS = { shape: [8], data: NUMBERS };
const BY_COLUMNS = { shape: [8, 784], data: columnMajor(8, 784, PIXELS) };
const MAT = { images: BY_COLUMNS, labels: { shape: [8, 1], data: NUMBERS } };

/** Files to mutate, by name, with what belongs to them. */
const FILES: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'data.csv': () => Buffer.from(csv(ROWS)),
  'data.csv.gz': () => gzipSync(csv(ROWS)),
  'data.npz': () =>
    zip(
      new Map([
        ['x.npy', npy(IMAGES)],
        ['y.npy', npy(LABELS)],
      ]),
    ),
  'X_a.npy': () => npy(IMAGES),
  'y_a.npy': () => npy(LABELS),
  'data.mat': () => mat('dataset', { train: MAT }),
  'packed.mat': () => mat('dataset', { train: MAT }, (bytes) => deflateSync(bytes)),
  'train-images-idx3-ubyte': () => idx([8, 28, 28], PIXELS),
  'train-labels-idx1-ubyte': () => idx([8], NUMBERS),
  'pictures.zip': () =>
    zip(new Map(ROWS.map(([label, gray], at) => [`${label}/${at}.png`, pngFile({ width: 28, height: 28, gray })]))),
};

test.each(Object.keys(FILES))('mutated bytes of %s', async (name) => {
  const folder = path.join(home.root, 'data');
  await mkdir(folder);
  // The others of the same kind belong to it.
  const kind = /npy|ubyte/.exec(name)?.[0] ?? name;
  for (const [other, contents] of Object.entries(FILES)) {
    if (other.includes(kind)) await writeFile(path.join(folder, other), await contents());
  }
  const original = await FILES[name]!();
  await fuzz(
    byteMutations,
    async (mutations) => {
      await rm(home.paths.datasets, { recursive: true, force: true });
      await writeFile(path.join(folder, name), mutateBytes(original, mutations));
      try {
        const { trainImages } = await takeOverAll({ from: path.join(folder, name), paths: home.paths });
        expect((await readPart(home.paths, 'mine', 'train')).count).toBe(trainImages);
      } catch (error) {
        expect(await readdir(home.paths.datasets).catch(() => [])).toEqual([]);
        throw error;
      }
    },
    { seed: 11, runs: 25 },
  );
});
