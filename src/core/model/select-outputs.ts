import { ACTIVATIONS, type Layer, type LayerType } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { classCount, layerInputs, layerShapes, type Network } from './network.ts';

/** The same network with only some of its outputs, in the given order; the softmax is then over these. */
export function selectOutputs(
  network: Network,
  weights: readonly Float32Array[],
  outputs: readonly number[],
): { network: Network; weights: Float32Array[] } {
  const width = classCount(network);
  const last = outputLayer(network);
  if (last === null) {
    const dense: Layer = { type: 'dense', units: outputs.length, useBias: false };
    const selection = new Float32Array(width * outputs.length);
    outputs.forEach((output, index) => {
      selection[output * outputs.length + index] = 1;
    });
    return {
      network: { ...network, layers: [...network.layers, dense] },
      weights: [...weights.map((tensor) => tensor.slice()), selection],
    };
  }
  const layers = network.layers.map((layer, index): Layer => {
    if (index !== last) return layer;
    if (layer.type === 'conv2d') return { ...layer, filters: outputs.length };
    return layer.type === 'dense' ? { ...layer, units: outputs.length } : layer;
  });
  const selected = layerWeights(network, weights).flatMap((own, index) =>
    own.map((tensor) => (index < last ? tensor.slice() : columns(tensor, width, outputs))),
  );
  return { network: { ...network, layers }, weights: selected };
}

/** Layers with one output channel for each input channel, which do not mix channels. */
const CHANNELWISE: ReadonlySet<LayerType> = new Set([
  'batchNorm',
  ...ACTIVATIONS,
  'maxPool',
  'averagePool',
  'globalMaxPool',
  'globalAveragePool',
  'spatialDropout',
  'dropout',
  'zeroPadding',
  'rescaling',
]);

/** The index of the dense layer or convolution that has an output for each class; null if its outputs cannot be selected alone. */
function outputLayer(network: Network): number | null {
  const shapes = layerShapes(network);
  for (let index = network.layers.length - 1; index >= 0; index--) {
    const inputs = layerInputs(network, index);
    const { type } = network.layers[index]!;
    if (type === 'dense' || type === 'conv2d') return index;
    const [input] = inputs;
    // Another layer may read its output too.
    if (inputs.length > 1 || input !== index - 1 || input < 0 || isReadLater(network, input, index)) return null;
    const flattensPixel = type === 'flatten' && shapes[input]!.at(-1) === shapes[index]![0];
    if (!flattensPixel && !CHANNELWISE.has(type)) return null;
  }
  return null;
}

/** Whether a layer after `reader` takes the output of the layer `index`. */
function isReadLater(network: Network, index: number, reader: number): boolean {
  return network.layers.some((_, later) => later > reader && layerInputs(network, later).includes(index));
}

/** Selects columns of [n, width]. */
function columns(tensor: Float32Array, width: number, chosen: readonly number[]): Float32Array {
  const rows = tensor.length / width;
  return Float32Array.from({ length: rows * chosen.length }, (_, index) => {
    return tensor[Math.floor(index / chosen.length) * width + chosen[index % chosen.length]!]!;
  });
}
