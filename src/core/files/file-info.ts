import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError, isMissing } from './file-errors.ts';

/** Whether there is a file or folder at a path. Throws the errors of `fileError`. */
export async function exists(file: string): Promise<boolean> {
  return (await fileSize(file)) !== null;
}

/** A file's size in bytes, or null if there is none. Follows links. Throws the errors of `fileError`. */
export async function fileSize(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(error, file);
  }
}

/** Whether there is anything at a path, if only a link that leads nowhere. Throws the errors of `fileError`. */
export async function isPresent(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, file);
  }
}

/** Whether a path leads to a folder. Follows links. Throws the errors of `fileError`, also if there is nothing. */
export async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Whether there is a symbolic link, or a junction of Windows, at a path. Throws the errors of `fileError`. */
export async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, file);
  }
}

/** The bytes that deleting a file or folder frees; 0 if it is gone. Links count themselves, not their targets. */
export async function treeSize(entry: string): Promise<number> {
  try {
    const stats = await lstat(entry);
    if (!stats.isDirectory()) return stats.size;
    let bytes = 0;
    for (const name of await readdir(entry)) bytes += await treeSize(path.join(entry, name));
    return bytes;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw fileError(error, entry);
  }
}
