import { EmnistError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { writeDefaultChoice } from './default-choice.ts';
import { isFinished, listModels, usedAt } from './model-store.ts';

/**
 * Makes a model the default, until a later one is trained or chosen. `name`: one of the user's models, or `shipped`. Throws
 * `model-missing`, `model-unfinished` for a model whose training was interrupted, why the model cannot be read, and the errors of
 * `fileError`.
 */
export async function chooseDefaultModel(paths: Paths, name: string): Promise<void> {
  const models = await listModels(paths);
  const chosen = models.find((model) => model.name === name);
  if (!chosen) throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
  if (chosen.problem) throw chosen.problem;
  if (!isFinished(chosen)) {
    throw new EmnistError('model-unfinished', `the training of "${name}" is not finished`, { model: name });
  }
  // A model from a machine whose clock is ahead must not win over the choice.
  const now = Date.now();
  const latest = Math.max(...models.map((model) => usedAt(model, null, now)));
  await writeDefaultChoice({ model: name, date: new Date(Math.max(now, latest + 1)).toISOString() }, paths);
}
