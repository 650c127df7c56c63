import { setFloat16 } from '@petamoriken/float16';
import * as v from 'valibot';
import { kerasSequential } from './keras-layers.ts';
import { type KerasModel, readKerasModel, readKerasWeights } from './keras-reader.ts';
import { type Model, type ModelFile, trainingRecordSchema } from './model.ts';
import { damagedModel } from './model-errors.ts';
import { classCount, elements, weightSpecs } from './network.ts';

/**
 * The TensorFlow.js Layers format: a `model.json` with Keras' topology, a manifest of the weights and our training record in
 * `userDefinedMetadata`, and a file of concatenated weights (little-endian).
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
 */
export interface LayersArtifacts {
  modelJson: string;
  weightData: Uint8Array;
}

/** Prefix of `generatedBy` in the models of this program; the version follows. */
export const GENERATOR = 'emnist-tui ';

export type WeightType = 'float32' | 'float16';

/**
 * The contents of a model's two files. `weightsPath` is the name of the weight file. `float16` halves its size; readers
 * convert the weights back to 32 bits.
 */
export function encodeLayersModel(
  model: Model,
  weightsPath: string,
  version: string,
  weightType: WeightType = 'float32',
): LayersArtifacts {
  const specs = weightSpecs(model.network);
  const json = {
    format: 'layers-model',
    generatedBy: `${GENERATOR}${version}`,
    convertedBy: null,
    modelTopology: {
      ...kerasSequential(model),
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: [weightsPath],
        weights: specs.map(({ name, shape }) => ({
          name,
          shape,
          dtype: 'float32',
          ...(weightType === 'float16' && { quantization: { dtype: 'float16', original_dtype: 'float32' } }),
        })),
      },
    ],
    userDefinedMetadata: { labels: model.labels, training: model.training },
  };
  return { modelJson: `${JSON.stringify(json, null, 1)}\n`, weightData: encodeWeights(model.weights, weightType) };
}

function encodeWeights(weights: readonly Float32Array[], type: WeightType): Uint8Array {
  const size = type === 'float16' ? 2 : 4;
  const total = weights.reduce((sum, tensor) => sum + tensor.length, 0);
  const bytes = new Uint8Array(total * size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const tensor of weights) {
    for (const value of tensor) {
      if (type === 'float16') setFloat16(view, offset, value, true);
      else view.setFloat32(offset, value, true);
      offset += size;
    }
  }
  return bytes;
}

const manifestSchema = v.object({
  format: v.optional(v.literal('layers-model')),
  generatedBy: v.nullish(v.string()),
  modelTopology: v.record(v.string(), v.unknown()),
  weightsManifest: v.array(
    v.object({
      paths: v.array(v.string()),
      weights: v.array(
        v.object({
          name: v.string(),
          shape: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
          dtype: v.literal('float32'),
          quantization: v.optional(v.object({ dtype: v.literal('float16') })),
        }),
      ),
    }),
  ),
  userDefinedMetadata: v.nullish(
    v.object({
      labels: v.fallback(v.nullable(v.array(v.string())), null),
      training: v.fallback(v.nullable(trainingRecordSchema), null),
    }),
  ),
});
export type LayersManifest = v.InferOutput<typeof manifestSchema>;

/** Parses and checks a `model.json`. Throws `model-damaged`, which names `file`. */
export function parseManifest(text: string, file: string): LayersManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damagedModel(file, 'not JSON', cause);
  }
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw damagedModel(file, `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`);
  }
  return result.output;
}

/** The size in bytes of the weights in a manifest. */
export function weightBytes({ weightsManifest }: LayersManifest): number {
  return weightsManifest
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape, quantization }) => sum + elements(shape) * (quantization ? 2 : 4), 0);
}

/** Decodes a model from its manifest and weight data (the files of the manifest, concatenated). */
export function decodeLayersModel(name: string, manifest: LayersManifest, weightData: Uint8Array, file: string): Model {
  const description = describeLayersModel(name, manifest, file);
  return { ...description, weights: decodeWeights(kerasModelOf(manifest, file), manifest, weightData, file) };
}

/** Like `decodeLayersModel`, for a model that may lack labels. */
export function decodeModelFile(manifest: LayersManifest, weightData: Uint8Array, file: string): ModelFile {
  const model = kerasModelOf(manifest, file);
  return {
    network: model.network,
    weights: decodeWeights(model, manifest, weightData, file),
    labels: manifest.userDefinedMetadata?.labels ?? null,
    training: manifest.userDefinedMetadata?.training ?? null,
    isOurs: manifest.generatedBy?.startsWith(GENERATOR) ?? false,
  };
}

/** Models converted from Keras nest the topology one level deeper. */
function kerasModelOf({ modelTopology }: LayersManifest, file: string): KerasModel {
  return readKerasModel(modelTopology.model_config ?? modelTopology, file);
}

/** Weights are looked up by name, since other programs write them in a different order. */
function decodeWeights(
  model: KerasModel,
  { weightsManifest }: LayersManifest,
  weightData: Uint8Array,
  file: string,
): Float32Array[] {
  const view = new DataView(weightData.buffer, weightData.byteOffset, weightData.byteLength);
  const entries = new Map<string, { shape: readonly number[]; start: number; size: 2 | 4 }>();
  let end = 0;
  for (const { name, shape, quantization } of weightsManifest.flatMap((group) => group.weights)) {
    const size = quantization ? 2 : 4;
    entries.set(name, { shape, start: end, size });
    end += elements(shape) * size;
    if (end > weightData.byteLength) throw damagedModel(file, `the weight data ends within ${name}`);
  }
  if (end !== weightData.byteLength) throw damagedModel(file, 'the weight data is longer than the weights');
  return readKerasWeights(model, ({ layer, weight }, spec) => {
    const name = `${layer}/${weight}`;
    const entry = entries.get(name);
    if (!entry) throw damagedModel(file, `the weights ${name} are missing`);
    if (entry.shape.join() !== spec.shape.join()) {
      throw damagedModel(file, `${name} has shape [${entry.shape}], but its layer expects [${spec.shape}]`);
    }
    const { start, size } = entry;
    const tensor = new Float32Array(elements(spec.shape));
    for (let index = 0, offset = start; index < tensor.length; index++, offset += size) {
      tensor[index] = size === 2 ? halfToNumber(view.getUint16(offset, true)) : view.getFloat32(offset, true);
    }
    return tensor;
  });
}

/** Powers of two by the exponent field of a half-precision number (bias 15). */
const HALF_POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 15));

/**
 * Decodes a half-precision number (IEEE 754 binary16). Implemented here because Node 22 has no `Float16Array`, and the
 * package that encodes takes 600 ms to decode the shipped model's weights, on every start.
 */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * HALF_POWERS[exponent]!;
}

/** Decodes a model without its weights. */
export function describeLayersModel(name: string, manifest: LayersManifest, file: string): Omit<Model, 'weights'> {
  const { network } = kerasModelOf(manifest, file);
  const labels = manifest.userDefinedMetadata?.labels ?? [];
  if (labels.length !== classCount(network)) {
    throw damagedModel(file, `it has ${classCount(network)} outputs but ${labels.length} labels`);
  }
  const training = manifest.userDefinedMetadata?.training ?? null;
  return { name, network, labels, training };
}
