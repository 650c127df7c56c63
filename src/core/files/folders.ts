import type { Dirent } from 'node:fs';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isEmnistError } from '../errors.ts';
import { fileError, isMissing } from './file-errors.ts';
import { isSystemFile } from './system-files.ts';

/** Creates a folder and its missing parents. Throws the errors of `fileError`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? await reasonFor(folder, error) : error,
      folder,
    );
  }
}

/** A recursive `mkdir` reports ENOENT on a read-only disk; creating only the outermost folder reveals the real reason. */
async function reasonFor(folder: string, error: unknown): Promise<unknown> {
  const parent = path.dirname(folder);
  const parentExists = await stat(parent).then(
    () => true,
    () => false,
  );
  if (!parentExists && parent !== folder) return reasonFor(parent, error);
  return mkdir(folder).then(
    () => error,
    (reason) => reason,
  );
}

/** Lists a folder. The list is empty if there is no such folder. Throws the errors of `fileError`. */
export async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError(error, folder);
  }
}

/** Like `listFolder`. The list is also empty if the folder cannot be read: then nothing in it can be used or deleted either. */
export async function listReadable(folder: string): Promise<Dirent[]> {
  try {
    return await listFolder(folder);
  } catch (error) {
    if (isEmnistError(error, 'file-forbidden') || isEmnistError(error, 'file-link-loop')) return [];
    throw error;
  }
}

/** Lists the names of a folder's subfolders. Links to folders are left out. */
export async function listSubfolders(folder: string): Promise<string[]> {
  return (await listFolder(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Errors to ignore when removing a folder: it is not empty, is already gone, or cannot be removed. */
const IGNORED = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EBUSY', 'EROFS']);

/** Removes a folder if it is empty, or contains only system files. Does nothing if it cannot be removed. */
export async function removeEmptyFolder(folder: string): Promise<void> {
  try {
    const names = await readdir(folder);
    if (names.every(isSystemFile)) for (const name of names) await rm(path.join(folder, name), { force: true });
    await rmdir(folder);
  } catch (error) {
    if (!IGNORED.has((error as NodeJS.ErrnoException).code ?? '')) throw fileError(error, folder);
  }
}
