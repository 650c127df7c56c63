import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename as renameOnce, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { syncFolder } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { listFolder } from '../files/folders.ts';
import { acquireLock, isStillHeld, type LockOptions } from '../files/lock.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { isSystemFile } from '../files/system-files.ts';
import type { DatasetName } from './dataset-name.ts';
import { DOWNLOAD_NAME, datasetFiles, LOCK_NAME, STAGING_NAME } from './dataset-store.ts';

/** How long an interrupted download can be resumed. */
const DOWNLOAD_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** What a staging folder is for: the files of a split, the split they replace, an extracted archive. */
type StagingKind = 'new' | 'old' | 'archive';

/** The data sets' folder, while this process holds its lock. */
export interface Staging {
  readonly folder: string;
  /** Aborts with the caller's signal, and if the lock is lost. */
  readonly signal: AbortSignal;
  /**
   * Throws `fetch-busy` if another process has taken over the lock and so removed the staging folders, and the signal's reason
   * if it has aborted.
   */
  check(): Promise<void>;
  /** Creates an empty folder on the same disk, which `close` removes unless it was installed. */
  createFolder(kind: 'new' | 'archive'): Promise<string>;
  /** Moves a complete folder to where a data set belongs, replacing an existing one. Throws as `check` does. */
  install(folder: string, name: DatasetName): Promise<void>;
  close(): Promise<void>;
}

/**
 * Locks a folder for fetching, waiting while another process fetches into it, and cleans up after interrupted fetches.
 * Throws the signal's reason when aborted.
 */
export async function openStaging(
  folder: string,
  { signal, onWait }: Pick<LockOptions, 'signal' | 'onWait'> = {},
): Promise<Staging> {
  const lost = new AbortController();
  const onLost = () => {
    const holder = { host: null, process: null, since: null };
    lost.abort(new EmnistError('fetch-busy', `another process took over ${folder}`, { folder, lost: true, ...holder }));
  };
  const lock = await acquireLock(path.join(folder, LOCK_NAME), { wait: true, signal, onWait, onLost });
  const created = new Set<string>();
  const remove = (entry: string) => rm(entry, { recursive: true, force: true, maxRetries: 3 });
  const close = async () => {
    try {
      for (const entry of created) await remove(entry);
    } finally {
      await lock[Symbol.asyncDispose]();
    }
  };
  try {
    for (const entry of await leftovers(folder)) await remove(entry);
  } catch (error) {
    await close();
    throw fileError(error, folder);
  }
  const newPath = (kind: StagingKind) => {
    const entry = path.join(folder, `.fetch-${kind}-${randomUUID()}`);
    created.add(entry);
    return entry;
  };
  const stop = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
  const check = async () => {
    // A process that was suspended may not have noticed it yet.
    if (!(await isStillHeld(lock))) onLost();
    stop.throwIfAborted();
  };
  return {
    folder,
    signal: stop,
    check,
    async createFolder(kind) {
      const entry = newPath(kind);
      await mkdir(entry).catch((error) => {
        throw fileError(error, entry);
      });
      return entry;
    },
    async install(source, name) {
      const target = path.join(folder, name);
      await check();
      try {
        await rejectForeignFiles(target, name);
        await replaceFolder(source, target, newPath('old'));
      } catch (error) {
        throw fileError(error, target);
      }
    },
    close,
  };
}

const rename = (from: string, to: string) => retryWhileBusy(() => renameOnce(from, to));

/** Renames a folder over another. Renaming can replace only an empty folder, so the old one is moved aside first. */
async function replaceFolder(source: string, target: string, aside: string): Promise<void> {
  const replaces = await rename(target, aside).then(
    () => true,
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  try {
    await rename(source, target);
  } catch (error) {
    if (replaces) await rename(aside, target);
    throw error;
  }
  await syncFolder(path.dirname(target));
}

/** Staging folders and old downloads. Only the holder of the lock creates any, so these belong to interrupted fetches. */
async function leftovers(folder: string): Promise<string[]> {
  const entries: string[] = [];
  for (const { name } of await listFolder(folder)) {
    const entry = path.join(folder, name);
    if (STAGING_NAME.test(name)) entries.push(entry);
    else if (DOWNLOAD_NAME.test(name)) {
      const { mtimeMs } = await lstat(entry);
      if (Date.now() - mtimeMs > DOWNLOAD_LIFETIME_MS) entries.push(entry);
    }
  }
  return entries;
}

/** Throws if a file, or a folder with anything but a data set's files, is where a data set belongs: it is the user's. */
async function rejectForeignFiles(target: string, dataset: DatasetName): Promise<void> {
  const isFile = await stat(target).then(
    (stats) => !stats.isDirectory(),
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  const foreign = isFile
    ? target
    : (await listFolder(target)).find(({ name }) => !datasetFiles(dataset).includes(name) && !isSystemFile(name))?.name;
  if (foreign) {
    throw new EmnistError(
      'dataset-folder-foreign',
      isFile
        ? `${target} is a file, not a folder`
        : `${target} contains "${foreign}", which is not part of the data set`,
      { path: target, entry: isFile ? null : foreign },
    );
  }
}
