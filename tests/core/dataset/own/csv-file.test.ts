import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPart } from '../../../../src/core/dataset/read-part.ts';
import { csv, glyphs, type Labeled, takeOverAll, transposed } from '../../../helpers/own-data.ts';
import { temporaryHome } from '../fetching.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home[Symbol.asyncDispose]());

async function fileOf(contents: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const file = path.join(home.root, name);
  await writeFile(file, contents);
  return file;
}

async function take(contents: string | Uint8Array, options: { name?: string; orientation?: 'transposed' } = {}) {
  const { name, ...rest } = options;
  return takeOverAll({ from: await fileOf(contents, name), paths: home.paths, overwrite: true, ...rest });
}

/** All images with their labels, as texts, sorted. */
async function stored(): Promise<string[]> {
  const all: string[] = [];
  for (const part of ['train', 'test'] as const) {
    const { images, labels, count, classLabels } = await readPart(home.paths, 'mine', part);
    for (let k = 0; k < count; k++) {
      all.push(`${classLabels[labels[k]!]} ${Buffer.from(images.subarray(k * 784, k * 784 + 784)).toString('hex')}`);
    }
  }
  return all.sort();
}
const texts = (rows: readonly Labeled[]) =>
  rows.map(([label, image]) => `${label} ${Buffer.from(image).toString('hex')}`).sort();

const DIGITS = glyphs([3, 5, 8], 6);
const PIXELS = Array.from({ length: 784 }, (_, at) => `pixel${at}`);
const mangled = ['0', ...Array.from({ length: 784 }, (_, at) => `0.${at + 1}`)].join(',');

describe('layouts', () => {
  const rowsOf = (rows: readonly Labeled[], line: (label: string | number, pixels: number[]) => (string | number)[]) =>
    rows.map(([label, image]) => line(label, [...image]).join(',')).join('\n');
  test.each<[string, string | Uint8Array]>([
    ['without a header', csv(DIGITS)],
    ["Kaggle's MNIST", csv(DIGITS, { header: ['label', ...PIXELS].join(',') })],
    [
      'MNIST in rows and columns',
      csv(DIGITS, {
        header: `label,${Array.from({ length: 784 }, (_, at) => `${Math.floor(at / 28) + 1}x${(at % 28) + 1}`)}`,
      }),
    ],
    ["a header that is pandas' of a row of zeros", csv(DIGITS, { header: mangled })],
    ['a header of numbers', csv(DIGITS, { header: Array.from({ length: 785 }, (_, at) => at).join(',') })],
    ['semicolons and CRLF', csv(DIGITS, { delimiter: ';', end: '\r\n' })],
    ['tabs', csv(DIGITS, { delimiter: '\t' })],
    ['a byte order mark', `\uFEFF${csv(DIGITS)}`],
    ['gzipped', gzipSync(csv(DIGITS))],
    ['quoted', rowsOf(DIGITS, (label, pixels) => [label, ...pixels].map((value) => `"${value}"`))],
    ['decimals', rowsOf(DIGITS, (label, pixels) => [`${label}.0`, ...pixels.map((value) => value.toFixed(1))])],
    ['values from 0 to 1', rowsOf(DIGITS, (label, pixels) => [label, ...pixels.map((value) => value / 255)])],
    ['an index column', `,label,${PIXELS}\n${rowsOf(DIGITS, (label, pixels) => [7, label, ...pixels])}`],
    [
      'the label in the middle',
      `${[...PIXELS.slice(0, 9), 'class', ...PIXELS.slice(9)]}\n${rowsOf(DIGITS, (label, pixels) => [...pixels.slice(0, 9), label, ...pixels.slice(9)])}`,
    ],
    ['blank lines, and none at the end', `\n${csv(DIGITS)}\n\n`.trimEnd()],
    ['blank lines before the header', `\n\n${csv(DIGITS, { header: ['label', ...PIXELS].join(',') })}`],
    ['line ends of old programs for the Mac', csv(DIGITS, { header: ['label', ...PIXELS].join(','), end: '\r' })],
  ])('%s', async (_, contents) => {
    const { own } = await take(contents);
    expect(own).toMatchObject({ format: 'csv', skipped: 0 });
    expect(await stored()).toEqual(texts(DIGITS));
  });

  test('the label last, found by the paper in the first column', async () => {
    const clean = DIGITS.map(([label, image]): Labeled => [label, image.map((value) => (value < 60 ? 0 : value))]);
    await take(rowsOf(clean, (label, pixels) => [...pixels, label]));
    expect(await stored()).toEqual(texts(clean));
  });
});

describe('labels', () => {
  const some = (labels: readonly (string | number)[]) => glyphs(labels, 2);
  const labelsOf = async (labels: readonly (string | number)[]) =>
    (await take(csv(some(labels)))).own.perClass.map(({ label }) => label).join('');
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  test('26 classes are letters, 47 and 62 those of EMNIST, others are what they say', async () => {
    expect(await labelsOf(range(0, 25))).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(await labelsOf(range(1, 26))).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(await labelsOf(range(0, 46))).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt');
    expect(await labelsOf(range(0, 61))).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    expect(await labelsOf([11, 7, 100])).toBe('711100');
    expect(await labelsOf(['ja', 'nein', '1'])).toBe('1janein');
  });
});

