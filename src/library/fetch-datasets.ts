import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { resolvePaths } from '../core/paths.ts';
import type { Home } from './home.ts';
import type { FetchSettings } from './options.ts';
import { createRun, type Run } from './run.ts';

export interface FetchOptions extends Home, FetchSettings {
  /** Stops the work; the run throws the signal's reason. */
  signal?: AbortSignal;
}

/** Size of a split that was fetched or already there, or of data of one's own, with what was found in it. */
export type FetchResult = Extract<FetchEvent, { event: 'end' }>;

/**
 * Downloads splits of EMNIST, one after the other, and verifies them. A split that is already installed is not downloaded
 * again, and an interrupted download is resumed by the next call. Events: `start`, `progress` and `end` for each split, and
 * `waiting` when there is no progress for a second.
 * With a `name`, takes over data of one's own from a folder or file instead.
 * Result: the `end` events, in the order in which the splits were fetched.
 *
 * @example
 * const [digits] = await fetchDatasets({ splits: ['digits'] });
 * console.log(digits.trainImages);
 */
export function fetchDatasets(options: FetchOptions = {}): Run<FetchEvent, FetchResult[]> {
  return createRun(() => fetchEvents(options));
}

async function* fetchEvents(options: FetchOptions): AsyncGenerator<FetchEvent, FetchResult[], void> {
  const { dataDir, signal, ...rest } = options;
  const { fetchDatasets: fetch } = await import('../app/fetch.ts');
  const results: FetchResult[] = [];
  for await (const event of fetch(rest, { paths: resolvePaths(dataDir), signal })) {
    yield event;
    if (event.event === 'end') results.push(event);
  }
  return results;
}
