import path from 'node:path';
import { type EmnistError, isEmnistError } from '../errors.ts';
import { fileSize } from '../files/file-info.ts';
import { listFolder, listReadable } from '../files/folders.ts';
import { isLockFile } from '../files/lock.ts';
import { isSystemFile } from '../files/system-files.ts';
import type { Paths } from '../paths.ts';
import { readManifest } from './manifest.ts';
import { MANIFEST_FILE, splitFiles, splitFolder } from './split-files.ts';
import { SPLITS, type Split } from './splits.ts';

/** The lock of the data sets' folder. */
export const LOCK_NAME = '.fetch.lock';
/** The names of staging folders. */
export const STAGING_NAME = /^\.fetch-(?:new|old|archive)-[\w-]+$/;
/** The names of partial downloads and of the temporary files that interrupted writes of them leave. */
export const DOWNLOAD_NAME = /^\.download-[0-9a-f]{16}(?:-\d+-\d+)?\.(?:part|json(?:\.\d+)?)$/;

/** Whether a split is installed, and how large it is. */
export interface DatasetStatus {
  split: Split;
  /** Null if the split is missing or damaged. */
  trainImages: number | null;
  testImages: number | null;
  /** The size of the files present. */
  bytes: number;
  /** Why it cannot be told whether the split is there, if its folder cannot be read. */
  problem?: EmnistError;
}

/** The status of all six splits, from their manifests and file sizes; nothing is decompressed. */
export async function datasetStatus(paths: Paths): Promise<DatasetStatus[]> {
  return Promise.all(
    SPLITS.map(async (split) => {
      try {
        return await splitStatus(paths, split);
      } catch (error) {
        // The other splits can be used.
        if (!isEmnistError(error)) throw error;
        return { split, trainImages: null, testImages: null, bytes: 0, problem: error };
      }
    }),
  );
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

/**
 * The absolute paths of everything under `paths.datasets` that the program created: split folders, staging folders,
 * partial downloads and the lock. If a split's folder contains anything else, only the program's own files in it.
 */
export async function ownedDatasets(paths: Paths): Promise<string[]> {
  const owned = (await listFolder(paths.datasets))
    .filter(({ name }) => isLockFile(name, LOCK_NAME) || STAGING_NAME.test(name) || DOWNLOAD_NAME.test(name))
    .map(({ name }) => path.join(paths.datasets, name));
  for (const split of SPLITS) {
    const folder = splitFolder(paths, split);
    const names = (await listReadable(folder)).map(({ name }) => name).filter((name) => !isSystemFile(name));
    if (!names.includes(MANIFEST_FILE)) continue;
    const own = names.filter((name) => splitFiles(split).includes(name));
    if (own.length === names.length) owned.push(folder);
    else owned.push(...own.map((name) => path.join(folder, name)));
  }
  return owned;
}
