import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { estimateFetch, fetchEstimateText, spaceWarning } from '../../src/app/estimate-fetch.ts';
import type { FetchEstimate } from '../../src/core/dataset/fetch-estimate.ts';
import { NIST_BYTES, nistBytes } from '../../src/core/dataset/nist-sizes.ts';
import { SPLITS } from '../../src/core/dataset/splits.ts';
import * as disk from '../../src/core/files/free-space.ts';
import { startArchiveServer } from '../core/dataset/archive-server.ts';
import { datasetEntries, fetchAll, fetchError, QUICK, temporaryHome } from '../core/dataset/fetching.ts';
import { makeArchive } from '../helpers/archive.ts';

vi.mock(import('../../src/core/files/free-space.ts'), async (original) => {
  const files = await original();
  return { ...files, freeSpace: vi.fn(files.freeSpace) };
});

let archive: Buffer;
beforeAll(async () => {
  archive = await makeArchive({ letters: { train: 300, test: 60 }, digits: { train: 400, test: 100 } });
});

/** The bytes that a split takes up on disk, by its `end` event. */
async function sizeOnDisk(from: string): Promise<number> {
  await using home = await temporaryHome();
  const end = (await fetchAll({ paths: home.paths, from })).find(({ event }) => event === 'end');
  return end?.event === 'end' ? end.bytes : 0;
}

test("NIST's archive is known without asking NIST", async () => {
  await using home = await temporaryHome();
  const { paths } = home;
  expect(SPLITS.reduce((sum, split) => sum + nistBytes(split), 0)).toBeCloseTo(NIST_BYTES, -1);
  const balanced = await estimateFetch({}, { paths });
  expect(balanced).toMatchObject({ splits: ['balanced'], download: nistBytes('balanced'), exact: false });
  expect(fetchEstimateText(balanced)).toBe('about 32.8 MB to download, 32.8 MB on disk, 65.5 MB while fetching');
  expect(await estimateFetch({ split: 'all' }, { paths })).toMatchObject({ splits: SPLITS });
  const whole = await estimateFetch({ split: 'mnist', whole: true }, { paths });
  expect(whole).toMatchObject({ download: NIST_BYTES, needed: 2 * NIST_BYTES });
});

test('a local file is read', async () => {
  await using home = await temporaryHome();
  const from = path.join(home.root, 'archive.zip');
  await writeFile(from, archive);
  const bytes = await sizeOnDisk(from);
  const estimate = await estimateFetch({ split: 'digits', from }, { paths: home.paths });
  expect(estimate).toMatchObject({ download: 0, disk: bytes, needed: bytes, exact: true });
});

test('a server is asked once, and only for the directory', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive });
  const options = { split: 'digits', from: server.url } as const;
  expect(await estimateFetch(options, { paths: home.paths, ask: false })).toMatchObject({ download: null });
  expect(server.requests).toHaveLength(0);
  const estimate = await estimateFetch(options, { paths: home.paths });
  await estimateFetch({ ...options, split: 'letters' }, { paths: home.paths });
  expect(server.requests).toHaveLength(1);

  const before = server.sent;
  await fetchAll({ paths: home.paths, from: server.url });
  const downloaded = server.sent - before;
  // The directory comes in addition.
  expect(estimate.download).toBeGreaterThan(0);
  expect(estimate.download).toBeLessThan(downloaded);
  const end = await estimateFetch(options, { paths: home.paths });
  expect(end).toMatchObject({ splits: [], download: 0, needed: 0 });
  expect(fetchEstimateText(end)).toContain('already');
});

test('what an interrupted download has left counts', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({
    body: archive,
    cutAfter: (request) => (request > 1 ? 30_000 : null),
  });
  const options = { split: 'digits', from: server.url } as const;
  const before = await estimateFetch(options, { paths: home.paths });
  await fetchError({ paths: home.paths, from: server.url, network: { ...QUICK, retries: 0 } });
  const after = await estimateFetch(options, { paths: home.paths });
  expect(before.download! - after.download!).toBe(30_000);
});

test('a server without ranges has only the whole archive', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive, ranges: false });
  const estimate = await estimateFetch({ split: 'digits', from: server.url }, { paths: home.paths });
  expect(estimate).toMatchObject({ download: archive.length, disk: null, needed: 2 * archive.length });
});

test('a source that cannot be read has no sizes, and is asked again', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({
    body: archive,
    handle(_request, response, number) {
      if (number > 0) return false;
      response.writeHead(404).end();
      return true;
    },
  });
  const options = { split: 'digits', from: server.url } as const;
  const unknown = await estimateFetch(options, { paths: home.paths });
  expect(unknown).toMatchObject({ splits: ['digits'], download: null, disk: null, needed: null });
  expect([fetchEstimateText(unknown), spaceWarning(unknown)]).toEqual([null, null]);
  expect(await estimateFetch(options, { paths: home.paths })).toMatchObject({ download: expect.any(Number) });
});

test('too little space is a warning', () => {
  const estimate: FetchEstimate = {
    splits: ['digits'],
    download: 5e6,
    disk: 5e6,
    needed: 10e6,
    free: 9e6,
    exact: true,
  };
  expect(spaceWarning(estimate)).toBe('only 9 MB free, 10 MB needed');
  expect(spaceWarning({ ...estimate, free: 10e6 })).toBeNull();
  // An estimate may be a little too high.
  expect(spaceWarning({ ...estimate, exact: false, free: 9.7e6 })).toBeNull();
  expect(spaceWarning({ ...estimate, free: null })).toBeNull();
});

describe('a fetch is refused before it downloads when there is too little space', () => {
  test.each([
    ['the members of a server with ranges', { body: () => archive }, {}],
    ['the whole archive', { body: () => archive }, { whole: true }],
    ['the archive of a server without ranges', { body: () => archive, ranges: false }, {}],
  ])('%s', async (_name, { body, ...behavior }, options) => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: body(), ...behavior });
    vi.mocked(disk.freeSpace).mockResolvedValueOnce(20_000).mockResolvedValueOnce(20_000);
    const error = await fetchError({ paths: home.paths, from: server.url, ...options });
    expect(error).toMatchObject({
      code: 'disk-full',
      data: { path: home.paths.datasets, needed: expect.any(Number), free: 20_000 },
      message: expect.stringMatching(/digits needs [\d.]+ [kM]B of free space, but .* has only 20 kB/),
    });
    expect(await datasetEntries(home.paths)).toEqual([]);
    vi.mocked(disk.freeSpace).mockReset();
  });

  test('from NIST, without connecting', async () => {
    await using home = await temporaryHome();
    vi.mocked(disk.freeSpace).mockResolvedValueOnce(30e6);
    const error = await fetchError({ paths: home.paths, splits: ['balanced'] });
    expect(error).toMatchObject({ code: 'disk-full', message: expect.stringContaining('about 65.5 MB of free space') });
    vi.mocked(disk.freeSpace).mockReset();
  });
});
