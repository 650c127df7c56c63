import * as v from 'valibot';

import { VERSION } from '../../version.ts';
import type { Layer } from '../layer.ts';
import { GENERATOR } from '../layers-format.ts';
import { canReject, type Model, type ModelFile, trainingRecordSchema } from '../model.ts';
import { damagedModel } from '../model-errors.ts';
import { type Network, weightSpecs } from '../network.ts';
import type { NamedTensor } from '../safetensors.ts';

/** The key of our metadata in formats that allow custom metadata. */
export const METADATA_KEY = 'emnist_tui';
/** The key of Keras' description of the layers in formats that have none. */
export const TOPOLOGY_KEY = 'keras_model_config';

const metadataSchema = v.object({
  generatedBy: v.string(),
  labels: v.array(v.string()),
  /** See `ModelFile`. */
  rejects: v.optional(v.boolean(), false),
  training: v.fallback(v.nullable(trainingRecordSchema), null),
  /** The indices of GELU layers that are approximate, where the format has only the exact function. */
  approximateGelus: v.optional(v.array(v.number())),
});

const historySchema = v.pick(trainingRecordSchema, ['history', 'curve']);

/** The weights of one layer, in the order of `weightSpecs`. `layer` is one of `layerNames`. */
export function layerWeights({ network, weights }: Model, layer: string): NamedTensor[] {
  return weightSpecs(network)
    .map(({ name, shape }, index) => ({ name, shape, data: weights[index]! }))
    .filter(({ name }) => name.startsWith(`${layer}/`));
}

/** The metadata in a file besides layers and weights, as JSON. */
export function encodeMetadata(model: Model): string {
  const { labels, training } = model;
  const rejects = canReject(model) && { rejects: true };
  return JSON.stringify({ generatedBy: GENERATOR + VERSION, labels, ...rejects, training });
}

/** `encodeMetadata` for Keras, whose files cannot say that a GELU is approximate. */
export function encodeKerasMetadata(model: Model): string {
  const indices = [...model.network.layers.keys()];
  const approximateGelus = indices.filter((index) => isApproximate(model.network.layers[index]!));
  if (approximateGelus.length === 0) return encodeMetadata(model);
  return JSON.stringify({ ...JSON.parse(encodeMetadata(model)), approximateGelus });
}

function isApproximate(layer: Layer): boolean {
  return layer.type === 'gelu' && layer.approximate;
}

/** A network as it was before Keras' files described it, given the result of `encodeKerasMetadata`. */
export function withApproximateGelus(network: Network, text: unknown): Network {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), metadataSchema), text);
  const approximate = parsed.success ? (parsed.output.approximateGelus ?? []) : [];
  if (approximate.length === 0) return network;
  const layers = network.layers.map((layer, index): Layer => {
    return layer.type === 'gelu' && approximate.includes(index) ? { ...layer, approximate: true } : layer;
  });
  return { ...network, layers };
}

/**
 * Decodes the result of `encodeMetadata`. Returns nulls for files without it. `historyText`: the history and curve of the training as
 * JSON, if they are stored elsewhere.
 */
export function decodeMetadata(
  text: unknown,
  historyText?: string,
): Pick<ModelFile, 'labels' | 'rejects' | 'training' | 'isOurs'> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), metadataSchema), text);
  if (!parsed.success) return { labels: null, rejects: false, training: null, isOurs: false };
  const { generatedBy, labels, rejects, training } = parsed.output;
  const history = v.safeParse(v.pipe(v.string(), v.parseJson(), historySchema), historyText);
  const record = training && { ...training, ...(history.success && history.output) };
  return { labels, rejects, training: record, isOurs: generatedBy.startsWith(GENERATOR) };
}

/** Parses JSON within a model file. Throws `model-damaged`. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedModel(file, 'the description is not JSON', cause);
  }
}
