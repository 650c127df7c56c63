import { rename } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../core/files/file-errors.ts';
import { findDefaultChoice, writeDefaultChoice } from '../core/model/default-choice.ts';
import { lockModel } from '../core/model/model-lock.ts';
import { checkModelName } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { rejectExisting } from '../core/training/unfinished-runs.ts';

/**
 * Renames one of the user's models, with its checkpoint and notes. It stays the default if it is.
 *
 * @throws EmnistError `model-name-invalid`, `model-exists`, `model-busy`, and those of `fileError`
 */
export async function renameModel(name: string, to: string, paths: Paths): Promise<void> {
  checkModelName(to);
  await rejectExisting(paths, to, 'rename');
  const folder = path.join(paths.models, name);
  {
    await using _lock = await lockModel(folder, name);
  }
  await rename(folder, path.join(paths.models, to)).catch((error) => {
    throw fileError(error, folder);
  });
  const { choice } = await findDefaultChoice(paths);
  if (choice?.model === name) await writeDefaultChoice({ ...choice, model: to }, paths);
}
