import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryDataOrientation } from '../../../../src/core/evaluation/try-data-orientation.ts';
import { LABELS } from '../../../accuracy/characters.ts';
import { idx } from '../../../helpers/archive.ts';
import { characterImage, glyphs, type Labeled, takeOverAll, transposed, writeIdx } from '../../../helpers/own-data.ts';
import { temporaryHome } from '../fetching.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home[Symbol.asyncDispose]());
const at = (...names: string[]) => path.join(home.root, 'data', ...names);
const take = (from: string, options = {}) => takeOverAll({ from, paths: home.paths, overwrite: true, ...options });

test('both parts are found from any of the files, or from their folder', async () => {
  await writeIdx(at(), 'train', glyphs([3, 5], 6));
  await writeIdx(at(), 't10k', glyphs([3, 5], 2, 50));
  for (const name of ['', 'train-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
    expect(await take(at(name))).toMatchObject({
      ...{ trainImages: 12, testImages: 4 },
      own: { format: 'idx', testPart: 'own', orientation: 'upright', orientationFrom: 'assumed' },
    });
  }
});

test('a mapping beside the files names the classes', async () => {
  await writeIdx(at(), 'kana-train', glyphs([0, 1], 6));
  await writeFile(at('kana-mapping.txt'), '0 12354\n1 12356 12358\n');
  expect((await take(at('kana-train-images-idx3-ubyte'))).own.perClass.map(({ label }) => label)).toEqual(['あ', 'い']);
});

test.each(['upright', 'transposed'])('%s images are detected with the shipped model', async (orientation) => {
  const rows = LABELS.slice(0, 10).flatMap((label) =>
    Array.from({ length: 6 }, (_, hand): Labeled => {
      const image = characterImage(label, hand);
      return [label, orientation === 'upright' ? image : transposed(image)];
    }),
  );
  await writeIdx(at(), 'train', rows);
  const { own } = await take(at(), { tryOrientation: tryDataOrientation(home.paths) });
  expect(own).toMatchObject({ orientation, orientationFrom: 'detected' });
});

test('labels that the shipped model does not know leave the orientation to the name, or to the option', async () => {
  const tryOrientation = tryDataOrientation(home.paths);
  await writeIdx(at(), 'emnist-train', glyphs([100, 101], 12));
  expect((await take(at(), { tryOrientation })).own).toMatchObject({
    ...{ orientation: 'transposed', orientationFrom: 'assumed', trial: null },
  });
  const given = await take(at(), { tryOrientation, orientation: 'upright' });
  expect(given.own).toMatchObject({ orientation: 'upright', orientationFrom: 'given' });
});

test('files that do not fit together are refused', async () => {
  const problem = (from = at('train-images-idx3-ubyte')) =>
    take(from).then(
      () => null,
      ({ code, data }) => data.problem ?? code,
    );
  await writeIdx(at(), 'train', glyphs([3, 5], 6));
  await writeFile(at('train-labels-idx1-ubyte'), idx([3], Uint8Array.of(3, 5, 3)));
  expect(await problem()).toBe('counts-differ');
  await writeFile(at('train-images-idx3-ubyte'), idx([3], Uint8Array.of(3, 5, 3)));
  await expect(take(at('train-images-idx3-ubyte'))).rejects.toThrow(/has labels, not images$/);
  await writeIdx(at(), 'train', glyphs([3, 5], 6));
  await rm(at('train-labels-idx1-ubyte'));
  expect(await problem()).toBe('labels-missing');
  await writeFile(at('train-labels-idx1-ubyte.gz'), gzipSync(idx([1], Uint8Array.of(3))).subarray(0, 15));
  expect(await problem()).toBe('damaged');
  await writeIdx(at(), 'train', glyphs([3, 5], 6));
  await rm(at('train-labels-idx1-ubyte.gz'));
  await writeFile(at('train-images-idx3-ubyte'), idx([12, 32, 32], new Uint8Array(12 * 1024)));
  expect(await problem()).toBe('image-size');
  await writeFile(at('train-images-idx3-ubyte'), idx([12, 28, 28], new Uint8Array(5)));
  expect(await problem()).toBe('damaged');
  await writeIdx(at(), 'train', glyphs([3, 5], 6));
  await writeIdx(at(), 'other-train', glyphs([3, 5], 6));
  expect(await problem(at())).toBe('ambiguous');
});
