import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { removeEmptyFolder } from '../files/folders.ts';
import { acquireLock, describeHolder, LockedError, type LockOptions } from '../files/lock.ts';
import { LOCK_FILE } from './model-store.ts';

/**
 * Locks a model's folder for writing, until the lock is disposed of. Creates the folder, and removes it afterward if it
 * is empty. Throws `model-busy` if another process has the lock.
 */
export async function lockModel(
  folder: string,
  name: string,
  options: Pick<LockOptions, 'signal' | 'onWait'> = {},
): Promise<AsyncDisposable> {
  let lock: AsyncDisposable;
  try {
    lock = await acquireLock(path.join(folder, LOCK_FILE), options);
  } catch (error) {
    await removeEmptyFolder(folder);
    if (!(error instanceof LockedError)) throw error;
    throw new EmnistError(
      'model-busy',
      `the model "${name}" is in use by ${describeHolder(error.holder)}`,
      { model: name, ...error.holder, operation: 'write' },
      { cause: error },
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      await lock[Symbol.asyncDispose]();
      await removeEmptyFolder(folder);
    },
  };
}
