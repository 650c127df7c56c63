import type { LayerKind } from '../inspection.ts';
import { ACTIVATIONS, type Layer, type LayerType, type Shape } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { layerInputs, layerShapes, type Network } from './network.ts';

/** A layer whose output is worth looking at. */
export interface ObservedLayer {
  /** The layer that the group begins with, which it is named after. */
  readonly first: number;
  /** The last layer of the group, whose output is looked at. */
  readonly index: number;
  readonly kind: LayerKind;
  /** Whether the group also pools what the layer that it begins with computes. */
  readonly pools: boolean;
}

const KINDS: Readonly<Partial<Record<LayerType, LayerKind>>> = {
  conv2d: 'convolution',
  depthwiseConv2d: 'convolution',
  dense: 'dense',
  maxPool: 'pooling',
  averagePool: 'pooling',
  globalMaxPool: 'pooling',
  globalAveragePool: 'pooling',
  add: 'sum',
  concatenate: 'branches',
};
/** Layers that belong to the group of the layer before them. */
const FOLLOWERS: ReadonlySet<LayerType> = new Set([
  'batchNorm',
  ...ACTIVATIONS,
  'softmax',
  'maxPool',
  'averagePool',
  'dropout',
  'spatialDropout',
  'rescaling',
]);
const POOLING: readonly LayerType[] = ['maxPool', 'averagePool'];
/** Layers that change nothing in a prediction. */
const IDLE: readonly LayerType[] = ['dropout', 'spatialDropout'];

/**
 * The layers of a network that are worth looking at: of each convolution, dense layer, or joint of branches with the
 * normalization, activation, and pooling that follow it, the last one. The group that ends in the network's output is
 * left out, since the predictions show it.
 *
 * @param most if there are more, this many are chosen, evenly spread over the network, with the last one
 */
export function observableLayers(network: Network, most: number): ObservedLayer[] {
  const { layers } = network;
  const readers = readersOf(network);
  const grouped = new Set<number>();
  const found: ObservedLayer[] = [];
  layers.forEach(({ type }, start) => {
    const kind = KINDS[type];
    if (!kind || grouped.has(start)) return;
    let [end, index, pools] = [start, start, false];
    for (;;) {
      const [next, ...others] = readers[end]!;
      if (next === undefined || others.length > 0 || layerInputs(network, next).length > 1) break;
      const follower = layers[next]!.type;
      if (!FOLLOWERS.has(follower)) break;
      grouped.add(next);
      end = next;
      if (!IDLE.includes(follower)) index = next;
      pools ||= POOLING.includes(follower);
    }
    if (end < layers.length - 1) found.push({ first: start, index, kind, pools });
  });
  if (found.length <= most) return found;
  return Array.from({ length: most }, (_, place) => found[Math.ceil(((place + 1) * found.length) / most) - 1]!);
}

/** A network that outputs what some layers of another do, one after the other, each flattened. */
export interface ObservingNetwork {
  network: Network;
  /** In the order of `weightSpecs(network)`; shared with the other network. */
  weights: Float32Array[];
  /** The shape of each of the layers. */
  shapes: Shape[];
}

/** Reduces a network to what some of its layers need, and outputs all of them in one forward pass. */
export function observeLayers(
  network: Network,
  weights: readonly Float32Array[],
  indices: readonly number[],
): ObservingNetwork {
  const needed = new Set<number>();
  const waiting = [...indices];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (index < 0 || needed.has(index)) continue;
    needed.add(index);
    waiting.push(...layerInputs(network, index));
  }
  const kept = [...needed].sort((a, b) => a - b);
  const places = new Map([[-1, -1], ...kept.map((index, place) => [index, place] as const)]);
  const layers = kept.map((index): Layer => {
    return { ...network.layers[index]!, inputs: layerInputs(network, index).map((input) => places.get(input)!) };
  });
  const all = layerShapes(network);
  const shapes = indices.map((index) => all[index]!);
  const vectors = indices.map((index, position) => {
    if (shapes[position]!.length === 1) return places.get(index)!;
    return layers.push({ type: 'flatten', inputs: [places.get(index)!] }) - 1;
  });
  if (vectors.length > 1) layers.push({ type: 'concatenate', inputs: vectors });
  const own = layerWeights(network, weights);
  return { network: { ...network, layers }, weights: kept.flatMap((index) => own[index]!), shapes };
}

/** The layers that take the output of each layer. */
function readersOf(network: Network): number[][] {
  const readers = network.layers.map((): number[] => []);
  network.layers.forEach((_, index) => {
    for (const input of layerInputs(network, index)) readers[input]?.push(index);
  });
  return readers;
}
