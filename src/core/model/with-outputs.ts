import { EmnistError } from '../errors.ts';
import type { Layer } from './layer.ts';
import { classCount, layerInputs, type Network } from './network.ts';

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
