import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { errorOfFailure } from '../../../src/core/dataset/network-errors.ts';
import { PartFile } from '../../../src/core/dataset/part-file.ts';
import { idx, makeArchive } from '../../helpers/archive.ts';
import { named } from '../../helpers/skip.ts';
import { type Behavior, startArchiveServer } from './archive-server.ts';
import { datasetEntries, endOf, fetchAll, fetchError, QUICK, temporaryHome } from './fetching.ts';

let archive: Buffer;
beforeAll(async () => {
  archive = await makeArchive({ digits: { train: 300, test: 60 } });
});

/** Fetches `digits` from a server, and returns the error and what is left in the folder. */
async function errorFrom(behavior: Behavior, options: { whole?: boolean; network?: object } = {}) {
  await using home = await temporaryHome();
  await using server = await startArchiveServer(behavior);
  const error = await fetchError({ paths: home.paths, from: server.url, ...options });
  return { error, url: server.url, left: await datasetEntries(home.paths), requests: server.requests.length };
}

const status = (code: number): Behavior => ({
  body: archive,
  handle(_request, response) {
    response.writeHead(code).end('sorry');
    return true;
  },
});

const PAGE = Buffer.from('<!DOCTYPE html>\n<html><body>Please accept our terms.</body></html>\n');

describe('a server', () => {
  test('that denies access to the program', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(request, response) {
        if (request.headers['user-agent']?.startsWith('Mozilla')) return false;
        response.writeHead(403).end();
        return true;
      },
    });
    const error = await fetchError({ paths: home.paths, from: server.url });
    expect(error.code).toBe('archive-forbidden');
    expect(error.message).toContain('403');
    expect(error.data).toEqual({ url: server.url, status: 403 });
    expect(server.requests).toHaveLength(1);
  });

  test('that does not have the archive', async () => {
    const { error, url, left } = await errorFrom(status(404));
    expect(error.code).toBe('archive-not-found');
    expect(error.message).toContain(url);
    expect(error.data).toEqual({ url, status: 404 });
    expect(left).toEqual([]);
  });

  test('that is overloaded is retried a few times', async () => {
    const { error, requests } = await errorFrom(status(503));
    expect(error).toMatchObject({ code: 'server-failed', message: expect.stringContaining('503') });
    expect(requests).toBe(1 + QUICK.retries);

    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle: (_request, response, number) => {
        if (number > 1) return false;
        response.writeHead(503).end();
        return true;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 300, test: 60 });
  });

  test.each([
    ['ranges', { ranges: true }],
    ['no ranges', { ranges: false }],
    ['the type of a zip file', { contentType: 'application/zip' }],
  ])('that sends a web page instead of the archive (%s)', async (_name, how) => {
    const { error, left } = await errorFrom({ body: PAGE, contentType: 'text/html; charset=utf-8', ...how });
    expect(error.code).toBe('archive-not-zip');
    expect(error.message).toMatch(/is a web page, not a zip file/);
    expect(left).toEqual([]);
  });

  test('that sends nothing at all', async () => {
    const { error } = await errorFrom({ body: Buffer.alloc(0), ranges: false });
    expect(error.code).toBe('archive-not-zip');
  });

  test.each([false, true])('that drops every connection is eventually given up on (whole: %s)', async (whole) => {
    const cut = { body: archive, cutAfter: (request: number) => (whole || request > 0 ? 0 : null) };
    const { error, left, requests } = await errorFrom(cut, { whole });
    expect(error.code).toBe('download-cut');
    expect(requests).toBe((whole ? 1 : 2) + QUICK.retries);
    expect(left).not.toContain('digits');
  });

  test('that always drops the connection at the same byte and cannot resume is eventually given up on', async () => {
    const { error } = await errorFrom({ body: archive, ranges: false, cutAfter: () => 20_000 });
    expect(error.code).toBe('download-cut');
  });

  test('that does not respond is eventually given up on', async () => {
    const silent: Behavior = { body: archive, handle: () => true };
    const { error } = await errorFrom(silent, { network: { responseTimeout: 50, retries: 1, retryDelay: 1 } });
    expect(error).toMatchObject({ code: 'download-stalled', message: expect.stringContaining('0.05 seconds') });
  });

  test('that stalls during a response is asked for the rest', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(request, response, number) {
        if (number !== 1) return false;
        const [from, to] = request.headers.range!.match(/\d+/g)!.map(Number) as [number, number];
        response.writeHead(206, {
          ETag: '"one"',
          'Content-Range': `bytes ${from}-${to}/${archive.length}`,
          'Content-Length': to - from + 1,
        });
        response.write(archive.subarray(from, from + 5000));
        return true;
      },
      etag: '"one"',
    });
    const network = { ...QUICK, idleTimeout: 300 };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, network }))).toEqual({ train: 300, test: 60 });
    const [first, second] = server.requests.slice(1).map(({ range }) => Number(range!.match(/\d+/)![0]));
    expect(second).toBe(first! + 5000);
  });

  test('may be slow to respond', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive, before: () => delay(200) });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 300, test: 60 });
  });

  test('may redirect', async () => {
    await using home = await temporaryHome();
    await using target = await startArchiveServer({ body: archive });
    await using server = await startArchiveServer({
      body: archive,
      handle(_request, response) {
        response.writeHead(302, { Location: target.url }).end();
        return true;
      },
    });
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url }))).toEqual({ train: 300, test: 60 });
    expect(target.requests).toHaveLength(2);
  });

  test('that does not exist, or does not accept connections', async () => {
    await using home = await temporaryHome();
    const unknown = await fetchError({ paths: home.paths, from: 'http://no-such-host.invalid/gzip.zip' });
    expect(unknown).toMatchObject({
      code: 'host-unreachable',
      data: { host: 'no-such-host.invalid', systemCode: 'ENOTFOUND' },
    });
    expect(unknown.message).toContain('no-such-host.invalid');

    const server = await startArchiveServer({ body: archive });
    await server[Symbol.asyncDispose]();
    expect(await fetchError({ paths: home.paths, from: server.url })).toMatchObject({ code: 'host-unreachable' });
  });

  test('receives the password in its URL, even with a lone %, which appears nowhere else', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(request, response) {
        if (request.headers.authorization === `Basic ${btoa('me:secret%')}`) return false;
        response.writeHead(401).end();
        return true;
      },
    });
    const from = server.url.replace('http://', 'http://me:secret%@');
    const events = await fetchAll({ paths: home.paths, from });
    expect(endOf(events)).toEqual({ train: 300, test: 60 });
    expect(JSON.stringify(events)).not.toContain('secret');
  });
});

