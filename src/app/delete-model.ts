import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { targetName } from '../core/files/atomic-write.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { listFolder } from '../core/files/folders.ts';
import { parseManifest } from '../core/model/layers-format.ts';
import { CHECKPOINT_FILE, MODEL_FILE, modelFolder, WEIGHTS_FILE } from '../core/model/model-folder.ts';
import { lockModel } from '../core/model/model-lock.ts';
import type { Paths } from '../core/paths.ts';

/**
 * Deletes one of the user's models, usable or not: its description, weights and checkpoint, also if another program made it.
 * Other files in its folder stay. Of a linked model only the link is deleted.
 *
 * @param name as in `listModels`
 * @throws EmnistError `model-missing`, `model-busy`, and those of `fileError`
 */
export async function deleteModel(name: string, paths: Paths): Promise<void> {
  const folder = path.join(paths.models, name);
  if (!(await isOwnFolder(folder, name))) return remove(folder);
  await using _lock = await lockModel(folder, name, { operation: 'delete' }).catch((error) => {
    // There is no space to create a lock. Deleting must be possible on a full disk.
    if (isEmnistError(error, 'disk-full')) return null;
    throw error;
  });
  const weights = await namedWeights(folder);
  for (const entry of await listFolder(folder)) {
    const file = targetName(entry.name);
    const isPart = [MODEL_FILE, CHECKPOINT_FILE, ...weights].includes(file) || WEIGHTS_FILE.test(file);
    if (isPart && !entry.isDirectory()) await remove(path.join(folder, entry.name));
  }
}

/** Whether there is a folder, rather than a link to one or a file. Throws `model-missing` if there is nothing. */
async function isOwnFolder(folder: string, name: string): Promise<boolean> {
  try {
    return (await lstat(folder)).isDirectory();
  } catch (error) {
    if (isMissing(error)) throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
    throw fileError(error, folder);
  }
}

/** The names of the weight files in a model's description; none if it cannot be read. */
async function namedWeights(folder: string): Promise<string[]> {
  const file = path.join(folder, MODEL_FILE);
  try {
    const { weightsManifest } = parseManifest((await modelFolder(folder).read(MODEL_FILE)).toString(), file);
    return weightsManifest.flatMap(({ paths }) => paths);
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return [];
  }
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true, maxRetries: 5 }).catch((error) => {
    throw fileError(error, file);
  });
}
