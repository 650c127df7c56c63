import { createReadStream } from 'node:fs';
import path from 'node:path';
import { EmnistError, type ErrorData } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { gunzip, isGzipDamage } from '../files/gunzip.ts';

/** Requirements for an IDX file. */
export interface IdxLimits {
  /** The file's name in errors. */
  name: string;
  /** The number of dimensions required: 3 for images, 1 for labels. Default: any. */
  dims?: 1 | 3;
}

/**
 * A file in the IDX format of MNIST and EMNIST (http://yann.lecun.com/exdb/mnist): two zero bytes, the type of the numbers,
 * the number of dimensions, the dimensions as big-endian 32-bit numbers, and then the numbers, row-major. Only files of
 * unsigned bytes are supported.
 */
export interface IdxStream {
  /** [n, height, width] for images, [n] for labels. */
  readonly dims: readonly number[];
  /** The product of `dims`. */
  readonly bytes: number;
  /**
   * The numbers, row-major. Throws unless there are exactly `bytes` of them. Can be iterated only once; stopping early is
   * allowed.
   * Each chunk is valid only until the next is requested.
   */
  readonly data: AsyncIterable<Uint8Array>;
}

const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit numbers'],
  [0x0c, '32-bit numbers'],
  [0x0d, 'floats'],
  [0x0e, 'doubles'],
]);
/** The limit for the size of the data: 1 GiB, twice that of EMNIST's largest part. */
const MAX_BYTES = 2 ** 30;
const GZIP_CHUNK = 1 << 20;

/**
 * Reads the header of an IDX file and checks it before anything is allocated. Throws `idx-invalid` if it is not that of an
 * IDX file with the required dimensions. Iterating over `data` throws it if the file is too short or too long.
 */
export async function openIdx(source: AsyncIterable<Uint8Array>, limits: IdxLimits): Promise<IdxStream> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let header: ReturnType<typeof parseHeader>;
  try {
    do {
      const { value, done } = await chunks.next();
      if (done) throw invalid(limits.name, 'damaged', `the file ends within its header, after ${head.length} bytes`);
      head = head.length === 0 ? value : Buffer.concat([head, value]);
      header = parseHeader(head, limits);
    } while (header === null);
  } catch (error) {
    await chunks.return?.();
    throw error;
  }
  const { dims, bytes, start } = header;

  async function* data(): AsyncGenerator<Uint8Array> {
    try {
      let left = bytes;
      let chunk = head.subarray(start);
      for (;;) {
        if (chunk.length > left)
          throw invalid(limits.name, 'damaged', `the file continues after its ${bytes} bytes of data`);
        left -= chunk.length;
        if (chunk.length > 0) yield chunk;
        const next = await chunks.next();
        if (next.done) break;
        chunk = next.value;
      }
      if (left > 0) {
        throw invalid(limits.name, 'damaged', `the file has only ${bytes - left} of ${bytes} bytes of data`);
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { dims, bytes, data: data() };
}

/** Parses the header of an IDX file. Returns null if `head` does not contain all of it. */
function parseHeader(
  head: Uint8Array,
  { name, dims: expected }: IdxLimits,
): { dims: number[]; bytes: number; start: number } | null {
  if (head.length < 4) return null;
  const [zero, alsoZero, type, count] = head as unknown as [number, number, number, number];
  if (zero !== 0 || alsoZero !== 0) throw invalid(name, 'not-idx', `this is ${describe(head)}`);
  if (type !== UNSIGNED_BYTE) {
    const numbers = OTHER_TYPES.get(type) ?? `numbers of an unknown type (0x${type.toString(16)})`;
    throw invalid(name, 'not-bytes', `the file has ${numbers}, not unsigned bytes`);
  }
  if (count === 0 || (expected !== undefined && count !== expected)) {
    throw invalid(
      name,
      expected === 1 ? 'not-labels' : 'not-images',
      `the file has ${count} dimension${count === 1 ? '' : 's'}${count === 1 ? ', like labels' : ''}${count === 3 ? ', like images' : ''}`,
    );
  }
  const start = 4 + 4 * count;
  if (head.length < start) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const dims = Array.from({ length: count }, (_, index) => view.getUint32(4 + 4 * index));
  const bytes = dims.reduce((product, size) => product * size, 1);
  // A zero dimension would hide an absurd one in the product, and images without pixels make no sense.
  if (dims.slice(1).includes(0) || bytes > MAX_BYTES) {
    throw invalid(name, 'damaged', `the header claims ${dims.join(' x ')} bytes, more than the limit of ${MAX_BYTES}`);
  }
  return { dims, bytes, start };
}

/** What a file other than an IDX file seems to be, from its first bytes. */
function describe(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
  if (text.startsWith('\x1f\x8b')) return 'gzipped twice';
  if (text.startsWith('PK')) return 'a zip archive';
  if (text.startsWith('\x89PNG') || text.startsWith('\xff\xd8')) return 'a picture';
  if (/^\s*</.test(text)) return 'a web page';
  return `not an IDX file (it begins with ${Buffer.from(head.subarray(0, 4)).toString('hex')})`;
}

function invalid(file: string, problem: ErrorData['idx-invalid']['problem'], reason: string, cause?: unknown) {
  return new EmnistError('idx-invalid', `${file}: ${reason}`, { file, problem }, { cause });
}

/**
 * Decompresses a gzip file in chunks, each of which is valid only until the next is requested, and checks the checksum at
 * its end. Throws `idx-invalid` if the file is corrupt, and the errors of `fileError`.
 */
export async function* gunzipFile(file: string, name = path.basename(file)): AsyncGenerator<Uint8Array> {
  const input = createReadStream(file);
  try {
    for await (const chunk of gunzip(input, GZIP_CHUNK)) {
      yield chunk;
      // Frees memory that is full and has been read. The garbage collector would let most of the file accumulate.
      if (chunk.byteOffset + chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0);
    }
  } catch (error) {
    if (isGzipDamage(error)) throw invalid(name, 'damaged', `the gzip data is corrupt (${error.message})`, error);
    throw fileError(error, file);
  } finally {
    input.destroy();
  }
}
