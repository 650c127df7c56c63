import * as v from 'valibot';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { type Call, callOrder, parseCalls } from './calls.ts';
import type { KerasGraph, KerasNode } from './graph.ts';
import { firstShape, shapesIn } from './input-shape.ts';
import { numberedByClass } from './layer-class.ts';
import { type LayerJson, layerSchema } from './layer-json.ts';
import type { Problems } from './problems.ts';

/** Limits on what a file can claim: layers after nested models are unfolded, and how deep models are nested. */
export const MAX_LAYERS = 1000;
const MAX_STEPS = 10 * MAX_LAYERS;
const MAX_DEPTH = 20;

const modelSchema = v.union([
  // The config of `Sequential` before Keras 2.2.3.
  v.array(layerSchema),
  v.object({
    layers: v.array(layerSchema),
    input_layers: v.optional(v.unknown()),
    output_layers: v.optional(v.unknown()),
    build_input_shape: v.optional(v.unknown()),
  }),
]);
type ModelJson = Exclude<v.InferOutput<typeof modelSchema>, unknown[]>;

/** Where a layer or model is within the whole model. */
interface Place {
  /** What precedes the numbers of its layers in messages: `2.` in the model that is layer 2. */
  prefix: string;
  path: readonly string[];
  archivePath: readonly string[];
  trainable: boolean;
  depth: number;
}

/**
 * Parses the JSON of a Keras model, as Keras 1 to 3 and TensorFlow.js write it, and unfolds nested models. Throws
 * `model-damaged`, or `model-unsupported` for what is neither sequential nor a graph of layers; both name `file`.
 */
export function parseTopology(topology: unknown, file: string, problems: Problems): KerasGraph {
  const parsed = v.safeParse(layerSchema, topology);
  if (!parsed.success) throw invalidDescription(parsed.issues[0], file);
  const unfolding = new Unfolding(file, problems);
  const place: Place = { prefix: '', path: [], archivePath: [], trainable: true, depth: 0 };
  const model = modelOf(parsed.output, file);
  if (!model) {
    const { class_name } = parsed.output;
    throw unsupportedModel(file, `it is a ${class_name} model, only Sequential and functional models are supported`);
  }
  const output = unfolding.addModel(model, -1, place);
  return { inputShape: unfolding.inputShape, nodes: unfolding.nodes, output };
}

function invalidDescription(issue: v.BaseIssue<unknown>, file: string) {
  return damagedModel(file, `invalid description of layers (${v.getDotPath(issue) ?? 'root'}: ${issue.message})`);
}

function tooManyLayers(file: string) {
  return unsupportedModel(file, `it has more than ${MAX_LAYERS} layers`);
}

/** The layers of a model that is a layer; null if it is an ordinary layer. */
function modelOf({ class_name, config }: LayerJson, file: string): ModelJson | null {
  const isModel = Array.isArray(config) || Array.isArray(config.layers);
  if (!isModel) return null;
  const parsed = v.safeParse(modelSchema, config);
  if (!parsed.success) throw invalidDescription(parsed.issues[0], file);
  const model = Array.isArray(parsed.output) ? { layers: parsed.output } : parsed.output;
  if (model.layers.length === 0) throw damagedModel(file, `${class_name} has no layers`);
  if (model.layers.length > MAX_LAYERS) throw tooManyLayers(file);
  return model;
}

class Unfolding {
  readonly nodes: KerasNode[] = [];
  inputShape: readonly unknown[] | null = null;
  readonly #file: string;
  readonly #problems: Problems;
  #steps = 0;

  constructor(file: string, problems: Problems) {
    this.#file = file;
    this.#problems = problems;
  }

  /** Adds the layers of a model whose input is that of node `input`. Returns the index of the node that is its output. */
  addModel(model: ModelJson, input: number, place: Place): number {
    if (place.depth > MAX_DEPTH) throw unsupportedModel(this.#file, 'its models are nested too deeply');
    const archiveNames = numberedByClass(model.layers.map(({ class_name }) => class_name));
    const { layers } = model;
    const add = (index: number, inputs: readonly number[]) => {
      this.#steps++;
      if (this.#steps > MAX_STEPS || this.nodes.length >= MAX_LAYERS) {
        throw tooManyLayers(this.#file);
      }
      return this.#addLayer(layers[index]!, index, inputs, archiveNames[index]!, place);
    };
    let output = input;
    if (model.output_layers !== undefined) output = this.#addCalls(model, input, add);
    else for (const index of layers.keys()) output = add(index, [output]);
    if (input === -1) this.#noteShape(model.build_input_shape);
    return output;
  }

  #addCalls(model: ModelJson, input: number, add: (layer: number, inputs: readonly number[]) => number): number {
    const { calls, output } = parseCalls(model, this.#file, this.#problems);
    const outputs = new Map<Call, number>();
    const inputLayers = new Set<number>();
    for (const call of callOrder(calls, output, this.#file)) {
      if (call.inputs.length === 0) inputLayers.add(call.layer);
      const inputs = call.inputs.length === 0 ? [input] : call.inputs.map((one) => outputs.get(one)!);
      outputs.set(call, add(call.layer, inputs));
    }
    if (inputLayers.size > 1) this.#problems.add(`it has ${inputLayers.size} inputs, only one is supported`);
    return outputs.get(output)!;
  }

  #addLayer(layer: LayerJson, index: number, inputs: readonly number[], archiveName: string, place: Place): number {
    const { class_name: className, build_config } = layer;
    const config = Array.isArray(layer.config) ? {} : layer.config;
    const name = String(config.name ?? layer.name ?? archiveName);
    const position = `${place.prefix}${index + 1}`;
    const what = `layer ${position}, ${className} "${name}",`;
    const inner: Place = {
      prefix: `${position}.`,
      path: [...place.path, name],
      archivePath: [...place.archivePath, archiveName],
      trainable: place.trainable && config.trainable !== false,
      depth: place.depth + 1,
    };
    const model = modelOf(layer, this.#file);
    if (inputs.includes(-1)) this.#noteShape(...shapesIn(config), ...(model ? [] : [build_config?.input_shape]));
    if (model) {
      const [input] = inputs;
      if (inputs.length !== 1) this.#problems.add(`${what} has ${inputs.length} inputs, only one is supported`);
      return this.addModel(model, input!, inner);
    }
    if (className === 'InputLayer') return inputs[0]!;
    const { path, archivePath, trainable } = inner;
    return this.nodes.push({ className, config, what, path, archivePath, trainable, inputs }) - 1;
  }

  /** Keeps the first shape of the model's input that is a list; it begins with the size of the batch. */
  #noteShape(...shapes: unknown[]): void {
    this.inputShape ??= firstShape(shapes);
  }
}
