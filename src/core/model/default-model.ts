import { EmnistError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { writeDefaultChoice } from './default-choice.ts';
import { findModel, isFinished, listModels, SHIPPED, usedAt } from './model-store.ts';

/**
 * Makes a model the default, until a later one is trained or chosen. `name`: one of the user's models, or `shipped`. Throws
 * `model-missing`, `model-unfinished` for a model whose training was interrupted, why the model cannot be read, and the errors of
 * `fileError`.
 */
export async function chooseDefaultModel(paths: Paths, name: string): Promise<void> {
  if (name !== SHIPPED) {
    const summary = await findModel(paths, name);
    if (summary === null) throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
    if (summary.problem) throw summary.problem;
    if (!isFinished(summary)) {
      throw new EmnistError('model-unfinished', `the training of "${name}" is not finished`, { model: name });
    }
  }
  // A model from a machine whose clock is ahead must not win over the choice.
  const now = Date.now();
  const latest = Math.max(...(await listModels(paths)).map((model) => usedAt(model, null, now)));
  await writeDefaultChoice({ model: name, date: new Date(Math.max(now, latest + 1)).toISOString() }, paths);
}
