import type { KerasGraph } from './keras/graph.ts';
import { imageInput } from './keras/image-input.ts';
import { isChannelsFirst, LayerFields, plain } from './keras/layer-fields.ts';
import { NetworkBuilder } from './keras/network-builder.ts';
import { Problems } from './keras/problems.ts';
import { addLayer, checkAlone } from './keras/read-layer.ts';
import { kerasShape, type Tensor } from './keras/tensor.ts';
import { parseTopology } from './keras/topology.ts';

import { type KerasWeight, orderRows, type WeightSource } from './keras/weight-source.ts';
import { damagedModel } from './model-errors.ts';
import { elements, type Network, weightSpecs } from './network.ts';

export type { KerasWeight } from './keras/weight-source.ts';

export interface KerasModel {
  network: Network;
  /** One for each of `weightSpecs(network)`. */
  weights: readonly WeightSource[];
}

/**
 * Parses the JSON of a Keras model, as Keras 1 to 3 and TensorFlow.js write it: a `Sequential` model, or a functional one with
 * one input and one output, which may contain other models. Throws `model-unsupported`, which names all layers that are not
 * supported and why, or `model-damaged`; both name `file`. `isOurs`: this program wrote it, so
 * the network is exactly the one that was written; of others, layers that change nothing are left out, and a rescaling of
 * pixels from 0 to 255 is made one of pixels from 0 to 1. `sequenceWidth`: it reads sequences from images of any width, and the
 * network is for this one.
 */
export function readKerasModel(topology: unknown, file: string, options: ReadOptions = {}): KerasModel {
  const problems = new Problems();
  const graph = parseTopology(topology, file, problems);
  return readGraph(graph, file, problems, options);
}

interface ReadOptions {
  isOurs?: boolean;
  sequenceWidth?: number;
}

/** Turns the layers of a Keras model into a network. Throws as `readKerasModel` does. */
export function readGraph(
  { inputShape, nodes, output: last }: KerasGraph,
  file: string,
  problems: Problems,
  { isOurs = false, sequenceWidth }: ReadOptions = {},
): KerasModel {
  if (nodes.length === 0) throw damagedModel(file, 'it has no layers');
  const channelsFirst = nodes.some(({ config }) => isChannelsFirst(plain(config.data_format ?? config.dim_ordering)));
  // The layers are checked even if the input is not supported, as if it were.
  const shape = sequenceWidth ? (inputShape?.map((size) => size ?? sequenceWidth) ?? null) : inputShape;
  const { input, kind } = imageInput({ inputShape: shape, nodes }, channelsFirst, problems);
  const builder = new NetworkBuilder(input);
  const image: Tensor = { layer: -1, shape: input, kind, order: null };
  const outputs: (Tensor | null)[] = [];
  for (const node of nodes) {
    const inputs = node.inputs.map((index) => (index < 0 ? image : outputs[index]!));
    const known = inputs.filter((tensor) => tensor !== null);
    const fields = new LayerFields(node, problems);
    if (known.length < inputs.length) checkAlone(fields, problems);
    const isKnown = known.length === inputs.length;
    outputs.push(isKnown ? addLayer({ builder, fields, inputs: known, channelsFirst, problems, isOurs }) : null);
  }
  const output = outputs[last];
  if (output && !sequenceWidth) finishOutput(new LayerFields(nodes[last]!, problems), output, builder);
  if (problems.any) throw problems.error(file);
  return builder.finish();
}

/** Flattens the output if it is an image of one pixel. */
function finishOutput(fields: LayerFields, output: Tensor, builder: NetworkBuilder): void {
  const shape = kerasShape(output);
  const flat = elements(shape) === output.shape.at(-1) ? builder.flat(fields, output) : null;
  if (!flat)
    fields.problem(`is the last layer and has an output of [${shape}]; a Flatten and a Dense layer must follow`);
  else if (flat.order) fields.problem('has outputs in an order that is not supported');
}

/**
 * The weights of a model in the order of `weightSpecs(network)`. `read` returns one of them, with as many elements as its
 * shape in Keras has.
 */
export function readKerasWeights(
  { network, weights }: KerasModel,
  read: (weight: KerasWeight) => Float32Array,
): Float32Array[] {
  return weightSpecs(network).map(({ shape }, index) => {
    const weight = weights[index]!;
    const size = elements(shape);
    if (typeof weight === 'number') return new Float32Array(size).fill(weight);
    if ('values' in weight) return Float32Array.from(weight.values);
    const data = orderRows(read(weight), weight.order);
    // One number for all features.
    return data.length === 1 && size > 1 ? new Float32Array(size).fill(data[0]!) : data;
  });
}
