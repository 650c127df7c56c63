import { fetchDatasets } from '../core/dataset/fetch.ts';
import { datasetStatus } from '../core/dataset/read.ts';
import { SPLITS } from '../core/dataset/splits.ts';
import { describeEngines } from '../core/engine/select.ts';
import { evaluate } from '../core/evaluation/evaluate.ts';
import { listModels, type ModelSummary } from '../core/model/store.ts';
import type { Paths } from '../core/paths.ts';
import { startTraining } from '../core/training/start-training.ts';
import { VERSION } from '../core/version.ts';
import type { ModelStatus, Services } from '../tui/services.ts';
import { clean, readStorage, STORAGE_NAMES } from './clean.ts';
import { openBrowser, startDrawing } from './draw.ts';

/** The program as the app sees it. */
export function createServices(paths: Paths): Services {
  // To find out loads what is installed for the engines, and it stays as it is.
  let device: Promise<string> | undefined;
  return {
    version: VERSION,
    async status() {
      device ??= describeEngines().then((engines) => engines.find(({ preferred }) => preferred)!.device);
      const [datasets, models, preferred, storage] = await Promise.all([
        datasetStatus(paths),
        listModels(paths),
        device,
        Promise.all(STORAGE_NAMES.map((name) => readStorage(name, paths))),
      ]);
      return {
        datasets,
        models: models.flatMap(modelStatus),
        device: preferred,
        storage: storage.map(({ name, path, bytes }) => ({ name, path, bytes })),
      };
    },
    fetch: ({ split, ...options }, signal) =>
      fetchDatasets({ ...options, splits: split === 'all' ? [...SPLITS] : [split], paths, signal }),
    train: (options) => startTraining(options, paths),
    evaluate: (options, signal) => evaluate({ ...options, paths }, signal),
    draw: (options) => startDrawing(options, paths),
    openBrowser,
    clean: (what) => clean(what, paths),
  };
}

/** Broken ones cannot be used; `emnist-tui models` lists them, too. */
function modelStatus({ name, shipped, resumable, model }: ModelSummary): ModelStatus[] {
  if (!model) return [];
  return [{ name, shipped, resumable, classes: model.labels.length, training: model.training }];
}
