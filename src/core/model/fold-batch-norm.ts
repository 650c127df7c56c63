import type { Layer } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { layerInputs, layerShapes, type Network } from './network.ts';

/** A layer of the network that is being built, its inputs as indices of the layers of the original one. */
interface Folded {
  layer: Layer;
  weights: readonly Float32Array[];
  inputs: readonly number[];
  /** The layer of the original network whose output this one has; null for one that only leads to another. */
  output: number | null;
}

type LayerWithBias = Extract<Layer, { useBias: boolean }>;

/**
 * A network without batch normalization that predicts the same, up to rounding: its moving statistics become part of the
 * convolution or dense layer before it or, where there is none, a scaling of each channel. Training the result is
 * training with frozen statistics.
 */
export function foldBatchNorm(
  network: Network,
  weights: readonly Float32Array[],
): { network: Network; weights: Float32Array[] } {
  const shapes = layerShapes(network);
  const own = layerWeights(network, weights);
  const readers = (index: number) =>
    network.layers.filter((_, reader) => layerInputs(network, reader).includes(index)).length;
  const folded: Folded[] = [];
  network.layers.forEach((layer, index) => {
    const inputs = layerInputs(network, index);
    if (layer.type !== 'batchNorm') {
      folded.push({ layer, weights: own[index]!, inputs, output: index });
      return;
    }
    const [scale, offset] = scaleAndOffset(own[index]!, layer.epsilon);
    const [input] = inputs as readonly [number];
    const before = folded.find(({ output }) => output === input);
    const isFoldable = before !== undefined && 'useBias' in before.layer && readers(input) === 1;
    if (isFoldable) {
      const [kernel, bias] = before.weights as [Float32Array, Float32Array | undefined];
      // The output channel is the last axis of every kernel; that of a depthwise one has two axes for it.
      before.weights = [
        kernel.map((value, i) => value * scale[i % scale.length]!),
        offset.map((value, i) => value + (bias?.[i] ?? 0) * scale[i]!),
      ];
      before.layer = { ...(before.layer as LayerWithBias), useBias: true };
      before.output = index;
      return;
    }
    const shape = shapes[index]!;
    const channels = shape.at(-1)!;
    const scaling: Folded = {
      layer: {
        ...{ type: 'depthwiseConv2d', multiplier: 1, kernel: [1, 1], stride: [1, 1], padding: 'valid' },
        useBias: true,
      },
      weights: [scale, offset],
      inputs,
      output: index,
    };
    if (shape.length === 3) {
      folded.push(scaling);
      return;
    }
    // Depthwise convolutions take images, so a vector becomes one of a single pixel.
    folded.push({ layer: { type: 'reshape', shape: [1, 1, channels] }, weights: [], inputs, output: null });
    folded.push({ ...scaling, output: null });
    folded.push({ layer: { type: 'flatten' }, weights: [], inputs, output: index });
  });
  return { network: { ...network, layers: relinked(folded) }, weights: folded.flatMap((each) => [...each.weights]) };
}

/** Batch normalization as `x * scale + offset`. */
function scaleAndOffset(weights: readonly Float32Array[], epsilon: number): [Float32Array, Float32Array] {
  const [gamma, beta, mean, variance] = weights as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + epsilon));
  return [scale, beta.map((value, i) => value - mean[i]! * scale[i]!)];
}

/** The layers with the indices that their inputs have now. */
function relinked(folded: readonly Folded[]): Layer[] {
  return folded.map(({ layer, inputs }, index) => {
    const leads = index > 0 && folded[index - 1]!.output === null;
    const linked = leads
      ? [index - 1]
      : inputs.map((input) => (input < 0 ? -1 : folded.findIndex(({ output }) => output === input)));
    const { inputs: _inputs, ...plain } = layer;
    return linked.length === 1 && linked[0] === index - 1 ? plain : { ...plain, inputs: linked };
  });
}
