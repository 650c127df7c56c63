import { rm } from 'node:fs/promises';
import path from 'node:path';
import { LOCK_NAME, ownedDatasets } from '../core/dataset/dataset-store.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { treeSize } from '../core/files/file-info.ts';
import { listSubfolders, removeEmptyFolder } from '../core/files/folders.ts';
import { acquireLock, describeHolding, LockedError, type LockOptions } from '../core/files/lock.ts';
import { choicePath, ownedChoice } from '../core/model/default-choice.ts';
import { LOCK_FILE } from '../core/model/model-folder.ts';
import { lockModel } from '../core/model/model-lock.ts';
import { lockNotes, NOTES_LOCK, ownedNotesLocks } from '../core/model/model-notes.ts';
import { ownedModels } from '../core/model/model-store.ts';
import { type Paths, PROGRAM_NAME, systemPaths } from '../core/paths.ts';
import { countSampleLines, ownedSampleFiles, SAMPLES_LOCK } from '../core/samples/sample-store.ts';
import type { CleanEvent } from './events.ts';
import type { WorkContext } from './work.ts';

/** What the program keeps. */
export const STORAGE_NAMES = ['datasets', 'models', 'samples'] as const;
export type StorageName = (typeof STORAGE_NAMES)[number];

/** What is stored of one kind. */
export interface Storage {
  name: StorageName;
  /** The folder or, for samples, the file. It may not exist. */
  path: string;
  /** Absolute paths of the files and folders that the program created. Nothing else is ever deleted. */
  entries: string[];
  /** Their total size. */
  bytes: number;
  /** The number of samples; only for these. */
  samples?: number;
}

/** Finds what could be deleted. Locks are not included: they are removed when they are released. */
export async function readStorage(name: StorageName, paths: Paths): Promise<Storage> {
  const entries = (await ownedBy(name, paths)).filter(
    (entry) => ![LOCK_NAME, LOCK_FILE, NOTES_LOCK, SAMPLES_LOCK].includes(path.basename(entry)),
  );
  let bytes = 0;
  for (const entry of entries) bytes += await treeSize(entry);
  const storage = { name, path: paths[name], entries, bytes };
  if (name !== 'samples') return storage;
  return { ...storage, samples: entries.includes(paths.samples) ? await countSampleLines(paths.samples) : 0 };
}

/**
 * Deletes what the program created, and the folders that this leaves empty. If another process is fetching or writing a
 * model, throws `fetch-busy` or `model-busy` before anything is deleted.
 */
export async function clean(what: readonly StorageName[], { paths, signal, onWait }: WorkContext): Promise<CleanEvent> {
  const end = { event: 'end' as const, freed: 0, removed: [] as string[] };
  const locks: AsyncDisposable[] = [];
  try {
    for (const name of what) {
      for (const lock of lockers(name, await ownedBy(name, paths), paths)) {
        try {
          locks.push(await lock({ signal, onWait: (holder) => onWait?.({ event: 'waiting', ...holder }) }));
        } catch (error) {
          // No process holds the lock, but there is no space to create it. Cleaning a full disk must be possible.
          if (!isEmnistError(error, 'disk-full')) throw error;
        }
      }
    }
    for (const name of what) {
      for (const entry of (await readStorage(name, paths)).entries) {
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
    for (const lock of locks) await lock[Symbol.asyncDispose]();
  }
  await removeEmptied(what, paths, end.removed);
  return end;
}

function ownedBy(name: StorageName, paths: Paths): Promise<string[]> {
  if (name === 'samples') return ownedSampleFiles(paths.samples);
  return name === 'datasets' ? ownedDatasets(paths) : ownedModelFiles(paths);
}

/** The models, locks of their notes that were left behind, and the choice of the default model. */
async function ownedModelFiles(paths: Paths): Promise<string[]> {
  return [...(await ownedModels(paths)), ...(await ownedNotesLocks(paths)), ...(await ownedChoice(paths))];
}

/** Functions that take the locks under which a storage's entries may be deleted. */
function lockers(
  name: StorageName,
  entries: readonly string[],
  paths: Paths,
): ((options: LockOptions) => Promise<AsyncDisposable>)[] {
  if (entries.length === 0) return [];
  if (name === 'datasets') return [(options) => lockDatasets(paths.datasets, options)];
  if (name === 'samples') {
    // It is held only for the moment that storing a sample takes.
    const lock = path.join(path.dirname(paths.samples), SAMPLES_LOCK);
    return [(options) => acquireLock(lock, { ...options, wait: true })];
  }
  const folders = new Set(entries.map((entry) => path.dirname(entry)));
  // The choice of the default model and the lock of notes are next to the models.
  folders.delete(path.dirname(choicePath(paths)));
  return [
    ...[...folders].map(
      (folder) => (options: LockOptions) =>
        lockModel(folder, path.basename(folder), { ...options, operation: 'delete' }),
    ),
    // It is held only for the moment that a change takes.
    (options) => lockNotes(paths, options),
  ];
}

async function lockDatasets(folder: string, options: LockOptions): Promise<AsyncDisposable> {
  try {
    return await acquireLock(path.join(folder, LOCK_NAME), options);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const message = `${folder} is being fetched into by ${describeHolding(error.holder)}`;
    throw new EmnistError('fetch-busy', message, { folder, lost: false, ...error.holder }, { cause: error });
  }
}

/** Removes the folders that contained deleted entries, from the inside out, if they are empty. */
async function removeEmptied(what: readonly StorageName[], paths: Paths, removed: readonly string[]): Promise<void> {
  // Samples and the choice of the default model are not in a folder of their own.
  const inFolders = removed.filter((entry) => path.dirname(entry) !== path.dirname(paths.samples));
  const folders = new Set(inFolders.map((entry) => path.dirname(entry)));
  const defaults = systemPaths();
  // A training run that fails at its start can leave an empty folder.
  if (what.includes('models'))
    for (const name of await listSubfolders(paths.models)) folders.add(path.join(paths.models, name));
  for (const name of what) {
    if (name !== 'samples') folders.add(paths[name]);
    // The program may not have created the parent of a folder that the user chose.
    if (paths[name] !== defaults?.[name]) continue;
    const parent = path.dirname(paths[name]);
    folders.add(parent);
    // On Windows the parents are `Cache` and `Data` in one folder.
    if (path.basename(parent) !== PROGRAM_NAME) folders.add(path.dirname(parent));
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await removeEmptyFolder(folder);
}
