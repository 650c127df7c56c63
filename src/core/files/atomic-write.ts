import { randomInt } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { fileError, isMissing } from './file-errors.ts';
import { retryWhileBusy } from './retry.ts';

/** A temporary file is named after its target, with a number added. Interrupted writes leave such files behind. */
const TEMPORARY_SUFFIX = /\.\d+$/;

/** Returns the name of a temporary file's target. Other names are returned unchanged. */
export function targetName(name: string): string {
  return name.replace(TEMPORARY_SUFFIX, '');
}

/**
 * Writes a file, replacing an existing one only once the new one is complete and on disk: after a crash, a power failure
 * or an error there is either the old file or the new one. Links are followed; permissions are kept. Throws `file-special`
 * for a device, which would be lost, or the errors of `fileError`, after removing the temporary file.
 */
export async function writeFileAtomically(file: string, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    const target = await followLinks(file);
    const temporary = `${target}.${randomInt(2 ** 47)}`;
    try {
      await writeNewFile(temporary, bytes, await permissionsOf(target));
      await retryWhileBusy(() => rename(temporary, target));
    } catch (error) {
      // The error to report is that of the write.
      await rm(temporary, { force: true, maxRetries: 3 }).catch(() => {});
      throw error;
    }
    await syncFolder(path.dirname(target));
  } catch (error) {
    // The system's error names the temporary file.
    throw fileError(error instanceof Error ? Object.assign(error, { path: file }) : error, file);
  }
}

interface Permissions {
  mode: number;
  uid: number;
  gid: number;
}

async function permissionsOf(file: string): Promise<Permissions | null> {
  try {
    const stats = await stat(file);
    if (stats.isFile() || stats.isDirectory()) return stats;
    throw new EmnistError('file-special', `${file} is not a regular file`, { path: file });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function followLinks(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (isMissing(error)) return file;
    throw error;
  }
}

/** Writes a new file and flushes it to disk. */
async function writeNewFile(file: string, bytes: Uint8Array, permissions: Permissions | null): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await flush(handle);
    const { size, mode, uid, gid } = await handle.stat();
    if (size !== bytes.length) {
      throw Object.assign(new Error(`only ${size} of ${bytes.length} bytes were written`), {
        code: 'EIO',
        syscall: 'write',
      });
    }
    if (permissions === null) return;
    // Best effort: only root can change a file's owner, and some file systems have no permissions.
    if (uid !== permissions.uid || gid !== permissions.gid) {
      await handle.chown(permissions.uid, permissions.gid).catch(() => {});
    }
    if (mode !== permissions.mode) await handle.chmod(permissions.mode & 0o7777).catch(() => {});
  } finally {
    // Network drives may report only now that there is no space. (`await using` would wrap this error in another one.)
    await handle.close();
  }
}

/** What file systems report that cannot flush a file, such as some in user space. */
const CANNOT_FLUSH = new Set<string | undefined>(['EINVAL', 'ENOSYS', 'ENOTSUP']);

/** Flushes an open file to disk. Throws the system's error. */
export async function flush(handle: Pick<FileHandle, 'sync'>): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_FLUSH.has((error as NodeJS.ErrnoException).code)) throw error;
  }
}

/** Flushes a file that something else has written to disk. Throws the errors of `fileError`. */
export async function syncFile(file: string): Promise<void> {
  try {
    await using handle = await open(file, 'r+');
    await flush(handle);
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Flushes a rename to disk. Best effort: Windows cannot open folders, and some file systems cannot sync them. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // The file's contents are on disk in any case.
  }
}