test.each([
  ['EAI_AGAIN', 'getaddrinfo', 'host-unreachable', /cannot connect to example\.org \(EAI_AGAIN\)/],
  ['ETIMEDOUT', 'connect', 'host-unreachable', /cannot connect/],
  ['ETIMEDOUT', 'read', 'download-cut', /the connection to example\.org was lost/],
  ['ECONNRESET', 'read', 'download-cut', /was lost/],
])('%s of %s is %s, and worth a retry', (code, syscall, expected, message) => {
  const error = Object.assign(new Error(code), { code, syscall });
  const url = 'https://example.org/gzip.zip';
  for (const thrown of [error, Object.assign(new AggregateError([error]), { code })]) {
    const known = errorOfFailure(thrown, url, false);
    expect(known).toMatchObject({ code: expected, message: expect.stringMatching(message), transient: true });
  }
});

describe('an archive', () => {
  test.each([false, true])('with a damaged member is rejected and deleted (whole: %s)', async (whole) => {
    // In the middle of the largest member, which is not compressed, so that it can still be extracted.
    const damaged = Buffer.from(await makeArchive({ digits: { train: 300, test: 60 } }, { compress: false }));
    damaged[Math.floor(damaged.length / 3)]! ^= 1;
    const { error, left } = await errorFrom({ body: damaged }, { whole });
    expect(error.code).toBe('archive-damaged');
    expect(error.message).toContain('CRC of gzip/emnist-digits-');
    expect(error.data).toMatchObject({ reason: expect.stringContaining('CRC') });
    expect(left).toEqual([]);
  });

  test('that is truncated on the server', async () => {
    const { error, left } = await errorFrom({ body: archive.subarray(0, archive.length / 2) });
    expect(error).toMatchObject({ code: 'archive-damaged', message: expect.stringContaining('its end is missing') });
    expect(left).toEqual([]);
  });

  const IMAGES = 'gzip/emnist-digits-train-images-idx3-ubyte.gz';
  const LABELS = 'gzip/emnist-digits-train-labels-idx1-ubyte.gz';
  test.each<[string, string, (file: Buffer) => Buffer, RegExp]>([
    ['truncated images', IMAGES, (file) => gzipSync(gunzipSync(file).subarray(0, 5000)), /4984 of 235200 bytes/],
    ['truncated gzip', IMAGES, (file) => file.subarray(0, 9000), /gzip data is corrupt/],
    ['one label too few', LABELS, () => gzipSync(idx([299], Buffer.alloc(299))), /300 images, but .* 299 labels/],
    ['a label too high', LABELS, () => gzipSync(idx([300], Buffer.alloc(300, 10))), /the label 10, outside 0 to 9/],
    ['images of 14x14', IMAGES, () => gzipSync(idx([300, 14, 14], Buffer.alloc(300 * 196))), /14x14, not 28x28/],
    ['labels for images', IMAGES, () => gzipSync(idx([300], Buffer.alloc(300))), /1 dimension, like labels/],
    ['no images', IMAGES, () => gzipSync(idx([0, 28, 28], Buffer.alloc(0))), /0 images, but/],
    ['text', IMAGES, () => gzipSync('hello there, this is not IDX'), /not an IDX file/],
    ['another mapping', 'gzip/emnist-digits-mapping.txt', () => Buffer.from('0 65\n'), /does not name the classes/],
  ])('with %s is rejected', async (_name, member, change, message) => {
    await using home = await temporaryHome();
    const zip = path.join(home.root, 'archive.zip');
    const alter = (files: Map<string, Buffer>) => files.set(member, change(files.get(member)!));
    await writeFile(zip, await makeArchive({ digits: { train: 300, test: 60 } }, { alter }));
    const error = await fetchError({ paths: home.paths, from: zip });
    expect(error.code).toBe('archive-invalid');
    expect(error.message).toMatch(message);
    expect(await datasetEntries(home.paths)).toEqual([]);
  });

  test('without the split: the error lists the splits that it has', async () => {
    await using home = await temporaryHome();
    const zip = path.join(home.root, 'archive.zip');
    await writeFile(zip, archive);
    const error = await fetchError({ paths: home.paths, from: zip, splits: ['letters'] });
    expect(error.code).toBe('archive-without-split');
    expect(error.message).toContain('emnist-letters-train-images-idx3-ubyte.gz');
    expect(error.data).toMatchObject({ split: 'letters', splits: ['digits'] });
  });
});

