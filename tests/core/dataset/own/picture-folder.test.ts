import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawSign } from '../../../../scripts/signs/draw-sign.ts';
import { writeSigns } from '../../../../scripts/signs/write-signs.ts';
import { readPart } from '../../../../src/core/dataset/read-part.ts';
import { glyphs, takeOverAll, writeClasses } from '../../../helpers/own-data.ts';
import { pngFile } from '../../../helpers/picture-files.ts';
import { named, ON_WINDOWS } from '../../../helpers/skip.ts';
import { temporaryHome } from '../fetching.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
let from: string;
beforeEach(async () => {
  home = await temporaryHome();
  from = path.join(home.root, 'data');
});
afterEach(() => home[Symbol.asyncDispose]());

const take = (options = {}) => takeOverAll({ from, paths: home.paths, ...options });
const problem = async () => {
  const error = await take().then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: 'data-invalid' });
  return `${error.data.problem}: ${error.message.replaceAll(from, 'DATA').replaceAll('\\', '/')}`;
};

test('pictures of any size, on any paper, become 28x28 images like those that predict reads', async () => {
  await writeSigns(from, { perSign: 6, signs: ['star', 'heart'] });
  const { own, trainImages, testImages } = await take();
  expect([trainImages, testImages]).toEqual([10, 2]);
  expect(own).toMatchObject({ format: 'pictures', orientation: null, testPart: 'held-out', skipped: 0 });
  expect(own.sizes?.distinct).toBeGreaterThan(5);
  const { images, count } = await readPart(home.paths, 'mine', 'train');
  for (let k = 0; k < count; k++) {
    const image = images.subarray(k * 784, (k + 1) * 784);
    // Light on dark, in the middle, with a border of paper.
    expect(Math.max(...image)).toBeGreaterThan(200);
    expect([...image.subarray(0, 28), ...image.subarray(-28)].every((value) => value < 60)).toBe(true);
  }
});

test('pictures of 28x28 pixels are taken as they are, or inverted', async () => {
  const rows = glyphs(['a', 'b'], 6);
  await writeClasses(from, rows);
  const gray = rows[0]![1].map((value) => 255 - value);
  await rm(path.join(from, 'a', '0.png'));
  await writeFile(path.join(from, 'a', 'white.png'), pngFile({ width: 28, height: 28, gray }));
  const { own } = await take();
  expect(own).toMatchObject({ inverted: 1, sizes: { distinct: 1, smallest: '28x28' } });
  const stored = new Set<string>();
  for (const part of ['train', 'test'] as const) {
    const { images, count } = await readPart(home.paths, 'mine', part);
    for (let k = 0; k < count; k++) stored.add(Buffer.from(images.subarray(k * 784, k * 784 + 784)).toString('hex'));
  }
  expect(stored).toEqual(new Set(rows.map(([, image]) => Buffer.from(image).toString('hex'))));
});

test.each([
  ['train', 'test'],
  ['Training', 'testing'],
  ['train', 'val'],
])('%s and %s folders are the parts', async (train, other) => {
  await writeClasses(path.join(from, train), glyphs(['a', 'b'], 8));
  await writeClasses(path.join(from, other), glyphs(['a', 'b'], 3, 90));
  expect(await take()).toMatchObject({ trainImages: 16, testImages: 6, own: { testPart: 'own' } });
});

test('a test folder without classes is left out, and a folder around all is looked into', async () => {
  const inner = path.join(from, 'signs-main');
  await writeClasses(path.join(inner, 'train'), glyphs(['a', 'b'], 6));
  await mkdir(path.join(inner, 'test'));
  await writeFile(path.join(inner, 'test', '1.png'), drawSign('star', 1).bytes);
  const { own, testImages } = await take();
  expect([testImages, own.testPart]).toEqual([2, 'held-out']);
  expect(own.notes.join()).toContain('test has no folders of classes');
});

