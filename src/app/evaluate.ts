import { type DatasetName, isSplit } from '../core/dataset/dataset-name.ts';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { evaluate as evaluateModel } from '../core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import { recordEvaluation } from '../core/model/model-notes.ts';
import { findModel, SHIPPED, type StoredModel } from '../core/model/model-store.ts';
import { absolutePath } from '../core/paths.ts';
import { type EvaluateOptions, evaluateOptions } from './options/evaluate.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/**
 * Evaluates a model on labeled images, and keeps the result in the model's notes if the model is in the store. With `onFetch`, a split that has not been fetched is fetched first; without it, that is
 * an error.
 *
 * @throws EmnistError `usage` for invalid options, `dataset-missing`, and those of `evaluate` in core
 */
export async function* evaluate(
  options: EvaluateOptions,
  { paths, signal, onUnusable, onFetch }: WorkContext & { onFetch?: (event: FetchEvent) => void },
): AsyncGenerator<EvaluateEvent> {
  const parsed = parseOptions(evaluateOptions, options);
  if (onFetch && parsed.strokes === undefined) {
    for await (const event of fetchIfMissing(parsed.split, { paths, signal })) onFetch(event);
  }
  let evaluated: StoredModel | undefined;
  const onModel = (model: StoredModel) => {
    evaluated = model;
  };
  for await (const event of evaluateModel({ ...parsed, paths, onUnusable, onModel }, signal)) {
    if (event.event !== 'end') yield event;
    else yield { ...event, ...(await keep(event, parsed.characters, evaluated!, { paths, signal })) };
  }
}

type End = Extract<EvaluateEvent, { event: 'end' }>;

/** Adds a result to the notes about the model. An evaluation that has ended does not fail because of them. */
async function keep(
  { split, part, strokes, prior, images, accuracy, top5Accuracy, loss }: End,
  characters: string,
  { stored, weightsFile }: StoredModel,
  { paths, signal }: WorkContext,
): Promise<Pick<End, 'notKept'>> {
  if (stored === null || weightsFile === null) return {};
  const evaluation = {
    ...{ split, part, ...(strokes !== undefined && { strokes: absolutePath(strokes) }), characters, prior },
    ...{ images, accuracy, top5Accuracy, loss, date: new Date().toISOString() },
  };
  try {
    // Meanwhile its training may have gone on.
    const current = stored === SHIPPED ? weightsFile : (await findModel(paths, stored))?.weightsFile;
    if (current === weightsFile) {
      await recordEvaluation(paths, stored, { weights: weightsFile, evaluation }, { signal });
    }
    return {};
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { notKept: error.message };
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
