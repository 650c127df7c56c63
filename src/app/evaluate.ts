import { datasetStatus } from '../core/dataset/dataset-store.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import type { Split } from '../core/dataset/splits.ts';
import { EmnistError, isEmnistError } from '../core/errors.ts';
import { evaluate as measure } from '../core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import { type EvaluateOptions, evaluateOptions } from './options/evaluate.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/**
 * Measures how well a model reads labeled images. With `onFetch`, a split that has not been fetched is fetched first;
 * without, it is an error.
 *
 * @throws EmnistError `usage` for invalid options, `dataset-missing`, and those of `evaluate` in core
 */
export async function* evaluate(
  options: EvaluateOptions,
  { paths, signal, onFetch }: WorkContext & { onFetch?: (event: FetchEvent) => void },
): AsyncGenerator<EvaluateEvent> {
  const parsed = parseOptions(evaluateOptions, options);
  if (onFetch && parsed.strokes === undefined) {
    for await (const event of fetchIfMissing(parsed.split, { paths, signal })) onFetch(event);
  }
  yield* measure({ ...parsed, paths }, signal);
}

async function* fetchIfMissing(split: Split, { paths, signal }: WorkContext): AsyncGenerator<FetchEvent> {
  const status = (await datasetStatus(paths)).find((dataset) => dataset.split === split);
  // What is damaged is left for the user to see.
  if (status?.trainImages !== null || status.bytes > 0) return;
  // Loaded only now: what it needs for its locks adds listeners to the process.
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
