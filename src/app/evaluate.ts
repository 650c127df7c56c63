import { type DatasetName, isSplit } from '../core/dataset/dataset-name.ts';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { evaluate as evaluateModel } from '../core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import type { OnMistake } from '../core/evaluation/mistake.ts';
import { loadStoredModel } from '../core/model/model-store.ts';
import { defaultSplit } from './evaluation-split.ts';
import { keepEvaluation } from './keep-evaluation.ts';
import { type EvaluateOptions, evaluateOptions } from './options/evaluate.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';
import { MistakesFolder } from './write-mistakes.ts';

/**
 * Evaluates a model on labeled images, and keeps the result in the model's notes if the model is in the store. With `onFetch`, a
 * split that has not been fetched is fetched first; without it, that is an error. `onMistake` is called for each misread image.
 * With the option `mistakes` these are also written to a folder.
 *
 * @throws EmnistError `usage` for invalid options, `dataset-missing`, and those of `loadModel`, of `evaluate` in core, and of
 * `MistakesFolder`
 */
export async function* evaluate(
  options: EvaluateOptions,
  {
    paths,
    signal,
    onUnusable,
    onFetch,
    onMistake,
  }: WorkContext & { onFetch?: (event: FetchEvent) => void; onMistake?: OnMistake },
): AsyncGenerator<EvaluateEvent> {
  const { mistakes, force, model: nameOrPath, split: chosen, ...parsed } = parseOptions(evaluateOptions, options);
  const folder = mistakes === undefined ? null : await MistakesFolder.open(mistakes, force);
  const loaded = await loadStoredModel(nameOrPath, paths, onUnusable);
  signal?.throwIfAborted();
  const { model } = loaded;
  const split = chosen ?? (await defaultSplit(model, paths));
  if (onFetch && parsed.strokes === undefined) {
    for await (const event of fetchIfMissing(split, { paths, signal })) onFetch(event);
  }
  const report: OnMistake = (mistake) => {
    folder?.add(mistake);
    onMistake?.(mistake);
  };
  const context = { paths, ...((folder || onMistake) && { onMistake: report }) };
  for await (const event of evaluateModel({ ...parsed, split, model, ...context }, signal)) {
    await folder?.flush(signal);
    if (event.event !== 'end') {
      yield event;
      continue;
    }
    const kept = await keepEvaluation(event, parsed.characters, loaded, { paths, signal });
    yield { ...event, ...(folder && { mistakes: folder.written }), ...kept };
  }
}

async function* fetchIfMissing(split: DatasetName, { paths, signal }: WorkContext): AsyncGenerator<FetchEvent> {
  // There is nowhere to fetch a data set of one's own from.
  if (!isSplit(split)) return;
  const status = (await datasetStatus(paths)).find((dataset) => dataset.split === split);
  // A damaged split is reported, not fetched again.
  if (status?.trainImages !== null || status.bytes > 0) return;
  // Loaded only when needed: its locks add listeners to the process.
  const { fetchDatasets } = await import('../core/dataset/fetch.ts');
  try {
    yield* fetchDatasets({ splits: [split], paths, signal });
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    throw new EmnistError(
      'dataset-missing',
      `the data set "${split}" has not been fetched, and fetching it failed: ${error.message}`,
      { split, reason: error.message },
      { cause: error },
    );
  }
  signal?.throwIfAborted();
}
