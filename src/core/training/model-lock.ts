import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import { fileError } from '../file-errors.ts';
import { LOCK_FILE } from '../model/store.ts';

/** Locks of this process: one that names this process and is not among them was left by another of the same number. */
const held = new Set<string>();

/**
 * Makes sure that one process at a time trains a model: its folder gets a file with the process' number. A file left by
 * a process that is gone (`kill -9`) is taken over at once, which locks kept by age would not allow.
 */
export async function lockModel(folder: string, name: string): Promise<AsyncDisposable> {
  const file = path.join(folder, LOCK_FILE);
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw fileError(error, folder);
  });
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, file);
    }
    const holder = await holderOf(file);
    if (holder === process.pid ? held.has(file) : isRunning(holder)) {
      throw new EmnistError(
        'model-busy',
        `the model "${name}" is being trained by process ${holder}`,
        'wait for it to end, or choose another name with --name',
      );
    }
    await rm(file, { force: true });
  }
  held.add(file);
  return {
    [Symbol.asyncDispose]: async () => {
      held.delete(file);
      await rm(file, { force: true });
      // A training that never came to its first checkpoint leaves no trace.
      if ((await readdir(folder)).length === 0) await rmdir(folder);
    },
  };
}

/** The process that a lock names. A lock that is still empty is being written this moment: it is read again. */
async function holderOf(file: string): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = await readFile(file, 'utf8').catch(() => '0');
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
