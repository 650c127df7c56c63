import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { fileError } from './file-errors.ts';

/**
 * The text of a file or pipe, without a byte order mark; null if it has more than `most` bytes. Reads at most a byte too many,
 * since the size of a pipe is not known beforehand. Throws file errors.
 */
export async function readLimited(file: string, most: number): Promise<string | null> {
  let bytes: Buffer;
  try {
    bytes = await buffer(createReadStream(file, { end: most }));
  } catch (error) {
    throw fileError(error, file);
  }
  return bytes.length > most ? null : bytes.toString('utf8').replace(/^\uFEFF/, '');
}
