import { listModels } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import type { ModelDescription } from './events.ts';

/** Describes all models, in the order of `listModels`. */
export async function describeModels(paths: Paths): Promise<ModelDescription[]> {
  const models = await listModels(paths);
  // The one that `loadModel` loads by default.
  const latest = models.find(({ model }) => model !== null);
  return models.map((summary) => {
    const { name, shipped, folder, model, resumable, problem } = summary;
    const training = model?.training ?? null;
    return {
      name,
      shipped,
      default: summary === latest,
      path: folder,
      split: training?.split ?? null,
      architecture: training?.architecture ?? null,
      classes: model?.labels.length ?? null,
      epochs: training?.epochs ?? null,
      validationAccuracy: training?.validationAccuracy ?? null,
      validationImages: training?.validationImages ?? null,
      date: training?.date ?? null,
      resumable,
      problem,
    };
  });
}
