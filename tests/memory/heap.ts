import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Megabytes in use after garbage collection: objects, and buffers outside of V8's heap. */
export async function megabytesInUse(): Promise<number> {
  // What a finalizer or a closing handle frees is collected by the next round.
  for (let round = 0; round < 4; round++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
