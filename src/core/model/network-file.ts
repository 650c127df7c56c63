import * as v from 'valibot';
import type { KerasGraph, KerasNode } from './keras/graph.ts';
import { firstShape, shapesIn } from './keras/input-shape.ts';
import { canonicalClass, numberedByClass } from './keras/layer-class.ts';
import { Problems } from './keras/problems.ts';
import { MAX_LAYERS } from './keras/topology.ts';
import { kerasTopology } from './keras-layers.ts';
import { type KerasModel, readGraph, readKerasModel } from './keras-reader.ts';
import { damagedModel } from './model-errors.ts';
import type { Network } from './network.ts';
import { IMAGE_SHAPE } from './network.ts';
import { withOutputs } from './with-outputs.ts';

/** A layer in a list of layers: as in Keras' JSON, or with its fields beside its `type`. */
const listedSchema = v.union([
  v.object({
    class_name: v.string(),
    config: v.optional(v.record(v.string(), v.unknown()), {}),
    name: v.optional(v.string()),
    inputs: v.optional(v.union([v.string(), v.array(v.string())])),
  }),
  v.looseObject({
    type: v.string(),
    name: v.optional(v.string()),
    inputs: v.optional(v.union([v.string(), v.array(v.string())])),
  }),
]);
const listSchema = v.pipe(v.array(listedSchema), v.minLength(1), v.maxLength(MAX_LAYERS));
type Listed = v.InferOutput<typeof listedSchema>;

/** The name of the network's input among the names that `inputs` can hold. */
const INPUT = 'input';

/**
 * Reads a network to train with new weights from the text of a JSON file. It holds one of:
 *
 * - a list of layers in Keras' names, such as `[{ "type": "Flatten" }, { "type": "Dense", "units": 64, "activation": "relu" }, …]`,
 *   or in Keras' own form, `{ "class_name": "Dense", "config": { … } }`. Fields that are left out have Keras' defaults. Images
 *   are 28x28 unless the first layer has an `input_shape`. A layer takes the output of the one before it, or those that its
 *   `inputs` name; `input` is the image;
 * - the JSON of a Keras model (`model.to_json()`), or TensorFlow.js' `model.json`.
 *
 * The last dense layer, or a convolution in its place, gets `classes` outputs if it has another number or none; a softmax after
 * it is implied. Throws `model-damaged` for what is not such JSON, with the place, `model-unsupported`, which names every
 * layer that is not supported, and `network-unsupported` if the last layer cannot be given `classes` outputs.
 */
export function readNetworkFile(text: string, file: string, classes: number): Network {
  return withOutputs(readArchitecture(text, file, classes).network, classes);
}

/**
 * Reads the layers that weights in another file belong to: the same files as `readNetworkFile`, with their own number of
 * outputs. `outputs` is that of a last dense layer without one.
 */
export function readArchitecture(text: string, file: string, outputs?: number): KerasModel {
  const json = parseJsonAt(text, file);
  if (!Array.isArray(json)) return readKerasModel(modelConfig(json), file);
  const parsed = v.safeParse(listSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = typeof issue.path?.[0]?.key === 'number' ? `layer ${issue.path[0].key + 1}: ` : '';
    const reason = place ? 'it must have a "type", such as "Dense"' : issue.message;
    throw damagedModel(file, `invalid list of layers (${place}${reason})`);
  }
  const problems = new Problems();
  return readGraph(listedGraph(parsed.output, outputs, problems), file, problems);
}

/** A network as the architecture that weights of another file are read for. */
export function architectureOf(network: Network): KerasModel {
  return readKerasModel(kerasTopology({ name: 'model', network }), 'model', { isOurs: true });
}

/** The description of a model within TensorFlow.js' `model.json`, or within what Keras saves with it. */
function modelConfig(json: unknown): unknown {
  const { modelTopology, model_config } = (typeof json === 'object' && json !== null ? json : {}) as Record<
    string,
    unknown
  >;
  if (modelTopology !== undefined) return modelConfig(modelTopology);
  return model_config ?? json;
}

/** Parses JSON. Throws `model-damaged`, which names the line and column. */
function parseJsonAt(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
    const what = message.replace(/ in JSON at position.*| is not valid JSON$/s, '');
    throw damagedModel(
      file,
      `invalid JSON at line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}`,
      cause,
    );
  }
}

/** The class and config of a layer in either form. */
function parts(layer: Listed): { className: string; config: Record<string, unknown>; name: string | undefined } {
  if ('class_name' in layer && typeof layer.class_name === 'string') {
    const { class_name: className, config = {}, name } = layer as Extract<Listed, { class_name: string }>;
    return { className, config, name: name ?? (typeof config.name === 'string' ? config.name : undefined) };
  }
  const { type, name, inputs: _, ...config } = layer as Extract<Listed, { type: string }>;
  return { className: type, config, name };
}

function listedGraph(list: readonly Listed[], outputs: number | undefined, problems: Problems): KerasGraph {
  const layers = list.map((layer) => ({ ...parts(layer), inputs: layer.inputs }));
  const archiveNames = numberedByClass(layers.map(({ className }) => className));
  const last = layers.findLastIndex(({ className }) => canonicalClass(className) === 'Dense');
  const nodes: KerasNode[] = [];
  /** The nodes that names mean. */
  const byName = new Map([[INPUT, -1]]);
  let inputShape: readonly unknown[] | null = null;
  let previous = -1;
  for (const [index, { className, config, name = archiveNames[index]!, inputs }] of layers.entries()) {
    const what = `layer ${index + 1}, ${className} "${name}",`;
    inputShape ??= firstShape(shapesIn(config));
    const sources = [inputs ?? []].flat().map((input) => {
      const node = byName.get(input);
      if (node === undefined) problems.add(`${what} takes "${input}", which is not the name of a layer before it`);
      return node ?? previous;
    });
    if (className !== 'InputLayer') {
      const lacksUnits = index === last && config.units === undefined && config.output_dim === undefined;
      nodes.push({
        className,
        config: lacksUnits && outputs !== undefined ? { ...config, units: outputs } : config,
        what,
        path: [name],
        archivePath: [archiveNames[index]!],
        trainable: config.trainable !== false,
        inputs: sources.length > 0 ? sources : [previous],
      });
      previous = nodes.length - 1;
    }
    if (layers[index]!.name !== undefined && byName.has(name)) problems.add(`${what} has the name of another layer`);
    byName.set(name, previous);
  }
  const used = new Set([previous, ...nodes.flatMap(({ inputs }) => inputs)]);
  nodes.forEach(({ what }, index) => {
    if (!used.has(index)) problems.add(`${what} is not used by any other layer`);
  });
  return { inputShape: inputShape ?? [...IMAGE_SHAPE], nodes, output: previous };
}
