import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { exists, isFolder } from '../files/file-info.ts';
import { readKerasModel } from '../model/keras-reader.ts';
import type { Layer } from '../model/layer.ts';
import { readModelBytes } from '../model/model-bytes.ts';
import { damagedModel } from '../model/model-errors.ts';
import { loadModel } from '../model/model-store.ts';
import { classCount, layerInputs, type Network } from '../model/network.ts';
import type { Paths } from '../paths.ts';

/**
 * The network of a run that trains neither `cnn` nor `vgg`. `source`: a file with its layers, or a model, by name or folder,
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

async function isNetworkFile(source: string): Promise<boolean> {
  if (/\.json$/i.test(source)) return true;
  return (await exists(source)) && !(await isFolder(source));
}

function readNetworkFile(text: string, file: string, classes: number): Network {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damagedModel(file, 'not JSON', cause);
  }
  const { network } = readKerasModel(json, file);
  if (classCount(network) !== classes) {
    const reason = `it has ${classCount(network)} outputs for ${classes} classes`;
    throw new EmnistError('network-unsupported', `unsupported network: ${reason}`, { reason });
  }
  return network;
}

/** Layers after the last one with weights that leave the number of channels as it is. */
const KEEP_CHANNELS: ReadonlySet<Layer['type']> = new Set([
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'sigmoid',
  'tanh',
  'softmax',
  'globalMaxPool',
  'globalAveragePool',
  'dropout',
  'spatialDropout',
  'rescaling',
]);

/**
 * A network with another number of outputs: its last layer with weights is changed. Throws `network-unsupported` if that is not
 * possible.
 */
export function withOutputs(network: Network, classes: number): Network {
  if (classCount(network) === classes) return network;
  let index = network.layers.length - 1;
  while (index >= 0) {
    const layer = network.layers[index]!;
    if (layer.type === 'dense' || layer.type === 'conv2d') {
      const changed: Layer = layer.type === 'dense' ? { ...layer, units: classes } : { ...layer, filters: classes };
      return { ...network, layers: network.layers.with(index, changed) };
    }
    if (!KEEP_CHANNELS.has(layer.type)) break;
    index = layerInputs(network, index)[0]!;
  }
  const reason = `it has ${classCount(network)} outputs, and its last layer cannot be changed to ${classes}`;
  throw new EmnistError('network-unsupported', `unsupported network: ${reason}`, { reason });
}
