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
    { seed: 1, runs: 300 },
  );
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
    { seed: 2, runs: 120 },
  );
});

test('mutated files in an archive whose checksums are right', async () => {
  const files = await membersOf();
  const inputs = fc.tuple(fc.constantFrom(...files), fc.boolean(), byteMutations);
  const { accepted, refused } = await fuzz(
    inputs,
    async ([name, unpacked, mutations]) => {
      const alter = (members: Map<string, Buffer>) => {
        const packed = members.get(name)!;
        const isGzipped = name.endsWith('.gz');
        const mutated = mutateBytes(unpacked && isGzipped ? gunzipSync(packed) : packed, mutations);
        members.set(name, unpacked && isGzipped ? gzipSync(mutated) : mutated);
      };
      await writeFile(file, await makeArchive(COUNTS, { alter }));
      await fetchFrom(file);
    },
    { seed: 3, runs: 200 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(5);
});

async function membersOf(): Promise<string[]> {
  let names: string[] = [];
  await makeArchive(COUNTS, {
    alter(members) {
      names = [...members.keys()];
    },
  });
  return names;
}

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
    { seed: 4, runs: 500 },
  );
});
