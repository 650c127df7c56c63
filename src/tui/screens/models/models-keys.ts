import type { ModelEntry } from './model-entry.ts';

/** The keys for what can be done with a model in the list. */
export function listContext(entry: ModelEntry | undefined) {
  if (!entry) return 'noModels';
  const { model, run } = entry;
  if (!model) return run ? 'unfinishedRuns' : 'unusableModels';
  if (run) return 'resumableModels';
  return model.shipped ? 'models' : 'ownModels';
}

/** The same in the details of a model. */
export function detailsContext({ model, run }: ModelEntry) {
  if (!model) return run ? 'runDetails' : 'unusableDetails';
  if (run) return 'resumableModelDetails';
  return model.shipped ? 'modelDetails' : 'ownModelDetails';
}
