import { EmnistError } from '../errors.ts';
import { ACTIVATIONS, type Layer } from './layer.ts';
import { classCount, layerInputs, type Network } from './network.ts';

/** Layers after the last one with weights that leave the number of channels as it is. */
const KEEP_CHANNELS: ReadonlySet<Layer['type']> = new Set([
  ...ACTIVATIONS,
  'softmax',
  'globalMaxPool',
  'globalAveragePool',
  'dropout',
  'spatialDropout',
  'rescaling',
]);

/**
 * The index of the dense layer or convolution that has an output for each class: the last layer with weights. Null if its
 * number of outputs cannot be changed.
 */
export function outputLayer(network: Network): number | null {
  let index = network.layers.length - 1;
  while (index >= 0) {
    const { type } = network.layers[index]!;
    if (type === 'dense' || type === 'conv2d') return index;
    if (!KEEP_CHANNELS.has(type)) return null;
    index = layerInputs(network, index)[0]!;
  }
  return null;
}

/**
 * A network with another number of outputs: its last layer with weights is changed. Throws `network-unsupported` if that is not
 * possible.
 */
export function withOutputs(network: Network, classes: number): Network {
  if (classCount(network) === classes) return network;
  const index = outputLayer(network);
  if (index === null) {
    throw unchangeable(`it has ${classCount(network)} outputs, and its last layer cannot be changed to ${classes}`);
  }
  const changed = network.layers.map((layer, position): Layer => {
    if (position !== index) return layer;
    if (layer.type === 'conv2d') return { ...layer, filters: classes };
    return layer.type === 'dense' ? { ...layer, units: classes } : layer;
  });
  return { ...network, layers: changed };
}

/** The error for a network whose outputs cannot be changed. */
export function unchangeable(reason: string): EmnistError {
  return new EmnistError('network-unsupported', `unsupported network: ${reason}`, { reason });
}
