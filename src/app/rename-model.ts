import { lstat, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../core/errors.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { isFolder, isPresent } from '../core/files/file-info.ts';
import { removeEmptyFolder } from '../core/files/folders.ts';
import { lockHolder } from '../core/files/lock.ts';
import { retryWhileBusy } from '../core/files/retry.ts';
import { findDefaultChoice, writeDefaultChoice } from '../core/model/default-choice.ts';
import { LOCK_FILE } from '../core/model/model-folder.ts';
import { busyModel, lockModel } from '../core/model/model-lock.ts';
import { lockNotes } from '../core/model/model-notes.ts';
import { checkModelName, findModel, ownModelFolder } from '../core/model/model-store.ts';
import { renameParent } from '../core/model/rename-parent.ts';
import type { Paths } from '../core/paths.ts';
import { rejectExisting } from '../core/training/unfinished-runs.ts';

/**
 * Renames one of the user's models, usable or not, by renaming its folder: its checkpoint, its notes, and other files in the folder
 * move along. Of a linked model only the link is renamed. It stays the default if it is, and the
 * parent of models that were made from it.
 *
 * @throws EmnistError `model-missing`, `model-name-invalid`, `model-exists`, `model-busy`, and those of `fileError`
 */
export async function renameModel(name: string, to: string, paths: Paths): Promise<void> {
  const folder = await ownModelFolder(paths, name);
  const found = await findModel(paths, name);
  if (found === null) throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
  if (!(await isFolder(folder))) throw found.problem!;
  if (to === name) return;
  const target = path.join(paths.models, checkModelName(to));
  // Where case does not matter, `mine` is there if `Mine` is to become it.
  const changesCase = await areSame(folder, target);
  if (!changesCase) await rejectExisting(paths, to, 'rename');
  await using _lock = await lockModel(folder, name, { operation: 'rename' });
  // Otherwise, someone who is changing the notes would write into a folder that is gone.
  await using _notes = await lockNotes(paths);
  if (!changesCase) await makeRoom(target, to, paths);
  await move(folder, target, to);
  const { choice } = await findDefaultChoice(paths);
  if (choice?.model === name) {
    try {
      await writeDefaultChoice({ ...choice, model: to }, paths);
    } catch (error) {
      await move(target, folder, name);
      throw error;
    }
  }
  // It has moved along, and nobody else could have taken it over.
  const lock = path.join(target, LOCK_FILE);
  await rm(lock, { force: true, maxRetries: 5 }).catch((error) => {
    throw fileError(error, lock);
  });
  await renameParent(paths, name, to);
}

/** Whether two paths are of the same folder or link. */
async function areSame(file: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([file, other].map((one) => lstat(one, { bigint: true })));
    return a!.ino === b!.ino && a!.dev === b!.dev;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, other);
  }
}

/** Removes an empty folder of the new name. Throws if anything else has it. */
async function makeRoom(target: string, to: string, paths: Paths): Promise<void> {
  await rejectExisting(paths, to, 'rename');
  await removeEmptyFolder(target);
  if (!(await isPresent(target))) return;
  // A run that has not completed an epoch has nothing but its lock.
  const holder = await lockHolder(path.join(target, LOCK_FILE));
  throw holder ? busyModel(to, holder, 'rename') : taken(target, to);
}

async function move(folder: string, target: string, to: string): Promise<void> {
  try {
    await retryWhileBusy(() => rename(folder, target));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOTEMPTY' || code === 'EEXIST' ? taken(target, to) : fileError(error, folder);
  }
}

function taken(folder: string, model: string): EmnistError {
  const message = `${folder} has files that are not of a model`;
  return new EmnistError('model-name-invalid', message, { model, reason: 'taken' });
}
