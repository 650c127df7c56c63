import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type FetchOptions, fetchDatasets } from '../../../src/core/dataset/fetch.ts';
import type { FetchEvent } from '../../../src/core/dataset/fetch-event.ts';
import { readPart } from '../../../src/core/dataset/read-part.ts';
import type { Split } from '../../../src/core/dataset/splits.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';

/** A temporary folder, removed with `await using`. */
export async function temporaryHome(): Promise<AsyncDisposable & { root: string; paths: Paths }> {
  const root = await mkdtemp(path.join(tmpdir(), 'emnist-fetch-'));
  return {
    root,
    paths: resolvePaths(root),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Delays that keep the tests short. */
export const QUICK = { retryDelay: 1, retries: 3, idleTimeout: 10_000 };

type Options = Partial<FetchOptions> & { paths: Paths };

/** Fetches splits, by default `digits`, and returns all events. */
export async function fetchAll(options: Options): Promise<FetchEvent[]> {
  const events: FetchEvent[] = [];
  for await (const event of fetchDatasets({ splits: ['digits'], env: {}, network: QUICK, ...options })) {
    events.push(event);
  }
  return events;
}

/** Returns the error of a fetch, and fails if there is none. */
export async function fetchError(options: Options): Promise<EmnistError> {
  const error = await fetchAll(options).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(EmnistError);
  return error as EmnistError;
}

export function endOf(events: readonly FetchEvent[], split: Split = 'digits') {
  const end = events.find((event) => event.event === 'end' && event.split === split);
  return end?.event === 'end' ? { train: end.trainImages, test: end.testImages } : null;
}

/** The entries of the folder of the data sets, including hidden ones. */
export async function datasetEntries(paths: Paths): Promise<string[]> {
  return (await readdir(paths.datasets)).sort();
}

/** The contents of a split's files by name, without the manifest, to be compared. */
export async function installedFiles(paths: Paths, split: Split = 'digits'): Promise<Map<string, string>> {
  const folder = path.join(paths.datasets, split);
  const names = (await readdir(folder)).filter((name) => name.startsWith('emnist-')).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name), 'base64')] as const)),
  );
}

export async function trainLabels(paths: Paths, split: Split = 'digits'): Promise<number[]> {
  return [...(await readPart(paths, split, 'train')).labels];
}
