import path from 'node:path';
import { isEmnistError } from '../errors.ts';
import { isPresent } from '../files/file-info.ts';
import { checkModelName, loadModel } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';

/** The model that a run starts from. */
export interface LearnParent {
  name: string;
  /** Its name or, if it was given by its folder, that. */
  from: string;
}

/**
 * The model to start from: the one that is named or, without a name, the default model. If that has itself learned the hand, it is the
 * model that it was made from, if that still exists: otherwise, models would drift further from it each time. Throws as `loadModel`.
 */
export async function parentOf(from: string | undefined, paths: Paths): Promise<LearnParent> {
  const { name, training } = await loadModel(from, paths);
  if (from !== undefined) return { name, from };
  if (training?.samples === undefined || training.parent === undefined) return { name, from: name };
  try {
    const parent = await loadModel(training.parent, paths);
    return { name: parent.name, from: parent.name };
  } catch (error) {
    if (isEmnistError(error, 'model-missing')) return { name, from: name };
    throw error;
  }
}

/** Names for the model that is made from another one: `shipped-hand`, `shipped-hand-2`, and so on, except those that are taken. */
export async function* freeNames({ name }: LearnParent, paths: Paths): AsyncGenerator<string, never> {
  for (let number = 1; ; number++) {
    const candidate = checkModelName(`${name}-hand${number === 1 ? '' : `-${number}`}`);
    if (!(await isPresent(path.join(paths.models, candidate)))) yield candidate;
  }
}
