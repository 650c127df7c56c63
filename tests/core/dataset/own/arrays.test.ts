import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawSign } from '../../../../scripts/signs/draw-sign.ts';
import { readPart } from '../../../../src/core/dataset/read-part.ts';
import { columnMajor, mat, npy, type TestArray } from '../../../helpers/array-files.ts';
import { csv, glyphs, type Labeled, takeOverAll, transposed, writeIdx } from '../../../helpers/own-data.ts';
import { zip } from '../../../helpers/zip.ts';
import { temporaryHome } from '../fetching.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home[Symbol.asyncDispose]());

const TRAIN = glyphs([3, 5, 8], 6);
const TEST = glyphs([3, 5, 8], 2, 60);
const pixels = (rows: readonly Labeled[]) => Uint8Array.from(Buffer.concat(rows.map(([, image]) => image)));
const numbers = (rows: readonly Labeled[]) => Uint8Array.from(rows, ([label]) => Number(label));
const images = (rows: readonly Labeled[]): TestArray => ({ shape: [rows.length, 28, 28], data: pixels(rows) });
const labels = (rows: readonly Labeled[]): TestArray => ({ shape: [rows.length], data: numbers(rows) });

async function take(name: string, contents: Buffer, more: Record<string, Buffer> = {}) {
  for (const [file, bytes] of Object.entries({ [name]: contents, ...more })) {
    await mkdir(path.dirname(path.join(home.root, file)), { recursive: true });
    await writeFile(path.join(home.root, file), bytes);
  }
  return takeOverAll({ from: path.join(home.root, name), paths: home.paths, overwrite: true });
}
const npz = (arrays: Record<string, TestArray>) =>
  zip(new Map(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)])));

async function expectStored(train: readonly Labeled[]) {
  const part = await readPart(home.paths, 'mine', 'train');
  expect(Array.from(part.labels, (label) => Number(part.classLabels[label]))).toEqual(train.map(([label]) => label));
  expect(Buffer.compare(part.images, pixels(train))).toBe(0);
}

test("Keras' archives: both parts in one file", async () => {
  const file = await npz({
    x_train: images(TRAIN),
    y_train: labels(TRAIN),
    x_test: images(TEST),
    y_test: labels(TEST),
  });
  expect(await take('mnist.npz', file)).toMatchObject({ trainImages: 18, testImages: 6, own: { format: 'npz' } });
  await expectStored(TRAIN);
});

test('archives of one array each, whose names tell what is in them', async () => {
  const file = async (array: TestArray) => npz({ arr_0: array });
  const end = await take('k49-train-imgs.npz', await file(images(TRAIN)), {
    'k49-train-labels.npz': await file(labels(TRAIN)),
    'k49-test-imgs.npz': await file(images(TEST)),
    'k49-test-labels.npz': await file(labels(TEST)),
  });
  expect(end).toMatchObject({ trainImages: 18, testImages: 6 });
  await expectStored(TRAIN);
});

test('numbers from 0 to 1, columns first, texts, and one-hot labels', async () => {
  const shares = Float64Array.from(pixels(TRAIN), (value) => value / 255);
  const parts = { x_test: images(TEST), y_test: labels(TEST) };
  await take(
    'shares.npz',
    await npz({ x_train: { shape: [18, 784], data: shares }, y_train: labels(TRAIN), ...parts }),
  );
  await expectStored(TRAIN);
  const byColumns = { shape: [18, 784], data: columnMajor(18, 784, pixels(TRAIN)), fortran: true };
  const texts = { shape: [18], data: TRAIN.map(([label]) => String(label)) };
  await take('columns.npz', await npz({ x_train: byColumns, y_train: texts, ...parts }));
  await expectStored(TRAIN);
  const oneHot = Float64Array.from({ length: 18 * 9 }, (_, at) =>
    at % 9 === Number(TRAIN[Math.floor(at / 9)]![0]) ? 1 : 0,
  );
  await take('one-hot.npz', await npz({ x_train: images(TRAIN), y_train: { shape: [18, 9], data: oneHot }, ...parts }));
  await expectStored(TRAIN);
});

