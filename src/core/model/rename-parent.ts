import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isEmnistError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { fileError } from '../files/file-errors.ts';
import type { Paths } from '../paths.ts';
import { MODEL_FILE } from './model-folder.ts';
import { lockModel } from './model-lock.ts';
import { listModels } from './model-store.ts';

/**
 * Changes the name of the parent in the training records of the user's models, so that learning again starts from it. A model that
 * is in use, or cannot be written, keeps the old name and works just as well. So do checkpoints.
 */
export async function renameParent(paths: Paths, from: string, to: string): Promise<void> {
  for (const { name, folder, shipped, model } of await listModels(paths)) {
    if (shipped || model?.training?.parent !== from) continue;
    try {
      await using _lock = await lockModel(folder, name);
      await writeParent(path.join(folder, MODEL_FILE), from, to);
    } catch (error) {
      if (!isEmnistError(error)) throw error;
    }
  }
}

/** Changes the parent in a `model.json`, unless it has become another one. Throws file errors. */
async function writeParent(file: string, from: string, to: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, file);
  }
  const json = JSON.parse(text);
  const training = json.userDefinedMetadata?.training;
  if (training?.parent !== from) return;
  training.parent = to;
  await writeFileAtomically(file, `${JSON.stringify(json, null, 1)}\n`);
}
