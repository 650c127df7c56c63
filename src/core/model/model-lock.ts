import { open, readFile, rm, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { makeFolder, removeEmptyFolder } from '../files/folders.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { LOCK_FILE, TAKEOVER_LOCK } from './model-store.ts';

/** Clocks are set now and then. */
const CLOCK_TOLERANCE_MS = 60_000;

/** It is held for a moment only, but who was killed in that moment holds it for ten seconds. */
const TAKEOVER_RETRIES = { retries: 200, factor: 1, minTimeout: 50, maxTimeout: 100 };

/** Locks of this process: one that names this process and is not among them was left by another of the same number. */
const held = new Set<string>();

/**
 * Makes sure that one process at a time trains a model: its folder gets a file with the process' number. A file left by
 * a process that is gone (`kill -9`) is taken over at once, which locks kept by age would not allow.
 */
export async function lockModel(folder: string, name: string): Promise<AsyncDisposable> {
  const file = path.join(folder, LOCK_FILE);
  while (!(await create(file))) {
    const holder = await holderOf(file);
    if (holder === null) continue;
    if (await isHeld(file, holder)) {
      throw new EmnistError('model-busy', `the model "${name}" is being trained by process ${holder}`, {
        model: name,
        process: holder,
        operation: 'write',
      });
    }
    await removeStale(folder);
  }
  held.add(file);
  return {
    [Symbol.asyncDispose]: async () => {
      held.delete(file);
      await remove(file);
    },
  };
}

/** Removes the lock, and its folder where that is empty: a training that never came to a checkpoint leaves no trace. */
async function remove(file: string): Promise<void> {
  const folder = path.dirname(file);
  await retryWhileBusy(() => rm(file, { force: true }));
  await removeEmptyFolder(folder);
}

/** Makes the lock with its folder; false when there is one, or when its folder has just been removed. */
async function create(file: string): Promise<boolean> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  let made = false;
  try {
    await using handle = await retryWhileBusy(() => open(file, 'wx'));
    made = true;
    await handle.writeFile(String(process.pid));
    return true;
  } catch (error) {
    // On a full disk it can be made, but not written.
    if (made) await remove(file);
    else if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw fileError(error, file);
  }
}

/**
 * Removes a lock that nobody holds any more. Others may be about to do the same, and one of them may have taken the lock
 * for itself by now: one at a time, each looks again before it removes anything.
 */
async function removeStale(folder: string): Promise<void> {
  const file = path.join(folder, LOCK_FILE);
  // Only now: it listens for signals from when it is loaded, which is not for the library to do to a program.
  const { default: lockfile } = await import('proper-lockfile');
  let release: () => Promise<void>;
  try {
    const options = { lockfilePath: path.join(folder, TAKEOVER_LOCK), retries: TAKEOVER_RETRIES };
    release = await retryWhileBusy(() => lockfile.lock(folder, options));
  } catch (error) {
    throw fileError(error, folder);
  }
  try {
    const holder = await holderOf(file);
    // One that is not there may be made this moment: there is nothing to remove.
    if (holder !== null && !(await isHeld(file, holder))) await retryWhileBusy(() => rm(file, { force: true }));
  } finally {
    await release();
  }
}

async function isHeld(file: string, holder: number): Promise<boolean> {
  if (holder === process.pid) return held.has(file);
  return isRunning(holder) && !(await isFromBeforeBoot(file));
}

/** After the machine was switched off, some other program may have the number of the process that was training. */
async function isFromBeforeBoot(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => null);
  return stats !== null && stats.mtimeMs < Date.now() - uptime() * 1000 - CLOCK_TOLERANCE_MS;
}

/**
 * The process that a lock names, null where there is none. A lock that is still empty is being written this moment: it is
 * read again.
 */
async function holderOf(file: string): Promise<number | null> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = await retryWhileBusy(() => readFile(file, 'utf8')).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fileError(error, file);
    });
    if (text === null) return null;
    if (text !== '') return Number(text);
    await setTimeout(25);
  }
  return 0;
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