test('white paper is turned, and given or detected orientation', async () => {
  const white = DIGITS.map(([label, image]): Labeled => [label, transposed(image.map((value) => 255 - value))]);
  const { own } = await take(csv(white), { orientation: 'transposed' });
  expect(own).toMatchObject({ inverted: 18, orientation: 'transposed', orientationFrom: 'given' });
  expect(await stored()).toEqual(texts(DIGITS));
});

test('the trial decides on the orientation if it is clear', async () => {
  const from = await fileOf(csv(glyphs([3, 5, 8], 10)));
  const trial = (upright: number, other: number) => async () => ({ images: 30, upright, transposed: other });
  const found = async (upright: number, other: number) => {
    const { own } = await takeOverAll({
      from,
      paths: home.paths,
      overwrite: true,
      tryOrientation: trial(upright, other),
    });
    return [own.orientation, own.orientationFrom];
  };
  expect(await found(0.9, 0.2)).toEqual(['upright', 'detected']);
  expect(await found(0.2, 0.9)).toEqual(['transposed', 'detected']);
  expect(await found(0.5, 0.45)).toEqual(['upright', 'assumed']);
  expect(await found(0.1, 0.3)).toEqual(['upright', 'assumed']);
});

test('another file is the test part: given, or beside the first', async () => {
  const test = await fileOf(csv(glyphs([3, 5], 2, 50)), 'some_test.csv');
  const train = await fileOf(csv(DIGITS), 'some_train.csv');
  const beside = await takeOverAll({ from: train, paths: home.paths });
  expect(beside).toMatchObject({ trainImages: 18, testImages: 4, own: { testPart: 'own' } });
  expect(beside.own.notes).toContain('The test part is some_test.csv.');
  const from = await fileOf(csv(DIGITS), 'a.csv');
  expect(await takeOverAll({ from, test, paths: home.paths, overwrite: true })).toMatchObject({ testImages: 4 });
  // As Kaggle's test file is.
  await fileOf(`${PIXELS}\n${[...DIGITS[0]![1]]}\n`, 'some_test.csv');
  const without = await takeOverAll({ from: train, paths: home.paths, overwrite: true });
  expect(without.own).toMatchObject({ testPart: 'held-out' });
  expect(without.own.notes.join()).toContain('some_test.csv was left out');
});

test('texts in another encoding than UTF-8 are refused, since different letters would be the same', async () => {
  const latin = Buffer.from(csv(glyphs(['é', 'è'], 6)), 'latin1');
  await expect(take(latin)).rejects.toMatchObject({ code: 'data-invalid', data: { problem: 'encoding' } });
});

test('negative values are outside the range that the others have', async () => {
  const rows = csv(DIGITS).replaceAll(/,(\d)/g, ',-$1');
  await expect(take(rows)).rejects.toThrow(/outside 0 to 255/);
});

test('malformed rows are named by their lines and left out, up to a tenth', async () => {
  const lines = csv(glyphs([3, 5], 30)).split('\n');
  lines[4] = lines[4]!.replace(/,\d+$/, '');
  lines[9] = lines[9]!.replace(/,\d+,/, ',300,');
  lines[10] = lines[10]!.replace(/,\d+,/, ',x,');
  const { own } = await take(lines.join('\n'));
  expect(own.skipped).toBe(3);
  expect(own.skippedFirst).toEqual([
    { source: 'data.csv:5', reason: 'it has 784 columns, not 785' },
    { source: 'data.csv:10', reason: 'column 2 is 300, outside 0 to 255' },
    { source: 'data.csv:11', reason: 'column 2 is "x", not a number' },
  ]);
  for (const at of [20, 21, 22, 23]) lines[at] = '1,2,3';
  await expect(take(lines.join('\n'))).rejects.toMatchObject({ data: { problem: 'too-many-unreadable' } });
});

test.each<[string, string | Uint8Array, string]>([
  ['nothing', '', 'empty'],
  ['a header only', `label,${PIXELS}\n`, 'empty'],
  ['no labels', `${PIXELS}\n${[...DIGITS[0]![1]]}\n`, 'no-labels'],
  ['no labels and no header', `${[...DIGITS[0]![1]]}\n${[...DIGITS[1]![1]]}\n`, 'no-labels'],
  [
    'another size',
    `label,${Array.from({ length: 1024 }, (_, at) => `p${at}`)}\n1,${new Array(1024).fill(0)}\n`,
    'image-size',
  ],
  ['other data', 'name,age\nAda,36\nAlan,41\n', 'format'],
  ['UTF-16', Buffer.from(`\uFEFF${csv(DIGITS)}`, 'utf16le'), 'encoding'],
  ['a long line', `${'1'.repeat(3e6)}\n`, 'format'],
  ['damaged gzip data', gzipSync(csv(DIGITS)).subarray(0, 3000), 'damaged'],
  ['one class', csv(glyphs([4], 5)), 'one-class'],
  ['long labels', csv(glyphs(['exclamation', 'b'], 5)), 'label-invalid'],
])('%s is refused', async (_, contents, problem) => {
  await expect(take(contents)).rejects.toMatchObject({ code: 'data-invalid', data: { problem } });
});
