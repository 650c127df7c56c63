import type { Layer } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { layerInputs, layerShapes, type Network } from './network.ts';

/** A network in two parts: logits are `features * kernel + bias`, up to rounding. */
export interface NetworkParts {
  /** The network up to its last dense layer; its outputs are called features. */
  trunk: Network;
  /** In the order of `weightSpecs(trunk)`. */
  trunkWeights: Float32Array[];
  /** [features, classes] */
  kernel: Float32Array;
  /** [classes] */
  bias: Float32Array;
}

/** Takes the last dense layer off a network. Null if the network ends with anything else, or has nothing before it. */
export function splitLastLayer(network: Network, weights: readonly Float32Array[]): NetworkParts | null {
  // Layers after it that do not change the features: those that calibration adds, and dropout, which is off.
  const after: Layer[] = [];
  let last = network.layers.length - 1;
  while (last >= 0 && ['rescaling', 'dropout'].includes(network.layers[last]!.type)) {
    if (!isChained(network, last)) return null;
    after.unshift(network.layers[last]!);
    last--;
  }
  const dense = network.layers[last];
  if (dense?.type !== 'dense') return null;
  const input = layerInputs(network, last)[0]!;
  if (input < 0) return null;
  const trunk = { ...network, layers: network.layers.slice(0, input + 1) };
  const own = layerWeights(network, weights);
  let kernel = own[last]![0]!.slice();
  let bias = own[last]![1]?.slice() ?? new Float32Array(layerShapes(network)[last]![0]);
  for (const layer of after) {
    if (layer.type !== 'rescaling') continue;
    kernel = kernel.map((value) => value * layer.scale);
    bias = bias.map((value) => value * layer.scale + layer.offset);
  }
  return {
    trunk,
    trunkWeights: own.slice(0, input + 1).flatMap((tensors) => tensors.map((t) => t.slice())),
    kernel,
    bias,
  };
}

/** Whether a layer takes the output of the layer before it, and nothing else. */
function isChained(network: Network, index: number): boolean {
  const inputs = layerInputs(network, index);
  return inputs.length === 1 && inputs[0] === index - 1;
}