test('what is not a picture of a class is left out and counted, hidden files are ignored', async () => {
  await writeClasses(from, glyphs(['a', 'b'], 12));
  await writeFile(path.join(from, 'loose.png'), drawSign('star', 1).bytes);
  await writeFile(path.join(from, 'a', 'notes.txt'), '');
  await writeFile(path.join(from, 'a', '.DS_Store'), '');
  await mkdir(path.join(from, '.git'));
  await mkdir(path.join(from, 'b', 'more'));
  await writeFile(path.join(from, 'b', 'more', 'x.png'), drawSign('star', 1).bytes);
  await writeFile(path.join(from, 'a', 'broken.png'), drawSign('star', 2).bytes.subarray(0, 40));
  const { own, trainImages, testImages } = await take();
  expect(trainImages + testImages).toBe(25);
  expect(own.skipped).toBe(1);
  expect(own.skippedFirst[0]).toMatchObject({ source: path.join('a', 'broken.png') });
  expect(own.notes).toEqual([
    'Left out 1 picture beside the folders of classes.',
    'Left out 1 file that is not a picture.',
  ]);
});

test('what cannot be a data set is said', async () => {
  const empty = (name: string) => mkdir(path.join(from, name), { recursive: true });
  await empty('.');
  expect(await problem()).toBe('empty: DATA has no pictures');
  await writeFile(path.join(from, '1.png'), drawSign('star', 1).bytes);
  expect(await problem()).toBe('no-classes: DATA has 1 picture, but no folders with those of each class');
  await writeClasses(from, glyphs(['star'], 3));
  expect(await problem()).toBe('one-class: DATA has only one class, "star", and nothing to tell it from');
  await empty('moon');
  expect(await problem()).toBe('class-empty: DATA has no pictures of the class "moon": the folder moon is empty');
  await writeFile(path.join(from, 'moon', 'a.txt'), 'text');
  expect(await problem()).toMatch(/: the folder moon has only other files$/);
  await writeClasses(from, glyphs(['moon'], 3));
  await writeClasses(from, glyphs(['exclamation'], 1));
  expect(await problem()).toMatch(
    /^label-invalid: DATA\/exclamation has the label "exclamation", which has more than 8/,
  );
  await rm(path.join(from, 'exclamation'), { recursive: true });
  for (const index of [1, 2]) await writeFile(path.join(from, 'moon', `bad${index}.jpg`), 'no picture');
  expect(await problem()).toMatch(
    /^too-many-unreadable: DATA has 2 of 8 pictures that cannot be read, more than a tenth; the first is moon\/bad1.jpg: /,
  );
});

const SAME_NAMES =
  process.platform === 'win32' || process.platform === 'darwin'
    ? 'the file system may not tell such names apart'
    : null;
test.skipIf(SAME_NAMES)(named('two folders for the same label', SAME_NAMES), async () => {
  await writeClasses(from, glyphs(['\u00e9', 'e\u0301'], 3));
  expect(await problem()).toMatch(/^labels-same: DATA has two folders for the class "\u00e9"/);
});

test.skipIf(ON_WINDOWS)(
  named('links are followed once, and those that lead nowhere are named', ON_WINDOWS),
  async () => {
    await writeClasses(path.join(home.root, 'elsewhere'), glyphs(['a', 'b'], 6));
    await mkdir(from);
    for (const label of ['a', 'b']) await symlink(path.join(home.root, 'elsewhere', label), path.join(from, label));
    await symlink(path.join(home.root, 'elsewhere', 'a'), path.join(home.root, 'elsewhere', 'a', 'loop'));
    await symlink('nowhere', path.join(from, 'lost'));
    await symlink(path.join(from, 'b'), path.join(from, 'again'));
    expect(await problem()).toMatch(
      /^labels-same: DATA has a folder, \w+, that leads to the pictures of another class/,
    );
    await rm(path.join(from, 'again'));
    const { own, trainImages, testImages } = await take();
    expect(trainImages + testImages).toBe(12);
    expect(own.notes).toEqual(['Left out, because they lead nowhere: lost.']);
  },
);

const CANNOT_FORBID = ON_WINDOWS || (process.getuid?.() === 0 ? 'root may read everything' : null);
test.skipIf(CANNOT_FORBID)(named('a folder that cannot be read', CANNOT_FORBID), async () => {
  await writeClasses(from, glyphs(['a', 'b'], 6));
  await chmod(path.join(from, 'a'), 0);
  await expect(take()).rejects.toMatchObject({ code: 'file-forbidden', data: { option: 'from' } });
  await chmod(path.join(from, 'a'), 0o700);
});
