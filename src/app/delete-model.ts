import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { targetName } from '../core/files/atomic-write.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { listFolder } from '../core/files/folders.ts';
import { choicePath, findDefaultChoice } from '../core/model/default-choice.ts';
import { parseManifest } from '../core/model/layers-format.ts';
import { CHECKPOINT_FILE, MODEL_FILE, modelFolder, NOTES_FILE, WEIGHTS_FILE } from '../core/model/model-folder.ts';
import { lockModel } from '../core/model/model-lock.ts';
import { lockNotes } from '../core/model/model-notes.ts';
import { ownModelFolder } from '../core/model/model-store.ts';
import { isNotesFile } from '../core/model/notes-file.ts';
import type { Paths } from '../core/paths.ts';

/**
 * Deletes one of the user's models, usable or not: its description, weights, checkpoint, and notes, also if another program made it.
 * Other files in its folder stay. Of a linked model only the link is deleted. If it was chosen as the default, that is forgotten.
 *
 * @param name as in `listModels`
 * @throws EmnistError `model-missing`, `model-busy`, and those of `fileError`
 */
export async function deleteModel(name: string, paths: Paths): Promise<void> {
  const folder = await ownModelFolder(paths, name);
  if (await isOwnFolder(folder, name)) await deleteFiles(folder, name, paths);
  else await remove(folder);
  // Otherwise, a model that gets this name later would be the default at once.
  const { choice } = await findDefaultChoice(paths);
  if (choice?.model === name) await remove(choicePath(paths));
}

async function deleteFiles(folder: string, name: string, paths: Paths): Promise<void> {
  await using _lock = await unlessFull(lockModel(folder, name, { operation: 'delete' }));
  await using _notes = await unlessFull(lockNotes(paths));
  const weights = await namedWeights(folder);
  for (const entry of await listFolder(folder)) {
    const file = targetName(entry.name);
    const isPart = [MODEL_FILE, CHECKPOINT_FILE, NOTES_FILE, ...weights].includes(file) || WEIGHTS_FILE.test(file);
    if (!isPart || entry.isDirectory()) continue;
    const found = path.join(folder, entry.name);
    if (entry.name !== NOTES_FILE || (await isNotesFile(found))) await remove(found);
  }
}

/** A lock, or null if there is no space to create it. Deleting must be possible on a full disk. */
async function unlessFull<T>(lock: Promise<T>): Promise<T | null> {
  try {
    return await lock;
  } catch (error) {
    if (isEmnistError(error, 'disk-full')) return null;
    throw error;
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
