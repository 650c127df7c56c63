import type { ModelDescription } from '../app/events.ts';
import { describeModels } from '../app/models.ts';
import { chooseDefaultModel as choose } from '../core/model/default-model.ts';
import { resolvePaths } from '../core/paths.ts';
import { withHints } from './explain-error.ts';
import type { Home } from './home.ts';

/**
 * The models that `loadRecognizer` and `evaluate` accept: the user's own, latest first and unfinished ones after finished
 * ones, then `shipped`.
 *
 * @example
 * for (const { name, classes } of await listModels()) console.log(name, classes);
 */
export async function listModels({ dataDir }: Home = {}): Promise<ModelDescription[]> {
  return withHints(() => describeModels(resolvePaths(dataDir)));
}

/**
 * Makes a model the one that is used if none is named, until a later one is trained or chosen. Throws `model-missing`, and
 * `model-unfinished` for one whose training was interrupted.
 *
 * @example
 * await chooseDefaultModel('shipped');
 */
export async function chooseDefaultModel(name: string, { dataDir }: Home = {}): Promise<void> {
  return withHints(() => choose(resolvePaths(dataDir), name));
}
