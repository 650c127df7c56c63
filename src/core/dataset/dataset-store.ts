import path from 'node:path';
import { type EmnistError, isEmnistError } from '../errors.ts';
import { fileSize } from '../files/file-info.ts';
import { listFolder, listReadable } from '../files/folders.ts';
import { isLockFile } from '../files/lock.ts';
import { isSystemFile } from '../files/system-files.ts';
import type { Paths } from '../paths.ts';
import { listOwnDatasets } from './dataset-info.ts';
import { type DatasetName, isSplit } from './dataset-name.ts';
import { readManifest } from './manifest.ts';
import { datasetFolder, OWN_DATA_FILES, OWN_FILES, readOwnManifest } from './own/own-manifest.ts';
import { MANIFEST_FILE, splitFiles, splitFolder } from './split-files.ts';
import { SPLITS, type Split, splitLabels } from './splits.ts';

/** The lock of the data sets' folder. */
export const LOCK_NAME = '.fetch.lock';
/** The names of staging folders. */
export const STAGING_NAME = /^\.fetch-(?:new|old|archive)-[\w-]+$/;
/** The names of partial downloads and of the temporary files that interrupted writes of them leave. */
export const DOWNLOAD_NAME = /^\.download-[0-9a-f]{16}(?:-\d+-\d+)?\.(?:part|json(?:\.\d+)?)$/;

/** Whether a data set is installed, and how large it is. */
export interface DatasetStatus {
  /** The name of the data set. */
  split: DatasetName;
  /** Only of a data set of one's own: the labels of its classes, in order, empty if it is damaged. */
  labels?: readonly string[];
  /** Null if the data set is missing or damaged. */
  trainImages: number | null;
  testImages: number | null;
  /** The size of the files present. */
  bytes: number;
  /** Why it cannot be told whether the split is there, if its folder cannot be read. */
  problem?: EmnistError;
}

/** The labels of the classes of a data set, in order; of a damaged one of one's own, none. */
export function classLabels({ split, labels }: Pick<DatasetStatus, 'split' | 'labels'>): readonly string[] {
  return labels ?? (isSplit(split) ? splitLabels(split) : []);
}

/**
 * The status of all six splits, and then of the data sets of one's own, which have `labels`. It comes from their manifests
 * and file sizes; nothing is decompressed.
 */
export async function datasetStatus(paths: Paths): Promise<DatasetStatus[]> {
  const splits = SPLITS.map(async (split) => {
    try {
      return await splitStatus(paths, split);
    } catch (error) {
      // The other splits can be used.
      if (!isEmnistError(error)) throw error;
      return { split, trainImages: null, testImages: null, bytes: 0, problem: error };
    }
  });
  const own = (await listOwnDatasets(paths)).map((name) => ownStatus(paths, name));
  return Promise.all([...splits, ...own]);
}

async function ownStatus(paths: Paths, name: string): Promise<DatasetStatus> {
  const manifest = await readOwnManifest(paths, name);
  const sizes = await Promise.all(OWN_DATA_FILES.map((file) => fileSize(path.join(paths.datasets, name, file))));
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (typeof manifest === 'string') return { split: name, labels: [], trainImages: null, testImages: null, bytes };
  const { labels, trainImages, testImages } = manifest;
  return { split: name, labels, trainImages, testImages, bytes };
}

async function splitStatus(paths: Paths, split: Split): Promise<DatasetStatus> {
  const folder = splitFolder(paths, split);
  const manifest = await readManifest(folder, split);
  const sizes = await Promise.all(splitFiles(split).map((name) => fileSize(path.join(folder, name))));
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return typeof manifest === 'string'
    ? { split, trainImages: null, testImages: null, bytes }
    : { split, trainImages: manifest.trainImages, testImages: manifest.testImages, bytes };
}

/** The names of all files that the folder of a data set may contain. */
export function datasetFiles(name: DatasetName): readonly string[] {
  return isSplit(name) ? splitFiles(name) : OWN_FILES;
}

/**
 * The absolute paths of everything under `paths.datasets` that the program created: folders of data sets, staging
 * folders, partial downloads and the lock. If a split's folder contains anything else, only the program's own files in it.
 */
export async function ownedDatasets(paths: Paths): Promise<string[]> {
  const owned = (await listFolder(paths.datasets))
    .filter(({ name }) => isLockFile(name, LOCK_NAME) || STAGING_NAME.test(name) || DOWNLOAD_NAME.test(name))
    .map(({ name }) => path.join(paths.datasets, name));
  for (const dataset of [...SPLITS, ...(await listOwnDatasets(paths))]) {
    const folder = datasetFolder(paths, dataset);
    const names = (await listReadable(folder)).map(({ name }) => name).filter((name) => !isSystemFile(name));
    if (!names.includes(MANIFEST_FILE)) continue;
    const own = names.filter((name) => datasetFiles(dataset).includes(name));
    if (own.length === names.length) owned.push(folder);
    else owned.push(...own.map((name) => path.join(folder, name)));
  }
  return owned;
}
