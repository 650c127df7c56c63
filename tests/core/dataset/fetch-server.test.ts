import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOCK_NAME } from '../../../src/core/dataset/dataset-store.ts';
import { fetchDatasets } from '../../../src/core/dataset/fetch.ts';
import type { FetchEvent } from '../../../src/core/dataset/fetch-event.ts';
import { acquireLock } from '../../../src/core/files/lock.ts';
import { makeArchive } from '../../helpers/archive.ts';
import { startArchiveServer } from './archive-server.ts';
import {
  datasetEntries,
  endOf,
  fetchAll,
  fetchError,
  installedFiles,
  QUICK,
  temporaryHome,
  trainLabels,
} from './fetching.ts';

let archive: Buffer;
let other: Buffer;
beforeAll(async () => {
  archive = await makeArchive({ letters: { train: 300, test: 60 }, digits: { train: 400, test: 100 } });
  other = await makeArchive({ digits: { train: 500, test: 50 }, letters: { train: 300, test: 60 } }, { seed: 9 });
});

describe('a server that supports ranges', () => {
  test('is asked only for the members of the split', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    const events = await fetchAll({ paths: home.paths, from: server.url });
    expect(endOf(events)).toEqual({ train: 400, test: 100 });
    expect(await trainLabels(home.paths)).toHaveLength(400);
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
    const members = [...(await installedFiles(home.paths)).keys()];
    expect(members).toContain('emnist-digits-mapping.txt');
    expect(members).toHaveLength(5);
    // One request for the directory, which is half of such a small archive, and another for the adjacent members.
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]!.userAgent).toMatch(/^emnist-tui\/\d+\.\d+\.\d+ \(\+node\)$/);
  });

  test('yields progress up to the last byte', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    const events = await fetchAll({ paths: home.paths, from: server.url, splits: ['digits', 'letters'] });
    expect(events.filter(({ event }) => event !== 'progress').map(({ event, split }) => [event, split])).toEqual([
      ['start', 'digits'],
      ['end', 'digits'],
      ['start', 'letters'],
      ['end', 'letters'],
    ]);
    for (const split of ['digits', 'letters']) {
      const progress = events.flatMap((event) => (event.event === 'progress' && event.split === split ? [event] : []));
      const bytes = progress.map((event) => event.bytes);
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      expect(progress.at(-1)!.bytes).toBe(progress.at(-1)!.total);
    }
  });

  test('can drop connections: the download is resumed, and nothing is downloaded twice', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      cutAfter: (request) => (request > 0 && request < 6 ? 30_000 : null),
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 400, test: 100 });
    expect(server.requests.length).toBeGreaterThan(5);
    const starts = server.requests.slice(1).map(({ range }) => Number(range!.match(/=(\d+)-/)![1]));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(new Set(starts).size).toBe(starts.length);
    expect(server.requests.slice(1).every(({ ifRange }) => ifRange?.startsWith('"'))).toBe(true);
  });

  test('that is asked again after an interruption sends only the rest', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      cutAfter: (request) => (request > 0 ? 40_000 : null),
    });
    const stop = new AbortController();
    const reason = new Error('stopped by the user');
    const run = async () => {
      for await (const event of fetchDatasets({
        splits: ['digits'],
        from: server.url,
        paths: home.paths,
        signal: stop.signal,
        env: {},
        network: { ...QUICK, retryDelay: 2000 },
      })) {
        if (event.event === 'progress' && event.bytes > 0) stop.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(await readdir(home.paths.datasets)).not.toContain('digits');

    server.behavior = { body: archive };
    const before = server.requests.length;
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 400, test: 100 });
    const [, members] = server.requests.slice(before);
    const first = Number(server.requests[1]!.range!.match(/=(\d+)-/)![1]);
    expect(Number(members!.range!.match(/=(\d+)-/)![1])).toBeGreaterThan(first);
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  });

  test('whose archive has changed since an interruption sends all of it', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      cutAfter: (request) => (request > 0 ? 40_000 : null),
    });
    await fetchError({ paths: home.paths, from: server.url, network: { ...QUICK, retries: 0 } });
    server.behavior = { body: other };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 500, test: 50 });
  });

  test('whose archive changes between two requests sends all of it', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(_request, _response, number) {
        if (number === 1) server.behavior = { body: other };
        return false;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 500, test: 50 });
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  });

  test('that sends no validator: a different size means that the archive has changed', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      etag: null,
      cutAfter: (request) => (request > 0 ? 40_000 : null),
    });
    await fetchError({ paths: home.paths, from: server.url, network: { ...QUICK, retries: 0 } });
    server.behavior = { body: other, etag: null };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 500, test: 50 });
  });
});

