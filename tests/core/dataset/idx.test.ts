import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gunzipFile } from '../../../src/core/dataset/idx.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import { idx } from '../../helpers/archive.ts';
import { inPieces, readIdx } from '../../helpers/idx.ts';
import { temporaryHome } from './fetching.ts';

const PIXELS = Uint8Array.from({ length: 3 * 4 * 5 }, (_, index) => index);

test('can be read in chunks of any size, plain and gzipped', async () => {
  await using home = await temporaryHome();
  const bytes = idx([3, 4, 5], PIXELS);
  const expected = { dims: [3, 4, 5], data: PIXELS };
  expect(await readIdx(bytes, { name: 'images' })).toEqual(expected);
  for (const size of [1, 3, 16, 17, 1000]) {
    expect(await readIdx(inPieces(bytes, size), { name: 'images', dims: 3 })).toEqual(expected);
  }
  const gzipped = path.join(home.root, 'images');
  await writeFile(gzipped, gzipSync(bytes));
  expect(await readIdx(gunzipFile(gzipped), { name: 'images', dims: 3 })).toEqual(expected);
});

const header = (...bytes: number[]) => Buffer.from(bytes);
test.each<[string, Uint8Array, RegExp]>([
  ['nothing', header(), /ends within its header, after 0 bytes/],
  ['half a header', idx([3, 4, 5], PIXELS).subarray(0, 9), /ends within its header, after 9 bytes/],
  ['too few bytes', idx([3, 4, 5], PIXELS).subarray(0, 50), /only 34 of 60 bytes/],
  ['too many bytes', idx([3, 4, 5], Buffer.alloc(61)), /continues after its 60 bytes/],
  ['floats', header(0, 0, 0x0d, 3, ...Array(12).fill(1)), /has floats/],
  ['an unknown type', header(0, 0, 0x55, 3, ...Array(12).fill(1)), /unknown type \(0x55\)/],
  ['labels', idx([4], Buffer.alloc(4)), /1 dimension, like labels/],
  ['no dimensions', header(0, 0, 8, 0, 1, 1), /0 dimensions/],
  ['images without pixels', idx([0xffffffff, 0, 28], Buffer.alloc(0)), /more than the limit/],
  ['more than a file can hold', idx([0xffffffff, 28, 28], PIXELS), /4294967295 x 28 x 28 bytes/],
  ['a zip file', Buffer.from('PK\x03\x04 and so on'), /a zip archive/],
  ['a web page', Buffer.from('<!DOCTYPE html><html>'), /a web page/],
  ['a picture', header(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /a picture/],
  ['a gzip file in another', gzipSync(idx([3, 4, 5], PIXELS)), /gzipped twice/],
])('%s instead of images is rejected, plain and gzipped', async (_name, bytes, message) => {
  await using home = await temporaryHome();
  const expected = { code: 'idx-invalid', message: expect.stringMatching(message) };
  await expect(readIdx(bytes, { name: 'given', dims: 3 })).rejects.toMatchObject(expected);
  const file = path.join(home.root, 'given');
  await writeFile(file, gzipSync(bytes));
  await expect(readIdx(gunzipFile(file), { name: 'given', dims: 3 })).rejects.toMatchObject(expected);
});

test('a corrupt gzip file and a missing file are errors', async () => {
  await using home = await temporaryHome();
  const file = path.join(home.root, 'images.gz');
  await writeFile(file, gzipSync(idx([3, 4, 5], PIXELS)).subarray(0, 30));
  await expect(readIdx(gunzipFile(file), { name: 'given' })).rejects.toMatchObject({
    code: 'idx-invalid',
    message: expect.stringMatching(/gzip data is corrupt/),
  });
  await expect(readIdx(gunzipFile(`${file}.none`), { name: 'given' })).rejects.toMatchObject({ code: 'file-missing' });
});

test('any bytes are either read or rejected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (tail, isIdx) => {
      const bytes = isIdx ? Buffer.concat([header(0, 0, 8), tail]) : tail;
      try {
        const { dims, data } = await readIdx(bytes, { name: 'given' });
        expect(data.length).toBe(dims.reduce((product, size) => product * size, 1));
        expect(data.length).toBe(bytes.length - 4 - 4 * dims.length);
      } catch (error) {
        expect(error).toBeInstanceOf(EmnistError);
      }
    }),
    { numRuns: 500 },
  );
});

test('memory is freed while a large gzip file is read', async () => {
  await using home = await temporaryHome();
  const file = path.join(home.root, 'large.gz');
  const bytes = Buffer.alloc(60_000_001, 'not all the same');
  await writeFile(file, gzipSync(bytes, { level: 1 }));
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let at = 0;
  for await (const chunk of gunzipFile(file)) {
    expect(bytes.subarray(at, at + chunk.length).equals(chunk)).toBe(true);
    at += chunk.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(at).toBe(bytes.length);
  expect(most).toBeLessThan(15_000_000);
});
