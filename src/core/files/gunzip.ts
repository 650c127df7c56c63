import { createGunzip } from 'node:zlib';

/**
 * Decompresses gzip, and checks the checksum at its end. All that comes before the damage is returned before an error is
 * thrown; a stream would discard what it has buffered. `chunkSize` is the size of the buffers for output in bytes.
 *
 * @throws zlib's error, whose code begins with `Z_`, if the data is damaged, and the input's own errors
 */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  chunkSize?: number,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  const stream = createGunzip({ chunkSize });
  const output: Buffer<ArrayBuffer>[] = [];
  let settle: (error?: Error | null) => void = () => {};
  stream.on('data', (chunk: Buffer<ArrayBuffer>) => output.push(chunk)).on('error', (error) => settle(error));
  const finished = (work: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      // The error itself arrives before or after that of the unfinished write.
      settle = (error) => (error ? reject(stream.errored ?? error) : resolve());
      work(settle);
    });
  try {
    for await (const chunk of input) {
      await finished((done) => stream.write(chunk, done));
      yield* output.splice(0);
    }
    await finished((done) => stream.on('end', done).end());
    yield* output.splice(0);
  } catch (error) {
    yield* output.splice(0);
    throw error;
  } finally {
    stream.destroy();
  }
}

/** Whether an error of `gunzip` means that the data is damaged or incomplete. */
export function isGzipDamage(error: unknown): error is Error {
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}