test.each([
  ['as it is', (bytes: Buffer) => bytes],
  ['compressed', (bytes: Buffer) => deflateSync(bytes)],
])("EMNIST's structure of MATLAB, %s", async (_, compress) => {
  const part = (rows: readonly Labeled[]) => {
    const data = columnMajor(
      rows.length,
      784,
      pixels(rows.map(([label, image]) => [label, transposed(image)] as const)),
    );
    return {
      images: { shape: [rows.length, 784], data },
      labels: {
        shape: [rows.length, 1],
        data: Float64Array.from(rows, ([label]) => (Number(label) === 8 ? 2 : Number(label) === 5 ? 1 : 0)),
      },
      writers: { shape: [rows.length, 1], data: new Float64Array(rows.length) },
    };
  };
  const mapping = { shape: [3, 2], data: Float64Array.of(0, 1, 2, 51, 53, 56) };
  const end = await take(
    'emnist-some.mat',
    mat('dataset', { train: part(TRAIN), test: part(TEST), mapping }, compress),
  );
  expect(end).toMatchObject({
    testImages: 6,
    own: { format: 'mat', orientation: 'transposed', orientationFrom: 'assumed' },
  });
  await expectStored(TRAIN);
});

test.each<[string, () => Promise<Buffer> | Buffer, string]>([
  ['no labels', () => npz({ x_train: images(TRAIN) }), 'labels-missing'],
  [
    'another size',
    () => npz({ x_train: { shape: [2, 32, 32], data: new Uint8Array(2048) }, y_train: labels(TRAIN) }),
    'image-size',
  ],
  [
    'several data sets',
    () => npz({ x: images(TRAIN), y: labels(TRAIN), x_other: images(TRAIN), y_other: labels(TRAIN) }),
    'ambiguous',
  ],
  [
    'values below 0',
    () => npz({ x: { shape: [18, 784], data: new Float64Array(18 * 784).fill(-0.5) }, y: labels(TRAIN) }),
    'format',
  ],
  [
    'an array that ends early',
    () => npz({ x: { shape: [18, 784], data: pixels(TRAIN).subarray(1) }, y: labels(TRAIN) }),
    'damaged',
  ],
  ['an array that claims too much', () => npy({ shape: [2 ** 40, 784], data: pixels(TRAIN) }), 'too-large'],
  [
    'Python objects',
    () => Buffer.from(npy(labels(TRAIN)).toString('latin1').replace('|u1', '|O8'), 'latin1'),
    'format',
  ],
  ['HDF5', () => Buffer.from('\x89HDF\r\n\x1a\n\0\0', 'latin1'), 'format'],
  ['a damaged MATLAB file', () => mat('x', { a: images(TRAIN) }).subarray(0, 400), 'damaged'],
])('%s is refused', async (_, contents, problem) => {
  await expect(take('data.npz', await contents())).rejects.toMatchObject({ code: 'data-invalid', data: { problem } });
});

test('zip files of pictures, CSV, and IDX files are unpacked and read', async () => {
  const pictures = ['star', 'moon'].flatMap((sign) =>
    Array.from({ length: 6 }, (_, k) => [`signs-main/${sign}/${k}.png`, drawSign(sign, k).bytes] as const),
  );
  const junk = [
    ['__MACOSX/._x.png', Buffer.from('x')],
    ['signs-main/README.md', Buffer.from('x')],
  ] as const;
  expect((await take('signs.zip', await zip(new Map([...pictures, ...junk])))).own.perClass).toHaveLength(2);
  expect((await take('csv.zip', await zip(new Map([['a/data.csv', Buffer.from(csv(TRAIN))]])))).own.format).toBe('csv');
  const error = await take('one.zip', await zip(new Map(pictures.slice(0, 3)))).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'data-invalid', data: { problem: 'one-class' } });
  expect(error.message).toContain('one.zip has only one class');
  const whole = await zip(new Map(pictures));
  await expect(take('cut.zip', whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
    code: 'data-invalid',
    data: { problem: 'damaged' },
  });
  const withEmpty = await zip(new Map([...pictures, ['signs/none/', Buffer.alloc(0)]]));
  await expect(take('empty.zip', withEmpty)).rejects.toMatchObject({ data: { problem: 'class-empty' } });
  const unlabeled = Buffer.from(`${[...TRAIN[0]![1]]}\n`);
  const pair = await zip(
    new Map([
      ['train.csv', Buffer.from(csv(TRAIN))],
      ['test.csv', unlabeled],
    ]),
  );
  expect((await take('pair.zip', pair)).own.notes).toContain(
    'test.csv was left out: it has pixels, but no labels: each row has 784 values.',
  );
});

test('a folder of a pair of IDX files and other files', async () => {
  await writeIdx(path.join(home.root, 'in'), 'train', TRAIN);
  await writeFile(path.join(home.root, 'in', 'README.md'), '');
  expect((await takeOverAll({ from: path.join(home.root, 'in'), paths: home.paths })).own.format).toBe('idx');
});
