import {
  type FetchEstimate,
  estimateFetch as fromSizes,
  isTooLarge,
  type SourceSizes,
} from '../core/dataset/fetch-estimate.ts';
import { isOwnSource, resolveSource, type Source } from '../core/dataset/source.ts';
import { askForSizes, knownSizes } from '../core/dataset/source-sizes.ts';
import { SPLITS } from '../core/dataset/splits.ts';
import { isEmnistError } from '../core/errors.ts';
import { freeSpace } from '../core/files/free-space.ts';
import { bytes } from './format.ts';
import { type FetchOptions, fetchOptions } from './options/fetch.ts';
import { parseOptions } from './options/parse.ts';
import { SharedWork } from './shared-work.ts';
import type { WorkContext } from './work.ts';

/** What servers answered, by URL: asking again while the user changes another field would be slow. */
const answers = new SharedWork<SourceSizes>();
/** An estimate is soon of no use any more. */
const NETWORK = { connectTimeout: 10_000, responseTimeout: 20_000, idleTimeout: 10_000, retries: 0 };

/**
 * Estimates what a fetch will take before it starts. What NIST's archive has is known; a file on disk is read. With `ask`,
 * another server is asked for the directory of its archive; without it, sizes are null for such a URL. Debounce it while
 * the user is typing a URL.
 *
 * Sizes are also null if the source cannot be read: the fetch itself will say why. Throws `usage`, and the signal's reason.
 */
export async function estimateFetch(
  options: FetchOptions,
  { paths, signal, ask = true }: WorkContext & { ask?: boolean },
): Promise<FetchEstimate> {
  const parsed = parseOptions(fetchOptions, options);
  const { split, splits = split === 'all' ? SPLITS : [split], from, whole, name } = parsed;
  // Nothing is downloaded, and what it takes up on disk turns out when it is read.
  if (name !== undefined || (from !== undefined && (await isOwnSource(from)))) {
    const free = await freeSpace(paths.datasets);
    return { splits: [], download: null, disk: null, needed: null, free, exact: false };
  }
  const source = resolveSource(from, process.env);
  const sizes = await sizesOf(source, ask, signal);
  signal?.throwIfAborted();
  return fromSizes({ splits, source, whole, paths }, sizes);
}

async function sizesOf(source: Source, ask: boolean, signal?: AbortSignal): Promise<SourceSizes | null> {
  try {
    const known = await knownSizes(source);
    if (known !== null || source.type === 'file' || !ask) return known;
    const { url } = source;
    return await answers.get(url, (stop) => askForSizes(source, stop, NETWORK), signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isEmnistError(error)) return null;
    throw error;
  }
}

/** An estimate as text: `about 33 MB to download, 33 MB on disk`; null if nothing is known. */
export function fetchEstimateText({ splits, download, disk, needed, exact }: FetchEstimate): string | null {
  if (download === null || needed === null) return null;
  if (splits.length === 0) return 'already fetched, nothing to download';
  const about = exact ? '' : 'about ';
  const parts = [
    download > 0 ? `${bytes(download)} to download` : '',
    // An archive that can only be had as a whole needs twice its size for a while.
    disk === null ? `${bytes(needed)} of free space needed` : `${bytes(disk)} on disk`,
    disk !== null && needed > disk ? `${bytes(needed)} while fetching` : '',
  ];
  return about + parts.filter(Boolean).join(', ');
}

/** A warning if there is clearly too little free space for a fetch; otherwise null. */
export function spaceWarning(estimate: FetchEstimate): string | null {
  const { needed, free } = estimate;
  if (needed === null || free === null || !isTooLarge(estimate)) return null;
  return `only ${bytes(free)} free, ${bytes(needed)} needed`;
}
