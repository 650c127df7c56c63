import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCharacters } from '../../src/app/read-characters.ts';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { startArchiveServer } from '../core/dataset/archive-server.ts';
import { endOf, fetchAll, temporaryHome } from '../core/dataset/fetching.ts';
import { idx, makeArchive } from '../helpers/archive.ts';
import { unzip, zip } from '../helpers/zip.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, mutateBytes } from './mutations.ts';

const COUNTS = { digits: { train: 20, test: 10 } };

let home: Awaited<ReturnType<typeof temporaryHome>>;
let file: string;
beforeEach(async () => {
  home = await temporaryHome();
  file = path.join(home.root, 'archive.zip');
});
afterEach(() => home[Symbol.asyncDispose]());

/** Fetches from an archive. What was fetched can be read, and after an error nothing is left. */
async function fetchFrom(from: string, whole = false): Promise<void> {
  await rm(home.paths.datasets, { recursive: true, force: true });
  try {
    const events = await fetchAll({ from, whole, paths: home.paths });
    const { images } = await readPart(home.paths, 'digits', 'train');
    expect(images).toHaveLength(endOf(events)!.train * 28 * 28);
  } catch (error) {
    expect(await readdir(home.paths.datasets).catch(() => [])).not.toContain('digits');
    throw error;
  }
}

test.each([
  ['members read one by one', false],
  ['unpacked as a whole', true],
])('mutated bytes of an archive, %s', async (_, whole) => {
  const archive = await makeArchive(COUNTS);
  await fuzz(
    byteMutations,
    async (mutations) => {
      await writeFile(file, mutateBytes(archive, mutations));
      await fetchFrom(file, whole);
    },
    { seed: 1, runs: 120 },
  );
});

test.each([
  ['folder', 'gzip/', 'gz\0p/'],
  ['file', '-mapping.txt', '-mapp\0ng.txt'],
])('a zero byte in the name of a %s is damage', async (_, name, damaged) => {
  const archive = await makeArchive(COUNTS);
  await writeFile(file, Buffer.from(archive.toString('latin1').replaceAll(name, damaged), 'latin1'));
  await expect(fetchFrom(file, true)).rejects.toMatchObject({ code: 'archive-damaged' });
});

test('mutated bytes of an archive on a server', async () => {
  const archive = await makeArchive(COUNTS);
  await using server = await startArchiveServer({ body: archive });
  await fuzz(
    byteMutations,
    async (mutations) => {
      server.behavior = { body: mutateBytes(archive, mutations) };
      await fetchFrom(server.url);
    },
    { seed: 2, runs: 80 },
  );
});

test('mutated files in an archive whose checksums are right', async () => {
  const members = await unzip(await makeArchive(COUNTS));
  const inputs = fc.tuple(fc.constantFrom(...members.keys()), fc.boolean(), byteMutations);
  const { accepted, refused } = await fuzz(
    inputs,
    async ([name, unpacked, mutations]) => {
      const member = members.get(name)!;
      const isUnpacked = unpacked && name.endsWith('.gz');
      const mutated = mutateBytes(isUnpacked ? gunzipSync(member) : member, mutations);
      await writeFile(file, await zip(new Map([...members, [name, isUnpacked ? gzipSync(mutated) : mutated]])));
      await fetchFrom(file);
    },
    { seed: 3, runs: 120 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(5);
});

test.each(['plain', 'gzipped'])('mutated bytes of %s IDX images', async (form) => {
  const images = idx(
    [2, 28, 28],
    Uint8Array.from({ length: 2 * 784 }, (_, index) => index % 256),
  );
  const contents = form === 'plain' ? images : gzipSync(images);
  await fuzz(
    byteMutations,
    async (mutations) => {
      await writeFile(file, mutateBytes(contents, mutations));
      for await (const { image } of readCharacters([file])) expect(image).toHaveLength(784);
    },
    { seed: 4, runs: 300 },
  );
});
