import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename as renameOnce, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { EmnistError } from '../errors.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { listFolder, makeFolder } from '../files/folders.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { isSystemFile } from '../files/system-files.ts';
import { DOWNLOAD_NAME, LOCK_NAME, STAGING_NAME } from './dataset-store.ts';
import { splitFiles } from './split-files.ts';
import type { Split } from './splits.ts';

const LOCK_POLL_MS = 200;
const DOWNLOAD_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** The data sets' folder while this process alone fetches into it. */
export interface Staging {
  readonly folder: string;
  /** Aborts when the caller's signal does, and when the lock was lost. */
  readonly signal: AbortSignal;
  /** A new, empty folder on the same disk, removed on `close` unless it was installed. */
  createFolder(kind: 'new' | 'archive'): Promise<string>;
  /** Puts a finished folder in the place of a split's. */
  install(finished: string, split: Split): Promise<void>;
  close(): Promise<void>;
}

/**
 * Waits until no other process fetches into the folder, and removes what earlier ones left that is of no more use.
 * Throws the signal's reason when aborted.
 */
export async function openStaging(folder: string, signal?: AbortSignal): Promise<Staging> {
  await makeFolder(folder);
  const lost = new AbortController();
  const release = await lock(folder, lost, signal);
  const created = new Set<string>();
  const remove = (entry: string) => rm(entry, { recursive: true, force: true, maxRetries: 3 });
  const close = async () => {
    for (const entry of created) await remove(entry);
    // A lost lock is another process' by now, or gone.
    if (!lost.signal.aborted) await release();
  };
  try {
    for (const stale of await staleEntries(folder)) await remove(stale);
  } catch (error) {
    await close();
    throw fileError(error, folder);
  }
  const workPath = (kind: 'new' | 'old' | 'archive') => {
    const entry = path.join(folder, `.fetch-${kind}-${randomUUID()}`);
    created.add(entry);
    return entry;
  };
  return {
    folder,
    signal: signal ? AbortSignal.any([signal, lost.signal]) : lost.signal,
    async createFolder(kind) {
      const entry = workPath(kind);
      await mkdir(entry).catch((error) => {
        throw fileError(error, entry);
      });
      return entry;
    },
    async install(finished, split) {
      const target = path.join(folder, split);
      try {
        await refuseForeign(target, split);
        await replaceFolder(finished, target, workPath('old'));
      } catch (error) {
        throw fileError(error, target);
      }
    },
    close,
  };
}

const rename = (from: string, to: string) => retryWhileBusy(() => renameOnce(from, to));

/** A folder that is not empty cannot be renamed over, so the old one steps aside, and back should that fail. */
async function replaceFolder(finished: string, target: string, aside: string): Promise<void> {
  const replaces = await rename(target, aside).then(
    () => true,
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  try {
    await rename(finished, target);
  } catch (error) {
    if (replaces) await rename(aside, target);
    throw error;
  }
}

async function lock(folder: string, lost: AbortController, signal?: AbortSignal): Promise<() => Promise<void>> {
  const lockfilePath = path.join(folder, LOCK_NAME);
  const onCompromised = (cause: Error) =>
    lost.abort(new EmnistError('fetch-busy', `another process took over ${folder}`, { folder, lost: true }, { cause }));
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await retryWhileBusy(() => lockfile.lock(folder, { lockfilePath, onCompromised }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw fileError(error, lockfilePath);
    }
    await setTimeout(LOCK_POLL_MS);
  }
}

/** Only the lock's holder makes work folders, so all that are there were left by a process that ended in the middle. */
async function staleEntries(folder: string): Promise<string[]> {
  const stale: string[] = [];
  for (const { name } of await listFolder(folder)) {
    const entry = path.join(folder, name);
    if (STAGING_NAME.test(name)) stale.push(entry);
    else if (DOWNLOAD_NAME.test(name)) {
      const { mtimeMs } = await lstat(entry);
      if (Date.now() - mtimeMs > DOWNLOAD_LIFETIME_MS) stale.push(entry);
    }
  }
  return stale;
}

/** A folder of that name which holds anything but a split's files was not made here, and is left alone. */
async function refuseForeign(target: string, split: Split): Promise<void> {
  const isFile = await stat(target).then(
    (stats) => !stats.isDirectory(),
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  const foreign = isFile
    ? target
    : (await listFolder(target)).find(({ name }) => !splitFiles(split).includes(name) && !isSystemFile(name))?.name;
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
