import * as v from 'valibot';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { brief } from './layer-fields.ts';
import type { LayerJson } from './layer-json.ts';
import type { Problems } from './problems.ts';

/** One application of a layer of a functional model. */
export interface Call {
  /** The layer's index in the file. */
  layer: number;
  /** The calls whose outputs it takes; none for an input. */
  inputs: Call[];
}

/** A reference to an output: the layer's name, the number of its call, and the number of the output. */
type Reference = readonly [name: string, call: number, output: number];

const referenceSchema = v.tupleWithRest([v.string(), v.number(), v.number()], v.unknown());
const tensorSchema = v.object({
  class_name: v.literal('__keras_tensor__'),
  config: v.object({ keras_history: referenceSchema }),
});

/** How deep references may be nested in lists and objects, and how many calls and references a model may have. */
const MAX_DEPTH = 10;
const MAX_REFERENCES = 10_000;

/**
 * The calls of a functional model's layers, and the one that is its output. `inbound_nodes` has one entry per call: lists of
 * references in Keras 1 and 2, and the arguments, with tensors among them, in Keras 3.
 */
export function parseCalls(
  model: { layers: readonly LayerJson[]; output_layers?: unknown },
  file: string,
  problems: Problems,
): { calls: Call[]; output: Call } {
  const layers = model.layers.map((layer, index) => {
    const config = Array.isArray(layer.config) ? {} : layer.config;
    const references = (layer.inbound_nodes ?? []).map((node) => referencesIn(node));
    const arguments_ = references.length > 0 ? references : [[]];
    return {
      name: layer.name ?? String(config.name),
      references: arguments_,
      calls: arguments_.map((): Call => ({ layer: index, inputs: [] })),
    };
  });
  const count = layers.reduce((sum, { references }) => sum + references.reduce((n, one) => n + 1 + one.length, 0), 0);
  if (count > MAX_REFERENCES)
    throw unsupportedModel(file, `its layers are connected more than ${MAX_REFERENCES} times`);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const outputs = referencesIn(model.output_layers);
  const shifted = shiftedNames([...layers.flatMap(({ references }) => references.flat()), ...outputs], byName);
  const resolve = ([name, number, output]: Reference): Call => {
    const call = byName.get(name)?.calls[shifted.has(name) ? number - 1 : number];
    if (!call || output !== 0) throw damagedModel(file, `no layer has the output ${brief([name, number, output])}`);
    return call;
  };
  for (const { calls, references } of layers) {
    calls.forEach((call, number) => {
      call.inputs.push(...references[number]!.map(resolve));
    });
  }
  const [output] = outputs;
  if (!output) throw damagedModel(file, 'it has no output');
  if (outputs.length > 1) problems.add(`it has ${outputs.length} outputs, only one is supported`);
  return { calls: layers.flatMap(({ calls }) => calls), output: resolve(output) };
}

/** Nested models whose calls are counted from 1, since building a model from its input layer counts as its first call. */
function shiftedNames(
  references: readonly Reference[],
  layers: ReadonlyMap<string, { calls: readonly Call[] }>,
): Set<string> {
  return new Set(
    references.filter(([name, number]) => number === layers.get(name)?.calls.length).map(([name]) => name),
  );
}

/** All references in lists, arguments, and keyword arguments, in order. */
function referencesIn(value: unknown, depth = 0): Reference[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  if (v.is(tensorSchema, value)) return [reference(value.config.keras_history)];
  if (v.is(referenceSchema, value)) return [reference(value), ...referencesIn(value[3], depth + 1)];
  return Object.values(value).flatMap((one) => referencesIn(one, depth + 1));
}

function reference([name, call, output]: v.InferOutput<typeof referenceSchema>): Reference {
  return [name, call, output];
}

/**
 * The calls that the output depends on, each after its inputs, and otherwise in the order of the file. Throws
 * `model-damaged` for a cycle.
 */
export function callOrder(calls: readonly Call[], output: Call, file: string): Call[] {
  const needed = new Set([output]);
  // Elements that are added during the iteration are visited too.
  for (const call of needed) for (const input of call.inputs) needed.add(input);
  const waiting = new Set(calls.filter((call) => needed.has(call)));
  const order: Call[] = [];
  while (waiting.size > 0) {
    const before = waiting.size;
    for (const call of waiting) {
      if (call.inputs.some((input) => waiting.has(input))) continue;
      waiting.delete(call);
      order.push(call);
    }
    if (waiting.size === before) throw damagedModel(file, 'its layers form a cycle');
  }
  return order;
}
