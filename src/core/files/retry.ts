import { setTimeout } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';

/** What Windows says of a file or folder that another program has open (libuv, src/win/error.c). */
const HELD = new Set<unknown>(['EACCES', 'EBUSY', 'EPERM']);
/** Milliseconds between the attempts: two and a half seconds in all. */
const WAITS = [10, 20, 40, 80, 160, 320, 640, 1280];

/**
 * Does what may have to wait until another program lets go of a file: Windows moves, replaces and deletes nothing that is
 * open elsewhere, and virus scanners and indexers open what is new. On other systems, where the same errors mean that it
 * is not allowed, it tries once. (graceful-fs does this too, but not where a file is replaced.)
 */
export async function whenReleased<T>(work: () => Promise<T>, platform: string = process.platform): Promise<T> {
  for (const wait of platform === 'win32' ? WAITS : []) {
    try {
      return await work();
    } catch (error) {
      if (!HELD.has((error as NodeJS.ErrnoException).code)) throw error;
    }
    await setTimeout(wait);
  }
  return work();
}

/** Writes a file, in the place of one that is there, by one rename. */
export function replaceFile(file: string, data: string | Buffer): Promise<void> {
  return whenReleased(() => writeFileAtomic(file, data));
}
