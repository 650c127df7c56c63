import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { biasedModel } from '../helpers/biased-model.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

const home = await temporaryFolder(afterAll);
const paths = resolvePaths(home);
/** A model that takes everything for a 4. */
const ARGS = ['evaluate', '--split', 'digits', '--model', 'four'];

beforeAll(async () => {
  await installDatasets(paths, { digits: { train: 20, test: 30 } });
  await saveModel(biasedModel('four', ['4', 'A'], [3, 9]), paths);
});

test('the misread images are written as pictures with class and answer in their names', async () => {
  const folder = path.join(await temporaryFolder(), 'new', 'mistakes');
  const { code, events } = await runJson([...ARGS, '--mistakes', folder], { home });
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'end', images: 30, mistakes: { path: folder, images: 27 } });
  const { images, labels } = await readPart(paths, 'digits', 'test');
  const wrong = [...labels.keys()].filter((index) => labels[index] !== 4);
  const names = wrong.map((index) => `${String(index).padStart(6, '0')}-${labels[index]}-as-4.png`);
  expect((await readdir(folder)).sort()).toEqual(names);
  const { width, height, data } = PNG.sync.read(await readFile(path.join(folder, names[0]!)));
  expect([width, height]).toEqual([224, 224]);
  const image = Uint8Array.from(
    { length: 784 },
    (_, i) => data[4 * ((Math.floor(i / 28) * 8 + 3) * 224 + (i % 28) * 8 + 3)]!,
  );
  expect([...image]).toEqual([...images.subarray(wrong[0]! * 784, (wrong[0]! + 1) * 784)]);
});

test('a folder that is not empty needs --force, which replaces the images of an earlier evaluation only', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, '.DS_Store'), '');
  const first = await run([...ARGS, '--mistakes', folder], { home });
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/^Mistakes +27 images in .+$/m);
  await writeFile(path.join(folder, '000000-9-as-4.png'), 'not ours');
  await writeFile(path.join(folder, 'notes.txt'), 'mine');

  const again = await run([...ARGS, '--mistakes', folder], { home });
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(ERROR_LINE);
  expect(again.stderr).toMatch(/not empty — choose another --mistakes, or replace it with --force/);
  expect(again.stdout).toBe('');

  const forced = await run([...ARGS, '--limit', '10', '--mistakes', folder, '--force'], { home });
  expect(forced.code).toBe(0);
  const pictures = (await readdir(folder)).filter((name) => name.endsWith('.png') && name !== '000000-9-as-4.png');
  expect(pictures).toHaveLength(9);
  expect(await readFile(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  expect(await readFile(path.join(folder, '000000-9-as-4.png'), 'utf8')).toBe('not ours');
});

test.skipIf(ON_WINDOWS)(named('links and folders with such names stay', ON_WINDOWS), async () => {
  const folder = await temporaryFolder();
  const kept = path.join(await temporaryFolder(), 'kept.png');
  expect((await run([...ARGS, '--limit', '10', '--mistakes', folder], { home })).code).toBe(0);
  await rename(path.join(folder, (await readdir(folder))[0]!), kept);
  const [link, subfolder] = ['900000-9-as-4.png', '900001-9-as-4.png'];
  await symlink(kept, path.join(folder, link));
  await mkdir(path.join(folder, subfolder));
  expect((await run([...ARGS, '--limit', '10', '--mistakes', folder, '--force'], { home })).code).toBe(0);
  expect(await readdir(folder)).toEqual(expect.arrayContaining([link, subfolder]));
});

test('a file in its place, and --force alone, are refused', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  const { code, events } = await runJson([...ARGS, '--mistakes', file], { home });
  expect(code).toBe(1);
  expect(events).toEqual([expect.objectContaining({ event: 'error', code: 'file-not-folder' })]);
  expect((await run([...ARGS, '--force'], { home })).code).toBe(2);
});

test('an evaluation that cannot start leaves no folder behind', async () => {
  const folder = path.join(await temporaryFolder(), 'mistakes');
  await mkdir(path.dirname(folder), { recursive: true });
  expect((await run([...ARGS, '--characters', 'Z', '--mistakes', folder], { home })).code).not.toBe(0);
  expect(await readdir(path.dirname(folder))).toEqual([]);
});
