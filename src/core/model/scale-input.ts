import type { Layer } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { layerInputs, type Network } from './network.ts';

/**
 * A network that computes of pixels x what `network` computes of `scale * x + offset`. The multiplication becomes part of the
 * first layer's weights where that is exact, and otherwise a `rescaling` layer at the start.
 */
export function scaleInput(
  network: Network,
  weights: readonly Float32Array[],
  scale: number,
  offset: number,
): { network: Network; weights: Float32Array[] } {
  const copies = weights.map((tensor) => tensor.slice());
  if (scale === 1 && offset === 0) return { network, weights: copies };
  return fold(network, copies, scale, offset) ?? { network: withRescaling(network, scale, offset), weights: copies };
}

/** Layers that pass on the pixels as they are, in inference. */
const PASSING: ReadonlySet<Layer['type']> = new Set(['flatten', 'reshape', 'dropout', 'spatialDropout', 'maxPool']);

/** Makes the scale part of the first weights. Null if it cannot be. */
function fold(
  network: Network,
  weights: Float32Array[],
  scale: number,
  offset: number,
): { network: Network; weights: Float32Array[] } | null {
  let input = -1;
  for (;;) {
    const users = network.layers.flatMap((_, index) => (layerInputs(network, index).includes(input) ? [index] : []));
    const [first] = users;
    if (first === undefined || users.length > 1) return null;
    const layer = network.layers[first]!;
    // The maximum of scaled pixels is the scaled maximum only if they are not inverted.
    if (layer.type === 'maxPool' && scale < 0) return null;
    if (PASSING.has(layer.type)) {
      input = first;
      continue;
    }
    if (layer.type === 'rescaling') {
      const combined: Layer = { ...layer, scale: layer.scale * scale, offset: layer.scale * offset + layer.offset };
      return { network: replaced(network, first, combined), weights };
    }
    if (layer.type !== 'conv2d' && layer.type !== 'dense') return null;
    // Zeros around the image are not offset.
    if (offset !== 0 && layer.type === 'conv2d' && layer.padding !== 'valid') return null;
    if (offset !== 0 && !layer.useBias) return null;
    const [kernel, bias] = layerWeights(network, weights)[first]!;
    const outputs = layer.type === 'dense' ? layer.units : layer.filters;
    const sums = new Float64Array(outputs);
    kernel!.forEach((value, index) => {
      sums[index % outputs]! += value;
    });
    const scaled = weights.map((tensor) => {
      if (tensor === kernel) return tensor.map((value) => value * scale);
      return tensor === bias && offset !== 0 ? tensor.map((value, index) => value + offset * sums[index]!) : tensor;
    });
    return { network, weights: scaled };
  }
}

function replaced(network: Network, index: number, layer: Layer): Network {
  return { ...network, layers: network.layers.map((one, place) => (place === index ? layer : one)) };
}

function withRescaling(network: Network, scale: number, offset: number): Network {
  const layers = network.layers.map((layer): Layer => {
    return layer.inputs ? { ...layer, inputs: layer.inputs.map((input) => input + 1) } : layer;
  });
  return { ...network, layers: [{ type: 'rescaling', scale, offset }, ...layers] };
}