describe('a local file', () => {
  test.each<[string, Buffer | null, string, RegExp]>([
    ['does not exist', null, 'archive-missing', /no such file: .*archive\.zip/],
    ['is a web page', PAGE, 'archive-not-zip', /web page/],
    ['is something else', Buffer.from('%PDF-1.7 and so on'), 'archive-not-zip', /is not a zip file/],
    ['is empty', Buffer.alloc(0), 'archive-not-zip', /is not a zip file/],
  ])('that %s', async (_name, content, code, message) => {
    await using home = await temporaryHome();
    const file = path.join(home.root, 'archive.zip');
    if (content) await writeFile(file, content);
    const error = await fetchError({ paths: home.paths, from: file });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('that is a folder', async () => {
    await using home = await temporaryHome();
    expect(await fetchError({ paths: home.paths, from: home.root })).toMatchObject({ code: 'file-is-folder' });
  });

  test('or a URL that cannot be fetched from', async () => {
    await using home = await temporaryHome();
    for (const from of ['ftp://example.org/gzip.zip', 'http://']) {
      const error = await fetchError({ paths: home.paths, from });
      expect(error.code).toBe('source-invalid');
    }
  });
});

describe('the data folder', () => {
  test('cannot be created', async () => {
    await using home = await temporaryHome();
    const file = path.join(home.root, 'file');
    await writeFile(file, '');
    const paths = {
      datasets: path.join(file, 'datasets'),
      models: path.join(file, 'models'),
      samples: path.join(file, 'samples.jsonl'),
    };
    const error = await fetchError({ paths, from: path.join(home.root, 'archive.zip') });
    expect(error).toMatchObject({ code: 'file-not-folder', data: { systemCode: 'ENOTDIR' } });
    expect(error.message).toContain(file);
  });

  const noFullDisk = process.platform === 'linux' ? null : 'only Linux has /dev/full, a disk that is always full';
  test.skipIf(noFullDisk)(named('is on a full disk', noFullDisk), async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    const part = await PartFile.open(home.paths.datasets, server.url, null, null);
    await fetchError({ paths: home.paths, from: path.join(home.root, 'none.zip') });
    await symlink('/dev/full', part.file);
    const error = await fetchError({ paths: home.paths, from: server.url, whole: true });
    expect(error.code).toBe('disk-full');
    expect(await datasetEntries(home.paths)).not.toContain('digits');
  });

  test('contains a file of the user in the folder of the split', async () => {
    await using home = await temporaryHome();
    const zip = path.join(home.root, 'archive.zip');
    await writeFile(zip, archive);
    await fetchAll({ paths: home.paths, from: zip });
    const note = path.join(home.paths.datasets, 'digits', 'my-notes.txt');
    await writeFile(note, 'keep me');
    await writeFile(path.join(home.paths.datasets, 'digits', 'dataset.json'), '{}');
    expect(await fetchError({ paths: home.paths, from: zip })).toMatchObject({
      code: 'dataset-folder-foreign',
      message: expect.stringContaining('my-notes.txt'),
    });
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  });

  test('contains files that the Finder and the Explorer add', async () => {
    await using home = await temporaryHome();
    const zip = path.join(home.root, 'archive.zip');
    await writeFile(zip, archive);
    await fetchAll({ paths: home.paths, from: zip });
    const folder = path.join(home.paths.datasets, 'digits');
    for (const name of ['.DS_Store', 'Desktop.ini']) await writeFile(path.join(folder, name), '');
    await writeFile(path.join(folder, 'dataset.json'), '{}');
    expect(endOf(await fetchAll({ paths: home.paths, from: zip }))).not.toBeNull();
  });
});
