import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../files/file-errors.ts';
import type { Paths } from '../paths.ts';
import { folderFiles, isMissing, RECORD_FILE, splitFolder } from './record.ts';
import { SPLITS } from './splits.ts';

/** The names of what a fetch leaves beside the splits' folders: the lock, work folders, downloads that were cut off. */
export const LOCK_NAME = '.fetch.lock';
export const STAGING_NAME = /^\.fetch-(?:new|old|archive)-[\w-]+$/;
export const DOWNLOAD_NAME = /^\.download-[0-9a-f]{16}(?:-\d+-\d+)?\.(?:part|json(?:\.\d+)?)$/;

/** What macOS and Windows put into folders that someone looks at: it counts as nothing there. */
export function isSystemFile(name: string): boolean {
  return /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i.test(name);
}

/**
 * The absolute paths under `paths.datasets` of what the program itself made: folders of splits with their record, work
 * folders and downloads. Of a split's folder that holds anything else too, it names the program's own files alone.
 */
export async function ownedEntries(paths: Paths): Promise<string[]> {
  const owned = (await entries(paths.datasets))
    .filter(({ name }) => name === LOCK_NAME || STAGING_NAME.test(name) || DOWNLOAD_NAME.test(name))
    .map(({ name }) => path.join(paths.datasets, name));
  for (const split of SPLITS) {
    const folder = splitFolder(paths, split);
    const names = (await entries(folder)).map(({ name }) => name).filter((name) => !isSystemFile(name));
    if (!names.includes(RECORD_FILE)) continue;
    const own = names.filter((name) => folderFiles(split).includes(name));
    if (own.length === names.length) owned.push(folder);
    else owned.push(...own.map((name) => path.join(folder, name)));
  }
  return owned;
}

/** What a folder holds; nothing when it is not there. */
export async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError(error, folder);
  }
}
