import type { ModelDescription } from '../app/events.ts';
import { describeModels } from '../app/models.ts';
import { resolvePaths } from '../core/paths.ts';
import type { Home } from './home.ts';

/** The models that `loadRecognizer` and `evaluate` can be given: one's own, the one trained last first, then `shipped`. */
export async function listModels({ dataDir }: Home = {}): Promise<ModelDescription[]> {
  return describeModels(resolvePaths(dataDir));
}
