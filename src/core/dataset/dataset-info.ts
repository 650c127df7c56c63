import { EmnistError, isEmnistError } from '../errors.ts';
import { listFolder } from '../files/folders.ts';
import type { Paths } from '../paths.ts';
import { nameProblem } from '../portable-name.ts';
import { type DatasetName, isSplit } from './dataset-name.ts';
import { readManifest } from './manifest.ts';
import type { OwnDetails } from './own/own-details.ts';
import { readOwnManifest } from './own/own-manifest.ts';
import { splitFolder } from './split-files.ts';
import { SPLITS, splitLabels } from './splits.ts';

/** An installed data set: a split, or one of one's own. */
export interface DatasetInfo {
  name: DatasetName;
  /** Whether it is a data set of one's own. */
  own: boolean;
  /** The labels of the classes, in order. */
  labels: readonly string[];
  trainImages: number;
  testImages: number;
  /** The size of its files with data. */
  bytes: number;
  /** The URL, file, or folder it came from. */
  source: string;
  /** ISO 8601. */
  date: string;
  /** What was found in the source of a data set of one's own; null for splits. */
  details: OwnDetails | null;
}

/** Describes a data set from its manifest. Throws `dataset-missing`, `dataset-unknown`, and `dataset-damaged`. */
export async function describeDataset(paths: Paths, name: DatasetName): Promise<DatasetInfo> {
  const own = !isSplit(name);
  const manifest = isSplit(name) ? await readManifest(splitFolder(paths, name), name) : await readOwn(paths, name);
  if (manifest === 'missing' || manifest === 'foreign') throw await missingDataset(paths, name);
  if (manifest === 'damaged') throw damagedDataset(name, 'files are missing or have changed');
  const { trainImages, testImages, files, source, date } = manifest;
  return {
    name,
    own,
    labels: 'labels' in manifest ? manifest.labels : splitLabels(manifest.split),
    trainImages,
    testImages,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    source,
    date,
    details: 'details' in manifest ? manifest.details : null,
  };
}

/** The labels of a data set: a split has them even if it is not there. Throws as `describeDataset`. */
export async function datasetLabels(paths: Paths, name: DatasetName): Promise<readonly string[]> {
  return isSplit(name) ? splitLabels(name) : (await describeDataset(paths, name)).labels;
}

function readOwn(paths: Paths, name: string) {
  return nameProblem(name) === null ? readOwnManifest(paths, name) : Promise.resolve('missing' as const);
}

/** The names of the data sets of one's own, also of damaged ones, sorted. */
export async function listOwnDatasets(paths: Paths): Promise<string[]> {
  const names: string[] = [];
  for (const { name } of await listFolder(paths.datasets)) {
    if (nameProblem(name) !== null || isSplit(name)) continue;
    try {
      const manifest = await readOwnManifest(paths, name);
      if (manifest !== 'missing' && manifest !== 'foreign') names.push(name);
    } catch (error) {
      // Whose folder it is cannot be told.
      if (!isEmnistError(error)) throw error;
    }
  }
  return names.sort();
}

/** The error for a data set that is not there. */
export async function missingDataset(paths: Paths, name: DatasetName): Promise<EmnistError> {
  if (isSplit(name)) {
    return new EmnistError('dataset-missing', `the data set "${name}" has not been fetched`, { split: name });
  }
  const available = [...SPLITS, ...(await listOwnDatasets(paths))];
  return new EmnistError('dataset-unknown', `there is no data set "${name}"`, { split: name, available });
}

/** The error for a data set whose files are not as they should be. */
export function damagedDataset(split: DatasetName, reason: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'dataset-damaged',
    `the data set "${split}" is damaged (${reason})`,
    { split, reason },
    { cause },
  );
}
