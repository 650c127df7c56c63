import type { Layer } from './layer.ts';
import { classCount, type Network, weightSpecs } from './network.ts';

/** The same network with only some of its outputs, in the given order; the softmax is then over these. */
export function selectOutputs(
  network: Network,
  weights: readonly Float32Array[],
  outputs: readonly number[],
): { network: Network; weights: Float32Array[] } {
  const width = classCount(network);
  const last = network.layers.findLastIndex(({ type }) => type === 'dense');
  const layers = network.layers.map((layer, index): Layer => {
    return index === last && layer.type === 'dense' ? { ...layer, units: outputs.length } : layer;
  });
  const before = weightSpecs({ ...network, layers: network.layers.slice(0, last) }).length;
  return {
    network: { ...network, layers },
    weights: weights.map((tensor, index) => (index < before ? tensor.slice() : columns(tensor, width, outputs))),
  };
}

/** Selects columns of [n, width]. */
function columns(tensor: Float32Array, width: number, chosen: readonly number[]): Float32Array {
  const rows = tensor.length / width;
  return Float32Array.from({ length: rows * chosen.length }, (_, index) => {
    return tensor[Math.floor(index / chosen.length) * width + chosen[index % chosen.length]!]!;
  });
}
