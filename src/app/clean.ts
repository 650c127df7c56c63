import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { entries, isSystemFile, LOCK_NAME, ownedEntries } from '../core/dataset/owned.ts';
import { isMissing } from '../core/dataset/record.ts';
import { EmnistError } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { whenReleased } from '../core/files/retry.ts';
import { LOCK_FILE, ownedModels } from '../core/model/store.ts';
import { type Paths, PROGRAM_NAME, resolvePaths } from '../core/paths.ts';
import { lockModel } from '../core/training/model-lock.ts';
import type { CleanEvent } from './events.ts';

export const STORAGE_NAMES = ['datasets', 'models'] as const;
export type StorageName = (typeof STORAGE_NAMES)[number];

/** What the program keeps in one of its two folders. */
export interface Storage {
  name: StorageName;
  /** The folder; it need not exist. */
  path: string;
  /** Absolute paths of the files and folders that the program made; nothing else is ever removed. */
  entries: string[];
  /** What they take, all together. */
  bytes: number;
}

/** What there is that could be removed. */
export async function readStorage(name: StorageName, paths: Paths): Promise<Storage> {
  const owned = name === 'datasets' ? await ownedEntries(paths) : await ownedModels(paths);
  // The next fetch takes over a lock that was left.
  const removable = owned.filter((entry) => path.basename(entry) !== LOCK_NAME);
  let bytes = 0;
  for (const entry of removable) bytes += await size(entry);
  return { name, path: paths[name], entries: removable, bytes };
}

/**
 * Removes what the program made, and the folders that are empty then. Refuses while another process fetches or trains
 * (`EmnistError` `fetch-busy`, `model-busy`), before anything is removed.
 */
export async function clean(what: readonly StorageName[], paths: Paths, signal?: AbortSignal): Promise<CleanEvent> {
  const end = { event: 'end' as const, freed: 0, removed: [] as string[] };
  const release: (() => PromiseLike<void>)[] = [];
  try {
    for (const name of what) release.push(...(await lock(await readStorage(name, paths), paths)));
    for (const name of what) {
      const storage = await readStorage(name, paths);
      for (const entry of storage.entries) {
        // Now these are this process' own locks, which go when they are released.
        if (path.basename(entry) === LOCK_FILE) continue;
        signal?.throwIfAborted();
        const bytes = await size(entry);
        await rm(entry, { recursive: true, force: true, maxRetries: 5 }).catch((error) => {
          throw fileError(error, entry);
        });
        end.freed += bytes;
        end.removed.push(entry);
      }
    }
  } finally {
    for (const free of release) await free();
  }
  await removeEmptied(what, paths, end.removed);
  return end;
}

/** Keeps other processes from working on what is about to go. */
async function lock(storage: Storage, paths: Paths): Promise<(() => PromiseLike<void>)[]> {
  if (storage.entries.length === 0) return [];
  if (storage.name === 'datasets') {
    const folder = paths.datasets;
    try {
      return [await whenReleased(() => lockfile.lock(folder, { lockfilePath: path.join(folder, LOCK_NAME) }))];
    } catch (error) {
      if (isDiskFull(fileError(error, folder))) return [];
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw fileError(error, folder);
      throw new EmnistError('fetch-busy', `another process fetches into ${folder}`, 'wait for it to end, or end it', {
        cause: error,
      });
    }
  }
  const release: (() => PromiseLike<void>)[] = [];
  for (const folder of new Set(storage.entries.map((entry) => path.dirname(entry)))) {
    try {
      const held = await lockModel(folder, path.basename(folder));
      release.push(() => held[Symbol.asyncDispose]());
    } catch (error) {
      if (isDiskFull(error)) continue;
      for (const free of release) await free();
      if (!(error instanceof EmnistError && error.code === 'model-busy')) throw error;
      throw new EmnistError(error.code, error.message, 'wait for it to end, or end it', { cause: error });
    }
  }
  return release;
}

/** Nobody else holds the lock, but there is no room for it: on a full disk, cleaning up is what helps. */
function isDiskFull(error: unknown): boolean {
  return error instanceof EmnistError && error.code === 'disk-full';
}

/** The folders that held what was removed, from the inside out, as far as they are empty. */
async function removeEmptied(what: readonly StorageName[], paths: Paths, removed: readonly string[]): Promise<void> {
  const folders = new Set(removed.map((entry) => path.dirname(entry)));
  const defaults = resolvePaths(undefined, {});
  // A training that fails at its start leaves an empty folder.
  if (what.includes('models')) for (const folder of await foldersIn(paths.models)) folders.add(folder);
  for (const name of what) {
    folders.add(paths[name]);
    // Of a folder that the user chose, the program does not know whether it made it.
    if (paths[name] !== defaults[name]) continue;
    const parent = path.dirname(paths[name]);
    folders.add(parent);
    // On Windows these are `Cache` and `Data` of one folder.
    if (path.basename(parent) !== PROGRAM_NAME) folders.add(path.dirname(parent));
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    await removeEmpty(folder).catch((error) => {
      // A folder with something of the user's in it stays, and one that the user may not remove does no harm.
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EBUSY', 'EROFS'].includes(code ?? '')) {
        throw fileError(error, folder);
      }
    });
  }
}

/** Removes a folder that is empty, or holds only what the system keeps about it. */
async function removeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.every(isSystemFile)) for (const name of names) await rm(path.join(folder, name), { force: true });
  await rmdir(folder);
}

async function foldersIn(folder: string): Promise<string[]> {
  return (await entries(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
}

/** In bytes; 0 when it has just gone. Links count themselves, not what they lead to, since only they would go. */
async function size(entry: string): Promise<number> {
  try {
    const stat = await lstat(entry);
    if (!stat.isDirectory()) return stat.size;
    let bytes = 0;
    for (const name of await readdir(entry)) bytes += await size(path.join(entry, name));
    return bytes;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw fileError(error, entry);
  }
}
