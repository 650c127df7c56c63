import { listModels } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { readUnfinishedRun } from '../core/training/unfinished-runs.ts';
import type { ModelDescription } from './events.ts';

/** Describes all models, in the order of `listModels`. */
export async function describeModels(paths: Paths): Promise<ModelDescription[]> {
  const models = await listModels(paths);
  // The one that `loadModel` loads by default.
  const latest = models.find(({ model }) => model !== null);
  const described: ModelDescription[] = [];
  for (const summary of models) {
    const { name, shipped, folder, model } = summary;
    const { run, problem } = await readUnfinishedRun(summary);
    const training = model?.training ?? null;
    described.push({
      name,
      shipped,
      default: summary === latest,
      path: folder,
      split: training?.split ?? null,
      architecture: training?.architecture ?? null,
      parent: training?.parent ?? run?.parent ?? null,
      classes: model?.labels.length ?? null,
      epochs: training?.epochs ?? null,
      validationAccuracy: training?.validationAccuracy ?? null,
      validationImages: training?.validationImages ?? null,
      date: training?.date ?? null,
      resumable: run !== null,
      unfinished: run && {
        split: run.split,
        architecture: run.architecture,
        epochsDone: run.epochsDone,
        epochs: run.epochs,
        date: run.date,
        running: run.holder !== null,
      },
      // A checkpoint that cannot be read matters where there is nothing else.
      problem: (summary.problem ?? (model === null ? problem : null))?.message ?? null,
    });
  }
  return described;
}
