import path from 'node:path';
import { EmnistError, type ErrorData } from '../errors.ts';
import { removeEmptyFolder } from '../files/folders.ts';
import { acquireLock, describeHolding, isStillHeld, type Lock, LockedError, type LockOptions } from '../files/lock.ts';
import type { LockHolder } from '../files/lock-holder.ts';
import { checkModelFolder, LOCK_FILE } from './model-folder.ts';

export interface ModelLockOptions extends Pick<LockOptions, 'signal' | 'onWait' | 'onLost'> {
  /** What the lock is for, as errors say. Default `write`. */
  operation?: ErrorData['model-busy']['operation'];
}

/**
 * Locks a model's folder, until the lock is disposed of. Creates the folder, and removes it afterward if it
 * is empty. Throws `model-busy` if another process has the lock, and `model-name-invalid` if its folder is none.
 */
export async function lockModel(
  folder: string,
  name: string,
  { operation = 'write', ...options }: ModelLockOptions = {},
): Promise<Lock> {
  await checkModelFolder(folder, name);
  let lock: Lock;
  try {
    lock = await acquireLock(path.join(folder, LOCK_FILE), options);
  } catch (error) {
    await removeEmptyFolder(folder);
    throw error instanceof LockedError ? busyModel(name, error.holder, operation, error) : error;
  }
  return {
    file: lock.file,
    id: lock.id,
    async [Symbol.asyncDispose]() {
      await lock[Symbol.asyncDispose]();
      await removeEmptyFolder(folder);
    },
  };
}

/** The error for a model that another process, or another part of this one, has locked. */
export function busyModel(
  model: string,
  holder: LockHolder,
  operation: ErrorData['model-busy']['operation'],
  cause?: LockedError,
): EmnistError<'model-busy'> {
  const message = `the model "${model}" is in use by ${describeHolding(holder)}`;
  return new EmnistError('model-busy', message, { model, ...holder, operation, lost: false }, { cause });
}

/** Throws `model-busy` if another process has taken over the lock of a model, which must not be written any more. */
export async function checkModelLock(lock: Pick<Lock, 'file' | 'id'>, name: string): Promise<void> {
  if (!(await isStillHeld(lock))) throw lostModelLock(name);
}

/** The error for a lock that another process has taken over or removed. */
export function lostModelLock(model: string): EmnistError<'model-busy'> {
  const holder = { host: null, process: null, since: null };
  const message = `another process has taken over the model "${model}" in the meantime`;
  return new EmnistError('model-busy', message, { model, operation: 'write', lost: true, ...holder });
}
