import { EmnistError, type ErrorData } from '../errors.ts';
import { nameProblem } from '../portable-name.ts';
import { SPLITS, type Split } from './splits.ts';

/** The name of a split, or of a data set of one's own. */
export type DatasetName = Split | (string & {});

/** Whether a data set is one of EMNIST's splits. */
export function isSplit(name: DatasetName): name is Split {
  return SPLITS.some((split) => split === name);
}

/** Names that mean something else where a data set is named. */
const RESERVED = new Set(['all']);

/**
 * Throws `dataset-name-invalid` unless a data set of one's own may have this name: one that a folder can have on every
 * system, and that is not the name of a split.
 */
export function checkDatasetName(name: string): void {
  const problem = nameProblem(name);
  if (problem === 'characters') throw invalidName(name, problem, `invalid data set name "${name}"`);
  if (problem === 'device') throw invalidName(name, problem, `"${name}" is the name of a device on Windows`);
  // Some file systems do not distinguish cases.
  const lowercase = name.toLowerCase();
  if (isSplit(lowercase) || RESERVED.has(lowercase)) {
    throw invalidName(name, 'reserved', `the data set name "${name}" is reserved`);
  }
}

function invalidName(dataset: string, reason: ErrorData['dataset-name-invalid']['reason'], message: string) {
  return new EmnistError('dataset-name-invalid', message, { dataset, reason });
}
