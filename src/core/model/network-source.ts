import { exists, isFolder } from '../files/file-info.ts';
import type { Paths } from '../paths.ts';
import type { KerasModel } from './keras-reader.ts';
import { readModelBytes } from './model-bytes.ts';
import { loadModel } from './model-store.ts';
import { architectureOf, readArchitecture } from './network-file.ts';

/** Whether `source` is the name of a file with the layers of a network, as opposed to a model. */
export async function isNetworkFile(source: string): Promise<boolean> {
  if (/\.json$/i.test(source)) return true;
  return (await exists(source)) && !(await isFolder(source));
}

/**
 * The layers that weights are imported for. `source`: a file with layers, or a model, by name or folder. Throws the errors of
 * `readNetworkFile` and `loadModel`.
 */
export async function loadArchitecture(source: string, paths: Paths): Promise<KerasModel> {
  if (await isNetworkFile(source)) {
    return readArchitecture((await readModelBytes(source)).toString('utf8'), source);
  }
  return architectureOf((await loadModel(source, paths)).network);
}
