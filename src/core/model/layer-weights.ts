import { layerNames, type Network, weightSpecs } from './network.ts';

/** The weights of each layer; empty for layers without any. `weights`: in the order of `weightSpecs`. */
export function layerWeights<T>(network: Network, weights: readonly T[]): T[][] {
  const specs = weightSpecs(network);
  let next = 0;
  return layerNames(network).map((name) => {
    const own: T[] = [];
    while (specs[next]?.name.startsWith(`${name}/`)) own.push(weights[next++]!);
    return own;
  });
}