describe('the whole archive', () => {
  test('is downloaded from a server that ignores ranges', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, ranges: false });
    const events = await fetchAll({ paths: home.paths, from: server.url, splits: ['digits', 'letters'] });
    expect(endOf(events, 'digits')).toEqual({ train: 400, test: 100 });
    expect(endOf(events, 'letters')).toEqual({ train: 300, test: 60 });
    expect(await datasetEntries(home.paths)).toEqual(['digits', 'letters']);
    // One request to test for ranges, and one for the archive, which is used for both splits.
    expect(server.requests).toHaveLength(2);
  });

  test('contains the same files as its members downloaded one by one', async () => {
    await using home = await temporaryHome();
    await using ranged = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    await fetchAll({ paths: ranged.paths, from: server.url });
    const before = server.requests.length;
    await fetchAll({ paths: home.paths, from: server.url, whole: true });
    expect(server.requests.slice(before)).toEqual([expect.objectContaining({ range: undefined })]);
    expect(await installedFiles(home.paths)).toEqual(await installedFiles(ranged.paths));
  });

  test('is downloaded from a server that supports ranges only once', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(_request, _response, number) {
        if (number === 1) server.behavior = { body: archive, ranges: false };
        return false;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 400, test: 100 });
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  });

  test('is downloaded from a server that sends another range than requested', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(request, response) {
        if (!request.headers.range) return false;
        const data = archive.subarray(0, 1000);
        response.writeHead(206, { 'Content-Range': `bytes 0-999/${archive.length}` }).end(data);
        return true;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 400, test: 100 });
  });

  test('is downloaded from a server that does not send its size', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, ranges: false, chunked: true });
    const events = await fetchAll({ paths: home.paths, from: server.url });
    expect(endOf(events)).toEqual({ train: 400, test: 100 });
    expect(events.some((event) => event.event === 'progress' && event.total === null)).toBe(true);
  });

  test('is resumed by the next fetch', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, cutAfter: () => 50_000 });
    const options = { paths: home.paths, from: server.url, whole: true };
    await fetchError({ ...options, network: { ...QUICK, retries: 0 } });
    await fetchError({ ...options, network: { ...QUICK, retries: 0 } });
    expect(endOf(await fetchAll(options))).toEqual({ train: 400, test: 100 });
    expect(server.requests[1]).toMatchObject({ range: 'bytes=50000-', ifRange: expect.any(String) });
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  });

  test('is downloaded again if it has changed, or the server cannot resume', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, cutAfter: () => 50_000 });
    const options = { paths: home.paths, from: server.url, whole: true };
    await fetchError({ ...options, network: { ...QUICK, retries: 0 } });
    server.behavior = { body: other };
    expect(endOf(await fetchAll(options))).toEqual({ train: 500, test: 50 });

    await using second = await temporaryHome();
    server.behavior = { body: archive, ranges: false, cutAfter: () => 50_000 };
    await fetchError({ ...options, paths: second.paths, network: { ...QUICK, retries: 0 } });
    server.behavior = { body: archive, ranges: false };
    expect(endOf(await fetchAll({ ...options, paths: second.paths }))).toEqual({ train: 400, test: 100 });
  });

  test('must have the SHA-256 known for its URL', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    const options = { paths: home.paths, from: server.url, whole: true };
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const error = await fetchError({ ...options, knownSha256: { [server.url]: 'f'.repeat(64) } });
    expect(error).toMatchObject({ code: 'archive-damaged', message: expect.stringContaining(sha256) });
    // It was complete, so there is nothing to resume.
    expect(await datasetEntries(home.paths)).not.toContain('digits');
    expect(endOf(await fetchAll({ ...options, knownSha256: { [server.url]: sha256 } }))).toEqual({
      train: 400,
      test: 100,
    });
  });

  test('can have members of many megabytes', async () => {
    const large = await makeArchive({ digits: { train: 4000, test: 100 } });
    expect(large.length).toBeGreaterThan(1_500_000);
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: large });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, whole: true }))?.train).toBe(4000);
  });
});

