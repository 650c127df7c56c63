import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { EmnistError } from '../../errors.ts';
import { gunzip, isGzipDamage } from '../../files/gunzip.ts';
import { readHead } from '../../files/read-head.ts';
import { sourceError } from './own-errors.ts';

const CHUNK = 1 << 20;

/** A file of a source, decompressed if it is gzipped. */
export interface SourceStream {
  /** The size of the file in bytes. */
  size: number;
  /** How many bytes of the file have been read. */
  read(): number;
  /** Its contents, in chunks that are valid only until the next is requested. */
  data: AsyncIterable<Uint8Array>;
}

/** Opens a file of a source. Iterating throws `data-invalid` if its gzip data is damaged, and the errors of files. */
export async function openStream(file: string): Promise<SourceStream> {
  try {
    const head = await readHead(file, 2);
    const isGzipped = head[0] === 0x1f && head[1] === 0x8b;
    await using handle = await open(file);
    const { size } = await handle.stat();
    const input = createReadStream(file, { highWaterMark: CHUNK });
    return { size, read: () => input.bytesRead, data: contents(file, input, isGzipped) };
  } catch (error) {
    throw sourceError(error, file);
  }
}

async function* contents(
  file: string,
  input: ReturnType<typeof createReadStream>,
  isGzipped: boolean,
): AsyncGenerator<Uint8Array> {
  try {
    yield* isGzipped ? gunzip(input, CHUNK) : input;
  } catch (error) {
    if (!isGzipDamage(error)) throw sourceError(error, file);
    throw new EmnistError(
      'data-invalid',
      `${file} is a damaged gzip file (${error.message})`,
      { source: file, problem: 'damaged' },
      { cause: error },
    );
  } finally {
    input.destroy();
  }
}

/** The first bytes of the contents of a file, decompressed if it is gzipped. Throws as `openStream`. */
export async function readDecodedHead(file: string, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  const { data } = await openStream(file);
  for await (const chunk of data) {
    chunks.push(Uint8Array.from(chunk.subarray(0, length - read)));
    read += chunk.length;
    if (read >= length) break;
  }
  return Buffer.concat(chunks);
}
