import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gunzip, isGzipDamage } from '../../../src/core/files/gunzip.ts';
import { inPieces } from '../../helpers/idx.ts';

/** What is decompressed, and the error at its end if there is one. */
async function decompressed(input: AsyncIterable<Uint8Array>, chunkSize?: number): Promise<[Buffer, unknown]> {
  const parts: Buffer[] = [];
  try {
    for await (const chunk of gunzip(input, chunkSize)) parts.push(Buffer.from(chunk));
  } catch (error) {
    return [Buffer.concat(parts), error];
  }
  return [Buffer.concat(parts), null];
}

/** Bytes that compress well and badly by turns. */
const contents = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(9000).map((length) => new Uint8Array(length)),
    ),
  )
  .map((parts) => Buffer.concat(parts));

describe('gunzip', () => {
  test('decompresses whatever was compressed, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 500 }), async (data, size) => {
        const [result, error] = await decompressed(inPieces(gzipSync(data), size), 1024);
        expect(error).toBeNull();
        expect(Buffer.compare(result, data)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test('returns all that comes before the end of incomplete data, then throws', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (data, share) => {
        const packed = gzipSync(data);
        // The last eight bytes are the checksum and the length.
        const cut = packed.subarray(0, packed.length - 1 - Math.floor(share * Math.min(7, packed.length - 1)));
        const [result, error] = await decompressed(Readable.from(inPieces(cut, 4096)), 1024);
        expect(isGzipDamage(error)).toBe(true);
        expect(Buffer.compare(result, data)).toBe(0);
      }),
      { numRuns: 30 },
    );
    const packed = gzipSync(Buffer.alloc(1_000_000, 'abc'));
    const [half, error] = await decompressed(inPieces(packed.subarray(0, packed.length / 2)));
    expect(isGzipDamage(error)).toBe(true);
    expect(half.length).toBeGreaterThan(400_000);
  });

  test('passes on the errors of its input', async () => {
    const broken = async function* () {
      yield gzipSync('abc').subarray(0, 12);
      throw new Error('read failed');
    };
    expect((await decompressed(broken()))[1]).toMatchObject({ message: 'read failed' });
    // The code of this one is a number.
    expect(isGzipDamage(new DOMException('stopped', 'AbortError'))).toBe(false);
  });
});
