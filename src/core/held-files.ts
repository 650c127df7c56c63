import { setTimeout } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';

/** What Windows says of a file that another program has open. */
const HELD = new Set(['EPERM', 'EACCES', 'EBUSY']);
const FIRST_WAIT_MS = 10;
/** In all it waits twice as long. */
const LAST_WAIT_MS = 1280;

/**
 * Does something with a file and, on Windows, does it again when the file is held: virus scanners and indexers open what has
 * just been written, and meanwhile it can neither be renamed nor replaced. Elsewhere these errors last, and are thrown at once.
 */
export async function retryWhileHeld<T>(work: () => Promise<T>, platform = process.platform): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (platform !== 'win32' || wait > LAST_WAIT_MS || !HELD.has(code ?? '')) throw error;
    }
    await setTimeout(wait);
  }
}

/** Writes a file all at once: what was there stays until the new one is whole. */
export function replaceFile(file: string, data: string | Buffer): Promise<void> {
  return retryWhileHeld(() => writeFileAtomic(file, data));
}
