import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from './file-errors.ts';

/**
 * The free bytes on the disk of a folder, which need not exist yet. Null if they are unknown: some file systems do not tell, and
 * a folder that cannot be used is reported by whoever writes to it.
 */
export async function freeSpace(folder: string): Promise<number | null> {
  const existing = await nearestFolder(path.resolve(folder));
  if (existing === null) return null;
  return statfs(existing).then(
    ({ bavail, bfree, bsize, blocks }) => {
      if (blocks === 0) return null;
      // Some blocks are reserved for root.
      return (process.getuid?.() === 0 ? bfree : bavail) * bsize;
    },
    () => null,
  );
}

/** The folder itself or, if it does not exist, the nearest one above it that does. Null if that is a file or cannot be read. */
async function nearestFolder(folder: string): Promise<string | null> {
  try {
    return (await stat(folder)).isDirectory() ? folder : null;
  } catch (error) {
    const parent = path.dirname(folder);
    return isMissing(error) && parent !== folder ? nearestFolder(parent) : null;
  }
}
