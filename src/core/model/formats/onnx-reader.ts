import path from 'node:path';
import type { onnx as Onnx } from 'onnx-proto';
import { loadLibrary } from '../../asset.ts';
import { EmnistError } from '../../errors.ts';
import { MAX_INPUT_SIZE } from '../../images/fit-images.ts';
import { IMAGE_SIZE } from '../../images/image-size.ts';
import { listText } from '../../list-text.ts';
import { readKerasModel } from '../keras-reader.ts';
import type { ModelFile } from '../model.ts';
import { readModelBytes } from '../model-bytes.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { elements, type Network, weightSpecs } from '../network.ts';
import { decodeMetadata, METADATA_KEY, parseJson, TOPOLOGY_KEY } from './format.ts';
import { evaluateConstant } from './onnx-constants.ts';
import { LayerGraph } from './onnx-layer-graph.ts';
import { NetworkBuilder } from './onnx-network-builder.ts';
import { Blocker, OnnxNode } from './onnx-node.ts';
import { evaluateNode } from './onnx-operators.ts';
import { type Constant, type ReadExternal, readTensor } from './onnx-tensor.ts';
import { type Activation, channelsFirst, sameOrder, UNKNOWN, type Value } from './onnx-value.ts';
import { fromOnnx } from './onnx-writer.ts';

const MAX_NODES = 5000;
/** How many nodes a message lists for each reason. */
const LISTED = 4;

/**
 * Decodes an ONNX model: one exported by this program, or the graph of another program, which must have one input and one
 * output. Throws `model-unsupported`, which names all nodes that are not supported, or `model-damaged`.
 */
export async function decodeOnnx(bytes: Uint8Array, file: string): Promise<ModelFile> {
  const { onnx } = (await loadLibrary('onnx')).default;
  let decoded: Onnx.ModelProto;
  try {
    decoded = onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw damagedModel(file, 'the protobuf structure is corrupt', error);
  }
  const metadata = new Map(decoded.metadataProps.map(({ key, value }) => [key, value]));
  const topology = metadata.get(TOPOLOGY_KEY);
  if (typeof topology === 'string') return decodeOwn(decoded, topology, metadata.get(METADATA_KEY), file);
  if (!decoded.graph) throw damagedModel(file, 'it has no graph');
  const network = await new GraphReader(decoded, decoded.graph, file).read();
  return { ...network, labels: null, rejects: false, training: null, isOurs: false };
}

/** The layers and weights of a model that this program exported. */
function decodeOwn(decoded: Onnx.ModelProto, topology: string, metadata: unknown, file: string): ModelFile {
  const { network } = readKerasModel(parseJson(topology, file), file, { isOurs: true });
  const tensors = new Map(decoded.graph?.initializer?.map((tensor) => [tensor.name, tensor]));
  const weights = weightSpecs(network).map((spec) => {
    const raw = tensors.get(spec.name)?.rawData;
    if (raw?.length !== elements(spec.shape) * 4) throw damagedModel(file, `${spec.name} is incomplete`);
    // A copy, since the file's bytes need not be aligned to 4.
    return fromOnnx(spec, new Float32Array(new Uint8Array(raw).buffer));
  });
  return { network, weights, ...decodeMetadata(metadata) };
}

/** Reads the graph of another program. */
class GraphReader {
  readonly #model: Onnx.ModelProto;
  readonly #graph: Onnx.IGraphProto;
  readonly #file: string;
  readonly #values = new Map<string, Value>();
  /** The nodes for each reason why something is not supported, by the op and the reason. */
  readonly #blockers = new Map<string, string[]>();
  readonly #external = new Map<string, Promise<Uint8Array>>();

  constructor(model: Onnx.ModelProto, graph: Onnx.IGraphProto, file: string) {
    this.#model = model;
    this.#graph = graph;
    this.#file = file;
  }

