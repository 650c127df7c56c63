import { rm } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { LOCK_NAME, ownedDatasets } from '../core/dataset/dataset-store.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { treeSize } from '../core/files/file-info.ts';
import { listSubfolders, removeEmptyFolder } from '../core/files/folders.ts';
import { retryWhileBusy } from '../core/files/retry.ts';
import { lockModel } from '../core/model/model-lock.ts';
import { LOCK_FILE, ownedModels } from '../core/model/model-store.ts';
import { type Paths, PROGRAM_NAME, resolvePaths } from '../core/paths.ts';
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
  const owned = name === 'datasets' ? await ownedDatasets(paths) : await ownedModels(paths);
  // The next fetch takes over a lock that was left.
  const removable = owned.filter((entry) => path.basename(entry) !== LOCK_NAME);
  let bytes = 0;
  for (const entry of removable) bytes += await treeSize(entry);
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
        const bytes = await treeSize(entry);
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
      return [await retryWhileBusy(() => lockfile.lock(folder, { lockfilePath: path.join(folder, LOCK_NAME) }))];
    } catch (error) {
      if (isDiskFull(fileError(error, folder))) return [];
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw fileError(error, folder);
      throw new EmnistError(
        'fetch-busy',
        `another process is fetching into ${folder}`,
        { folder, lost: false },
        { cause: error },
      );
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
      if (!isEmnistError(error, 'model-busy')) throw error;
      const data = { ...error.data, operation: 'delete' as const };
      throw new EmnistError('model-busy', error.message, data, { cause: error });
    }
  }
  return release;
}

/** Nobody else holds the lock, but there is no room for it: on a full disk, cleaning up is what helps. */
function isDiskFull(error: unknown): boolean {
  return isEmnistError(error, 'disk-full');
}

/** The folders that held what was removed, from the inside out, as far as they are empty. */
async function removeEmptied(what: readonly StorageName[], paths: Paths, removed: readonly string[]): Promise<void> {
  const folders = new Set(removed.map((entry) => path.dirname(entry)));
  const defaults = resolvePaths(undefined, {});
  // A training that fails at its start leaves an empty folder.
  if (what.includes('models'))
    for (const name of await listSubfolders(paths.models)) folders.add(path.join(paths.models, name));
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
    await removeEmptyFolder(folder);
  }
}
