import { findDefaultChoice } from '../core/model/default-choice.ts';
import { chooseDefaultModel } from '../core/model/default-model.ts';
import { listModels } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { readUnfinishedRun } from '../core/training/unfinished-runs.ts';
import type { ModelDescription, ModelsEvent } from './events.ts';
import { type ModelsOptions, modelsOptions } from './options/models.ts';
import { parseOptions } from './options/parse.ts';

/**
 * Lists all models or, with `use`, makes one the default.
 *
 * @throws EmnistError those of `chooseDefaultModel`, and `usage`
 */
export async function* models(options: ModelsOptions, { paths }: { paths: Paths }): AsyncGenerator<ModelsEvent> {
  const { use } = parseOptions(modelsOptions, options);
  if (use !== undefined) await chooseDefaultModel(paths, use);
  const described = await describeModels(paths);
  if (use === undefined) for (const model of described) yield { event: 'model', ...model };
  const { problem } = await findDefaultChoice(paths);
  yield {
    event: 'end',
    models: described.length,
    ...(use !== undefined && { chosen: use }),
    ...(problem && { problem: problem.message }),
  };
}

/** Describes all models, in the order of `listModels`. */
export async function describeModels(paths: Paths): Promise<ModelDescription[]> {
  const all = await listModels(paths);
  // The one that `loadModel` loads by default.
  const latest = all.find(({ model }) => model !== null);
  const described: ModelDescription[] = [];
  for (const summary of all) {
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
