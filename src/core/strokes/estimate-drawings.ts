import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { fileError } from '../files/file-errors.ts';

/** How much of a stroke file is read to estimate how many drawings it has. */
const SAMPLE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** About how many drawings a stroke file has, from the lengths of its first lines. Throws the errors of `fileError`. */
export async function estimateDrawings(file: string): Promise<number> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const sample = buffer.subarray(0, bytesRead);
    const isGzipped = sample[0] === 0x1f && sample[1] === 0x8b;
    // The sample ends in the middle of the gzip data.
    const text = isGzipped ? gunzipSync(sample, { finishFlush: constants.Z_SYNC_FLUSH }) : sample;
    const lines = text.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
    return bytesRead === 0 ? 0 : Math.round((Math.max(1, lines) * size) / bytesRead);
  } catch (error) {
    throw fileError(error, file);
  }
}
