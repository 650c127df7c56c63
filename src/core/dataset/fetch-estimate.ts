import prettyBytes from 'pretty-bytes';
import { EmnistError } from '../errors.ts';
import { freeSpace } from '../files/free-space.ts';
import type { Paths } from '../paths.ts';
import { readManifest } from './manifest.ts';
import { downloadedBytes } from './part-file.ts';
import type { Source } from './source.ts';
import { splitFolder } from './split-files.ts';
import type { Split } from './splits.ts';

/** How much a source has of a split, in bytes. */
export interface SplitSize {
  /** To download; 0 from a file on disk. */
  readonly download: number;
  /** On disk, once it is fetched. */
  readonly disk: number;
}

/** What a source has, as far as it is known without downloading it. */
export interface SourceSizes {
  /** Empty if only the size of the whole archive is known. Splits that the source lacks are missing. */
  readonly splits: Partial<Readonly<Record<Split, SplitSize>>>;
  /** The whole archive. Null: unknown. */
  readonly whole: number | null;
  /** Whether the members of a split can be had without the rest. */
  readonly inParts: boolean;
  /** False if the sizes are about right. */
  readonly exact: boolean;
}

/** What a fetch will take. Sizes are in bytes; null means that they are not known. */
export interface FetchEstimate {
  /** The splits to be fetched: those that are already there from the same source are left out. */
  readonly splits: readonly Split[];
  /** What is left to download. */
  readonly download: number | null;
  /** What the splits will take up on disk. */
  readonly disk: number | null;
  /** The free space that is needed until the fetch has finished: the download as well as the files of the splits. */
  readonly needed: number | null;
  /** The free space there is. */
  readonly free: number | null;
  /** False if the sizes are about right. */
  readonly exact: boolean;
}

/** What to estimate: options of a fetch, with its resolved source. */
export interface EstimateOptions {
  splits: readonly Split[];
  source: Source;
  whole?: boolean;
  paths: Paths;
}

/** Estimates a fetch from what its source has. Asks nobody; reads manifests and the free space. */
export async function estimateFetch(
  { splits, source, whole = false, paths }: EstimateOptions,
  sizes: SourceSizes | null,
): Promise<FetchEstimate> {
  const missing: Split[] = [];
  for (const split of splits) {
    const manifest = await readManifest(splitFolder(paths, split), split);
    if (typeof manifest === 'string' || source.type === 'file' || manifest.source !== source.name) missing.push(split);
  }
  const free = await freeSpace(paths.datasets);
  if (missing.length === 0) return { splits: [], download: 0, disk: 0, needed: 0, free, exact: true };
  const unknown = { splits: missing, download: null, disk: null, needed: null, free, exact: false };
  if (sizes === null) return unknown;
  const found = missing.flatMap((split) => sizes.splits[split] ?? []);
  const disk = found.length === missing.length ? sum(found.map((size) => size.disk)) : null;
  const done = source.type === 'url' ? await downloadedBytes(paths.datasets, source.url) : 0;
  const left = (bytes: number) => Math.max(0, bytes - done);
  if (whole || !sizes.inParts) {
    if (sizes.whole === null) return unknown;
    // It is extracted as a whole, next to the download; its members are already compressed, so they are as large.
    const download = source.type === 'url' ? left(sizes.whole) : 0;
    return { ...unknown, download, disk, needed: download + sizes.whole, exact: sizes.exact };
  }
  if (disk === null) return unknown;
  // The download of a split is deleted once it is extracted, before the next one starts.
  const largest = Math.max(...found.map((size) => size.download));
  return {
    splits: missing,
    download: left(sum(found.map((size) => size.download))),
    disk,
    needed: disk + left(largest),
    free,
    exact: sizes.exact,
  };
}

/** By how much an estimate that is not exact may be too high. */
const TOLERANCE = 0.05;

/** Whether there is clearly too little free space for a fetch. */
export function isTooLarge({ needed, free, exact }: FetchEstimate): boolean {
  return needed !== null && free !== null && needed * (exact ? 1 : 1 - TOLERANCE) > free;
}

/** Throws `disk-full` if there is clearly too little free space for a fetch into a folder. */
export function requireSpace(estimate: FetchEstimate, folder: string): void {
  const { splits, needed, free, exact } = estimate;
  if (!isTooLarge(estimate)) return;
  throw new EmnistError(
    'disk-full',
    `fetching ${splits.join(', ')} needs ${exact ? '' : 'about '}${prettyBytes(needed!)} of free space, but ${folder} has only ${prettyBytes(free!)}`,
    { path: folder, needed: needed!, free: free! },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
