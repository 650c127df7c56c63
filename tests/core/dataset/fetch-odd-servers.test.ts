import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FetchEvent } from '../../../src/core/dataset/fetch-event.ts';
import { makeArchive } from '../../helpers/archive.ts';
import { type Behavior, startArchiveServer } from './archive-server.ts';
import { datasetEntries, endOf, fetchAll, fetchError, installedFiles, QUICK, temporaryHome } from './fetching.ts';

/** Servers, and what stands between them and the user, that do not behave as expected. */

let archive: Buffer;
/** As large, with other images. */
let twin: Buffer;
beforeAll(async () => {
  archive = await makeArchive(
    { letters: { train: 300, test: 60 }, digits: { train: 400, test: 100 } },
    { compress: false },
  );
  // In the middle of the largest member of digits, which is not compressed: only its CRC-32 reveals it.
  twin = Buffer.from(archive);
  twin[Math.floor(twin.length * 0.7)]! ^= 1;
});
const COUNTS = { train: 400, test: 100 };

const perBackend = (request: number) => `"backend-${request % 3}"`;
const weak = (request: number) => `W/"${request % 2}"`;
const dates = (request: number) => new Date(1.6e12 + 1000 * (request % 3)).toUTCString();

describe.each<[string, Partial<Behavior>]>([
  ['ETags', { etag: perBackend }],
  ['weak ETags', { etag: weak }],
  ['dates', { etag: null, lastModified: dates }],
  ['ETags and dates', { etag: perBackend, lastModified: dates }],
])('%s that differ from one request to the next', (_name, validators) => {
  test('do not keep the members from being downloaded', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, ...validators });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
    // At most one more, without the condition that was not met.
    expect(server.requests.length).toBeLessThanOrEqual(3);
    expect(server.sent).toBeLessThan(2 * archive.length);
  });

  test.each([false, true])('do not keep a download from being resumed (whole: %s)', async (whole) => {
    await using home = await temporaryHome();
    const cutAfter = (request: number) => (request === 0 && !whole ? null : 30_000);
    await using server = await startArchiveServer({ body: archive, ...validators, cutAfter });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, whole }))).toEqual(COUNTS);
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
    // Each request adds 30,000 bytes, so it takes at most two for each of them.
    expect(server.requests.length).toBeLessThan((2 * archive.length) / 30_000 + 3);
  });

  test('do not keep the next fetch from resuming', async () => {
    await using home = await temporaryHome();
    const cutAfter = (request: number) => (request === 0 ? null : 30_000);
    await using server = await startArchiveServer({ body: archive, ...validators, cutAfter });
    await fetchError({ paths: home.paths, from: server.url, network: { ...QUICK, retries: 0 } });
    const before = server.requests.length;
    server.behavior = { body: archive, ...validators };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
    const starts = server.requests.map(({ range }) => Number(range!.match(/=(\d+)/)?.[1] ?? 0));
    expect(starts.at(-1)).toBeGreaterThan(starts[1]!);
    expect(server.requests.length).toBeGreaterThan(before);
  });
});

test.each([false, true])(
  'an archive that changes in between, but not in size, is downloaded again (whole: %s)',
  async (whole) => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: twin,
      cutAfter: (request) => (request === 0 && !whole ? null : (whole ? 0.8 : 0.4) * archive.length),
      handle(_request, _response, number) {
        if (number === (whole ? 1 : 2)) server.behavior = { body: archive };
        return false;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, whole }))).toEqual(COUNTS);
    await using other = await temporaryHome();
    await fetchAll({ paths: other.paths, from: server.url });
    expect(await installedFiles(home.paths)).toEqual(await installedFiles(other.paths));
  },
);

test('an archive that is damaged on such a server is not downloaded for ever', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: twin, etag: perBackend });
  const error = await fetchError({ paths: home.paths, from: server.url });
  expect(error).toMatchObject({ code: 'archive-damaged', message: expect.stringContaining('CRC') });
  expect(server.requests.length).toBeLessThan(8);
  expect(await datasetEntries(home.paths)).toEqual([]);
});

test.each<[string, Behavior['encoding']]>([
  ['gzip', { name: 'gzip', encode: (body) => gzipSync(body) }],
  ['x-gzip', { name: 'x-gzip', encode: (body) => gzipSync(body) }],
  ['deflate', { name: 'deflate', encode: (body) => deflateSync(body) }],
  ['br', { name: 'br', encode: (body) => brotliCompressSync(body) }],
  ['gzip, without being compressed', { name: 'gzip', encode: (body) => body }],
  ['an encoding that nobody knows, without being encoded', { name: 'gz', encode: (body) => body }],
])('a Content-Encoding: %s', async (_name, encoding) => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive, ranges: false, encoding });
  expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
});

