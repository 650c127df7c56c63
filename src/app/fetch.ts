import { fetchDatasets as fetchSplits } from '../core/dataset/fetch.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { SPLITS } from '../core/dataset/splits.ts';
import { type FetchOptions, fetchOptions } from './options/fetch.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/**
 * Fetches one split, several, or all.
 *
 * @throws EmnistError `usage` for invalid options, and those of `fetchDatasets` in core
 */
export async function* fetchDatasets(options: FetchOptions, context: WorkContext): AsyncGenerator<FetchEvent> {
  const { split, splits = split === 'all' ? SPLITS : [split], from, whole } = parseOptions(fetchOptions, options);
  yield* fetchSplits({ splits, from, whole, ...context });
}
