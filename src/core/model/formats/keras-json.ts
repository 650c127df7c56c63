import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../files/file-errors.ts';
import type { ModelFile } from '../model.ts';
import { readModelBytes } from '../model-bytes.ts';
import { otherFile } from '../model-errors.ts';
import { readArchitecture } from '../network-file.ts';
import { decodeKerasHdf5 } from './keras-hdf5.ts';

const WEIGHTS = /\.(?:h5|hdf5)$/i;

/**
 * Decodes a model whose layers are in a JSON file, as from `model.to_json()`, and whose weights are in an HDF5 file beside it. That
 * is the one that has the same name, or else the only one in the folder. Throws `model-unsupported` if there is none.
 */
export async function decodeKerasJson(text: string, file: string): Promise<ModelFile> {
  const weights = await weightsBeside(file);
  if (weights === null) {
    // What the layers lack is only of interest once there are weights.
    throw otherFile(file, 'layers-only', `${path.parse(file).name}.h5`);
  }
  const architecture = readArchitecture(text, file);
  return decodeKerasHdf5(await readModelBytes(weights), weights, architecture);
}

async function weightsBeside(file: string): Promise<string | null> {
  const folder = path.dirname(file);
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => WEIGHTS.test(name) && !name.startsWith('.'));
  } catch (error) {
    throw fileError(error, folder);
  }
  const { name: stem } = path.parse(file);
  const stems = [stem, `${stem}.weights`, `${stem}_weights`, `${stem}-weights`];
  const same = stems.map((one) => names.find((name) => name.replace(WEIGHTS, '') === one)).find((name) => name);
  const found = same ?? (names.length === 1 ? names[0] : undefined);
  return found === undefined ? null : path.join(folder, found);
}