test('a Content-Encoding: an encoded download that is cut starts over', async () => {
  await using home = await temporaryHome();
  const encoding = { name: 'gzip', encode: (body: Buffer) => gzipSync(body, { level: 0 }) };
  await using server = await startArchiveServer({
    body: archive,
    encoding,
    cutAfter: (request) => (request === 0 ? 50_000 : null),
  });
  expect(endOf(await fetchAll({ paths: home.paths, from: server.url, whole: true }))).toEqual(COUNTS);
  expect(server.requests.map(({ range }) => range)).toEqual([undefined, undefined]);
});

test.each<[string, NonNullable<Behavior['encoding']>, RegExp]>([
  [
    'an unknown one',
    { name: 'compress', encode: (body) => body.subarray(100) },
    /sent as "compress", which cannot be decoded/,
  ],
  ['damaged', { name: 'gzip', encode: (body) => gzipSync(body).fill(7, 1000, 3000) }, /sent as "gzip", and is damaged/],
  ['wrong', { name: 'gzip', encode: () => Buffer.from('hello') }, /sent as "gzip", and is damaged/],
])('a Content-Encoding: %s is an error', async (_name, encoding, message) => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive, ranges: false, encoding });
  const error = await fetchError({ paths: home.paths, from: server.url });
  expect(error).toMatchObject({ code: 'download-failed', message: expect.stringMatching(message) });
});

describe('ranges', () => {
  test('that may not count from the end', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, suffixRanges: false });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
    expect(server.requests.map(({ range }) => range)[1]).toMatch(/^bytes=\d+-\d+$/);
    expect(server.requests).toHaveLength(3);
  });

  test('whose responses do not say how large the file is', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, rangeSize: false });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
    expect(server.requests).toHaveLength(2);
  });

  test('that are promised and not kept', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, ranges: false, acceptRanges: 'bytes' });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual(COUNTS);
  });
});

test('redirects in a circle', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({
    body: archive,
    handle(request, response) {
      response.writeHead(302, { Location: request.url }).end();
      return true;
    },
  });
  const error = await fetchError({ paths: home.paths, from: server.url });
  expect(error).toMatchObject({ code: 'download-failed', message: expect.stringContaining('redirects in a circle') });
  expect(server.requests).toHaveLength(11);
});

test('a redirect to something else', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({
    body: archive,
    handle(_request, response) {
      response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
      return true;
    },
  });
  const error = await fetchError({ paths: home.paths, from: server.url });
  expect(error.message).toContain('redirects to file:///etc/passwd, which is not an http or https URL');
});

/** The waits that a fetch reports. */
const waits = (events: readonly FetchEvent[]) => events.filter((event) => event.event === 'waiting');

describe('a server that takes its time', () => {
  test('with the first byte is waited for, and that is reported', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, before: () => delay(1500) });
    // Longer than a response may pause, which is something else.
    const network = { ...QUICK, idleTimeout: 1000 };
    const events = await fetchAll({ paths: home.paths, from: server.url, network });
    expect(endOf(events)).toEqual(COUNTS);
    const { host } = new URL(server.url);
    expect(waits(events)).toEqual(
      Array(2).fill({ event: 'waiting', split: 'digits', for: 'server', host, seconds: expect.any(Number) }),
    );
  });

  test('with the first byte is given up on in the end, and not asked again', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, handle: () => true });
    const error = await fetchError({ paths: home.paths, from: server.url, network: { ...QUICK, responseTimeout: 50 } });
    expect(error).toMatchObject({ code: 'download-stalled', message: expect.stringContaining('0.05 seconds') });
    expect(server.requests).toHaveLength(1);
  });

  test('with each byte is not given up on while there are any', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      ranges: false,
      handle(_request, response, number) {
        if (number === 0) return false;
        response.writeHead(200, { 'Content-Length': archive.length });
        void (async () => {
          const step = Math.ceil(archive.length / 8);
          for (let start = 0; start < archive.length; start += step) {
            response.write(archive.subarray(start, start + step));
            await delay(150);
          }
          response.end();
        })();
        return true;
      },
    });
    // All of it takes longer than a pause may.
    const network = { ...QUICK, idleTimeout: 600, retries: 0 };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, network }))).toEqual(COUNTS);
  });

  test('to recover is asked again, and that is reported', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(_request, response, number) {
        if (number > 0) return false;
        response.writeHead(503, { 'Retry-After': '1' }).end();
        return true;
      },
    });
    const events = await fetchAll({ paths: home.paths, from: server.url });
    expect(endOf(events)).toEqual(COUNTS);
    const { host } = new URL(server.url);
    const reason = `${server.url} is unavailable (HTTP 503)`;
    expect(waits(events)).toEqual([{ event: 'waiting', split: 'digits', for: 'retry', host, seconds: 1, reason }]);
  });

  test('can be left while it is waited for', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, handle: () => true });
    const { fetchDatasets } = await import('../../../src/core/dataset/fetch.ts');
    for await (const event of fetchDatasets({ splits: ['digits'], from: server.url, paths: home.paths, env: {} })) {
      if (event.event === 'waiting') break;
    }
    expect(await datasetEntries(home.paths)).toEqual([]);
  });
});