  async read(): Promise<Pick<ModelFile, 'network' | 'weights'>> {
    const nodes = this.#graph.node ?? [];
    if (nodes.length > MAX_NODES) throw unsupportedModel(this.#file, `it has more than ${MAX_NODES} nodes`);
    for (const tensor of this.#graph.initializer ?? []) {
      this.#values.set(tensor.name ?? '', await readTensor(tensor, this.#file, this.#readExternal));
    }
    const input = this.#readInput();
    const builder = new NetworkBuilder(input);
    const layers = new LayerGraph(builder);
    const needed = this.#neededNodes();
    for (const node of nodes) if (needed.has(node)) await this.#evaluate(node, layers);
    const output = this.#chooseOutput(builder, layers);
    this.#throwBlockers();
    if (!output) throw unsupportedModel(this.#file, 'its output does not depend on its input');
    const last = withoutSoftmax(output.layer, builder);
    if (output.dims.length !== 1 || builder.shape(last).length !== 1) {
      throw unsupportedModel(
        this.#file,
        `its output has the shape [${output.dims}]; one value for each class is expected`,
      );
    }
    return builder.finish(last);
  }

  readonly #readExternal: ReadExternal = (location) => {
    const found = this.#external.get(location) ?? this.#openExternal(location);
    this.#external.set(location, found);
    return found;
  };

  /** Large models keep their weights in another file. Only one in the same folder is read. */
  async #openExternal(location: string): Promise<Uint8Array> {
    if (location === '' || path.basename(location) !== location || location.includes('\\')) {
      throw unsupportedModel(this.#file, `it keeps its weights in ${JSON.stringify(location)}, outside its folder`);
    }
    try {
      return await readModelBytes(path.join(path.dirname(this.#file), location));
    } catch (error) {
      if (!(error instanceof EmnistError) || error.code !== 'file-missing') throw error;
      throw unsupportedModel(
        this.#file,
        `it keeps its weights in another file, ${location}, which is not next to it: copy that file too, or export the model in one file`,
      );
    }
  }

  /** The shape of the images that the graph takes; the value of its input becomes known. */
  #readInput(): Network['input'] {
    const inputs = (this.#graph.input ?? []).filter(({ name }) => !this.#values.has(name ?? ''));
    const [only] = inputs;
    if (!only || inputs.length > 1) {
      const names = inputs.map(({ name }) => name).join(', ');
      throw unsupportedModel(this.#file, `it has ${inputs.length} inputs (${names}), not one`);
    }
    // The batch size is first; a size without a value is not fixed.
    const dims = (only.type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => Number(dimValue ?? 0));
    const [, ...sizes] = dims;
    const shape = imageShape(sizes);
    if (!shape) {
      throw unsupportedModel(
        this.#file,
        `its input has the shape [${sizes.map((size) => size || '?')}]; images of up to ${MAX_INPUT_SIZE}x${MAX_INPUT_SIZE} pixels with 1 or 3 channels are supported`,
      );
    }
    const { input, isChannelsFirst } = shape;
    const count = elements(input);
    const [height, width, channels] = input;
    const value: Activation = {
      kind: 'activation',
      layer: -1,
      dims:
        sizes.length === 3
          ? isChannelsFirst
            ? [channels, height, width]
            : [...input]
          : sizes.length === 2
            ? [height, width]
            : [count],
      order: isChannelsFirst ? channelsFirst(height, width, channels) : sameOrder(count),
    };
    this.#values.set(only.name ?? '', value);
    return input;
  }

  /** The nodes on which the outputs depend. */
  #neededNodes(): Set<Onnx.INodeProto> {
    const producers = new Map<string, Onnx.INodeProto>();
    for (const node of this.#graph.node ?? []) for (const output of node.output ?? []) producers.set(output, node);
    const needed = new Set<Onnx.INodeProto>();
    const names = (this.#graph.output ?? []).map(({ name }) => name ?? '');
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const node = producers.get(name);
      if (!node || needed.has(node)) continue;
      needed.add(node);
      names.push(...(node.input ?? []));
    }
    return needed;
  }

  async #evaluate(proto: Onnx.INodeProto, layers: LayerGraph): Promise<void> {
    const tensors = new Map<string, Constant>();
    for (const { name, t } of proto.attribute ?? []) {
      if (t) tensors.set(name ?? '', await readTensor(t, this.#file, this.#readExternal));
    }
    const inputs = (proto.input ?? []).map((name) => (name === '' ? null : (this.#values.get(name) ?? UNKNOWN)));
    const opset = this.#model.opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version;
    const node = new OnnxNode(proto, Number(opset ?? 1), inputs, tensors);
    let value = UNKNOWN;
    try {
      const isKnown = inputs.every((input) => input === null || input.kind === 'constant');
      value = (isKnown ? evaluateConstant(node) : null) ?? evaluateNode(layers, node);
    } catch (error) {
      this.#block(error, node);
    }
    // Further outputs, such as the mask of dropout, are not supported.
    for (const [index, name] of (proto.output ?? []).entries()) this.#values.set(name, index === 0 ? value : UNKNOWN);
  }

  /** The activation that is the graph's result. Of several outputs, it is the one that depends on the others. */
  #chooseOutput(builder: NetworkBuilder, layers: LayerGraph): Activation | null {
    const outputs = (this.#graph.output ?? []).map(({ name }) => {
      const value = this.#values.get(name ?? '') ?? UNKNOWN;
      const settled = value.kind === 'expression' ? this.#settle(value, layers) : value;
      return { name, value: settled.kind === 'answer' ? settled.of : settled };
    });
    const known = outputs.flatMap(({ name, value }) => (value.kind === 'activation' ? [{ name, value }] : []));
    const last = known.filter(({ value }) => known.every((other) => builder.reaches(value.layer, other.value.layer)));
    if (known.length > 0 && last.length === 0) {
      throw unsupportedModel(
        this.#file,
        `it has ${known.length} outputs (${known.map(({ name }) => name).join(', ')}), not one`,
      );
    }
    return last[0]?.value ?? null;
  }

  #settle(value: Value, layers: LayerGraph): Value {
    try {
      return layers.settle(value);
    } catch (error) {
      this.#block(error);
      return UNKNOWN;
    }
  }

  /** Notes why a node is not supported. Throws errors of other kinds. */
  #block(error: unknown, at?: OnnxNode): void {
    if (!(error instanceof Blocker)) throw error;
    const node = error.node ?? at;
    const key = JSON.stringify([node?.op ?? 'output', error.message]);
    const names = this.#blockers.get(key) ?? [];
    // A value that several nodes use is named once.
    if (!names.includes(node?.name ?? '')) this.#blockers.set(key, [...names, node?.name ?? '']);
  }

  #throwBlockers(): void {
    const reasons = [...this.#blockers].map(([key, names]) => {
      const [op, reason] = JSON.parse(key) as [string, string];
      const quoted = names.map((name) => JSON.stringify(name));
      return `${op} ${listText(quoted, LISTED)} ${names.length > 1 ? plural(reason) : reason}`;
    });
    if (reasons.length > 0) throw unsupportedModel(this.#file, ...reasons);
  }
}

function plural(reason: string): string {
  const [verb = '', ...rest] = reason.split(' ');
  return [{ is: 'are', has: 'have' }[verb] ?? verb.replace(/s$/, ''), ...rest].join(' ');
}

/** The images of an input of `sizes`, without the batch dimension; 0 is a size that is not fixed. Null if it takes none. */
function imageShape(sizes: readonly number[]): { input: Network['input']; isChannelsFirst: boolean } | null {
  const isChannels = (size: number | undefined) => size === 1 || size === 3;
  const shape = (height: number, width: number, channels: number, isChannelsFirst: boolean) => {
    const input = [height || IMAGE_SIZE, width || IMAGE_SIZE, channels || 1] as const;
    return input[0] <= MAX_INPUT_SIZE && input[1] <= MAX_INPUT_SIZE && isChannels(input[2])
      ? { input, isChannelsFirst }
      : null;
  };
  const [a = 0, b = 0, c = 0] = sizes;
  switch (sizes.length) {
    case 3:
      return isChannels(c) && !isChannels(a) ? shape(a, b, c, false) : shape(b, c, a, true);
    case 2:
      return shape(a, b, 1, false);
    case 1: {
      const size = Math.sqrt(a || IMAGE_SIZE ** 2);
      return Number.isInteger(size) ? shape(size, size, 1, false) : null;
    }
    default:
      return null;
  }
}

/** The layer before a final softmax or sigmoid, which does not change the order of the classes. */
function withoutSoftmax(output: number, builder: NetworkBuilder): number {
  const { type, input } = builder.describe(output);
  return type === 'softmax' || type === 'sigmoid' ? input : output;
}