test('a fetch that waits for another reports which process', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive });
  const lock = await acquireLock(path.join(home.paths.datasets, LOCK_NAME));
  const events: FetchEvent[] = [];
  const options = { splits: ['digits'], from: server.url, paths: home.paths, env: {}, network: QUICK } as const;
  for await (const event of fetchDatasets(options)) {
    events.push(event);
    if (event.event === 'waiting' && event.for === 'process') await lock[Symbol.asyncDispose]();
  }
  expect(events[1]).toEqual({
    event: 'waiting',
    split: 'digits',
    for: 'process',
    folder: home.paths.datasets,
    host: hostname(),
    process: process.pid,
    since: expect.any(String),
    isRunning: true,
  });
  expect(endOf(events)).toEqual({ train: 400, test: 100 });
});

test.each([
  ['by its signal', true],
  ['by leaving the iteration', false],
])('a fetch that waits for another is stopped %s, and leaves the lock alone', async (_name, bySignal) => {
  await using home = await temporaryHome();
  await using lock = await acquireLock(path.join(home.paths.datasets, LOCK_NAME));
  const stop = new AbortController();
  const run = async () => {
    const options = { splits: ['digits'], paths: home.paths, from: 'http://127.0.0.1:1/', env: {} } as const;
    for await (const event of fetchDatasets({ ...options, signal: stop.signal })) {
      if (event.event !== 'waiting') continue;
      if (!bySignal) return;
      stop.abort(new Error('stopped by the user'));
    }
  };
  if (bySignal) await expect(run()).rejects.toThrow('stopped by the user');
  else await run();
  expect(await datasetEntries(home.paths)).toEqual([LOCK_NAME]);
  expect(lock).toBeDefined();
});

test('two concurrent fetches both succeed and install one data set', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive });
  const options = { paths: home.paths, from: server.url };
  const both = await Promise.all([fetchAll(options), fetchAll(options)]);
  expect(both.map((events) => endOf(events))).toEqual([
    { train: 400, test: 100 },
    { train: 400, test: 100 },
  ]);
  // The second found what the first had fetched.
  expect(server.requests).toHaveLength(2);
  expect(await trainLabels(home.paths)).toHaveLength(400);
  expect(await datasetEntries(home.paths)).toEqual(['digits']);
  expect(await readdir(path.join(home.paths.datasets, 'digits'))).toHaveLength(6);
});

test.each([
  ['removed its folders', true],
  ['not', false],
])('a fetch whose lock another process has taken over, and %s, installs nothing', async (_, removes) => {
  await using home = await temporaryHome();
  const { datasets } = home.paths;
  await using server = await startArchiveServer({
    body: archive,
    async before(request) {
      if (request !== 1) return;
      const taken = {
        id: 'other',
        host: 'elsewhere',
        boot: '1',
        pid: 7,
        started: null,
        since: '2026-03-01T12:00:00.000Z',
      };
      await writeFile(path.join(datasets, LOCK_NAME), JSON.stringify(taken));
      if (!removes) return;
      for (const name of await readdir(datasets)) {
        if (name.startsWith('.fetch-')) await rm(path.join(datasets, name), { recursive: true });
      }
    },
  });
  await expect(fetchAll({ paths: home.paths, from: server.url })).rejects.toMatchObject({
    code: 'fetch-busy',
    data: { lost: true },
  });
  expect(await datasetEntries(home.paths)).not.toContain('digits');
  expect(await readFile(path.join(datasets, LOCK_NAME), 'utf8')).toContain('elsewhere');
});
