import { type DatasetName, isSplit } from '../core/dataset/dataset-name.ts';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { evaluate as evaluateModel } from '../core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import { type EvaluateOptions, evaluateOptions } from './options/evaluate.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/**
 * Evaluates a model on labeled images. With `onFetch`, a split that has not been fetched is fetched first; without it, that is
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
  yield* evaluateModel({ ...parsed, paths, onUnusable }, signal);
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
