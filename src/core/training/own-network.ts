import path from 'node:path';
import { readModelBytes } from '../model/model-bytes.ts';
import { loadModel } from '../model/model-store.ts';
import type { Network } from '../model/network.ts';
import { readNetworkFile } from '../model/network-file.ts';
import { isNetworkFile } from '../model/network-source.ts';
import { withOutputs } from '../model/with-outputs.ts';
import type { Paths } from '../paths.ts';

/**
 * The network of a run that trains none of the architectures. `source`: a file with its layers, or a model, by name or folder,
 * whose layers it has, with as many outputs as there are classes. Throws the errors of `readNetworkFile` and `loadModel`, and
 * `network-unsupported` for a model whose outputs cannot be changed.
 */
export async function readOwnNetwork(source: string, classes: number, paths: Paths): Promise<Network> {
  if (await isNetworkFile(source)) {
    return readNetworkFile((await readModelBytes(source)).toString('utf8'), source, classes);
  }
  const { network } = await loadModel(source, paths);
  return withOutputs(network, classes);
}

/** The name of the network in such a source: `lenet` of `nets/lenet.json`, or the name of the model. */
export function networkName(source: string): string {
  const { dir, name, ext } = path.parse(source);
  const isFolderOfModel = name === 'model' && ext === '.json' && path.basename(dir) !== '';
  const base = isFolderOfModel ? path.basename(dir) : /^\.json$/i.test(ext) ? name : `${name}${ext}`;
  return base.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._-]+|[._-]+$/g, '') || 'network';
}
