import { fstatSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * Makes a stream of the process write all of its output, or fail. Node writes to a file with a single `write` and ignores its
 * result, so on a full disk the output would be cut off without an error.
 */
export function writeCompletely(stream: Writable & { fd: number }): void {
  if (!fstatSync(stream.fd).isFile()) return;
  stream._write = (chunk: Uint8Array, _encoding, done) => {
    try {
      writeFileSync(stream.fd, chunk);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}
