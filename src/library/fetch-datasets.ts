import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import type { Split } from '../core/dataset/splits.ts';
import { resolvePaths } from '../core/paths.ts';
import type { Home } from './home.ts';
import { createRun, type Run } from './run.ts';

export interface FetchOptions extends Home {
  /** Default `['balanced']`. */
  splits?: readonly Split[];
  /** URL or path of a zip archive laid out like NIST's. Default: the environment variable `EMNIST_TUI_ARCHIVE`, else NIST's. */
  from?: string;
  /** Download and extract the whole archive rather than only the files needed. */
  whole?: boolean;
  /** Stops the work; the run throws the signal's reason. */
  signal?: AbortSignal;
}

/** What was fetched of one split, or was already there. */
export type FetchResult = Extract<FetchEvent, { event: 'end' }>;

/**
 * Downloads splits of EMNIST, one after the other, and verifies them. A split that is already there is not downloaded
 * again, and an interrupted download is resumed by the next call. Events: `start`, `progress` and `end` for each split.
 * Result: the `end` events, in the order of `splits`.
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
