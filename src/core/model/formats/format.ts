import * as v from 'valibot';

import { VERSION } from '../../version.ts';
import { GENERATOR } from '../layers-format.ts';
import { type Model, type ModelFile, trainingRecordSchema } from '../model.ts';
import { damagedModel } from '../model-errors.ts';
import { weightSpecs } from '../network.ts';
import type { NamedTensor } from '../safetensors.ts';

/** The name that our record of a model has in formats that leave room for such. */
export const RECORD_KEY = 'emnist_tui';
/** The name that Keras' description of the layers has in formats that know layers not at all, or otherwise. */
export const TOPOLOGY_KEY = 'keras_model_config';

const recordSchema = v.object({
  generatedBy: v.string(),
  labels: v.array(v.string()),
  training: v.fallback(v.nullable(trainingRecordSchema), null),
});

/** The weights of one of a model's layers, in their order, by its name among `layerNames`. */
export function layerWeights({ network, weights }: Model, layer: string): NamedTensor[] {
  return weightSpecs(network)
    .map(({ name, shape }, index) => ({ name, shape, data: weights[index]! }))
    .filter(({ name }) => name.startsWith(`${layer}/`));
}

/** What a file has to carry beside layers and weights, as JSON. */
export function encodeRecord({ labels, training }: Model): string {
  return JSON.stringify({ generatedBy: GENERATOR + VERSION, labels, training });
}

/** What `encodeRecord` wrote; of a file that carries none, or another program's, nothing is known. */
export function decodeRecord(text: unknown): Pick<ModelFile, 'labels' | 'training' | 'isOurs'> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  if (!parsed.success) return { labels: null, training: null, isOurs: false };
  const { generatedBy, labels, training } = parsed.output;
  return { labels, training, isOurs: generatedBy.startsWith(GENERATOR) };
}

/** The JSON of a part of a model file. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedModel(file, 'its description is not JSON', cause);
  }
}
