import * as v from 'valibot';
import { halfToNumber } from './half.ts';
import { locateWeights } from './keras/weight-lookup.ts';
import { kerasTopology } from './keras-layers.ts';
import { type KerasModel, readKerasModel, readKerasWeights } from './keras-reader.ts';
import { canReject, type Model, type ModelFile, trainingRecordSchema } from './model.ts';
import { damagedModel, unsupportedModel } from './model-errors.ts';
import { classCount, elements } from './network.ts';
import { encodeWeights, type WeightType } from './weight-bytes.ts';

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

/** What the two files of a model hold. */
export interface LayersContent extends Pick<Model, 'name' | 'network' | 'weights'> {
  /** The shape of the input as the files state it, null for any size. The default is that of the network. */
  inputShape?: readonly (number | null)[];
  metadata: Readonly<Record<string, unknown>>;
}

/** What the files of a model that reads characters hold. */
export function layersContent({ name, network, weights, labels, training }: Model): LayersContent {
  const metadata = { labels, ...(canReject({ network, labels }) && { rejects: true }), training };
  return { name, network, weights, metadata };
}

/**
 * The contents of a model's two files. `weightsPath` is the name of the weight file. */
export function encodeLayers(
  content: LayersContent,
  weightsPath: string,
  version: string,
  weightType: WeightType = 'float32',
): LayersArtifacts {
  const { network, weights, inputShape, metadata } = content;
  const { entries, bytes } = encodeWeights(network, weights, weightType);
  const json = {
    format: 'layers-model',
    generatedBy: `${GENERATOR}${version}`,
    convertedBy: null,
    modelTopology: {
      ...kerasTopology(content, 'tfjs', inputShape),
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: [weightsPath],
        weights: entries,
      },
    ],
    userDefinedMetadata: metadata,
  };
  return { modelJson: `${JSON.stringify(json, null, 1)}\n`, weightData: bytes };
}

/** The contents of the two files of a model that reads characters; see `encodeLayers`. */
export function encodeLayersModel(
  model: Model,
  weightsPath: string,
  version: string,
  weightType?: WeightType,
): LayersArtifacts {
  return encodeLayers(layersContent(model), weightsPath, version, weightType);
}

/** Bytes of a number of each type that weights may have. Those that are not floats are skipped. */
const BYTES: Readonly<Record<string, 1 | 2 | 4 | 8>> = {
  float32: 4,
  float16: 2,
  float64: 8,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

const dtype = v.picklist(Object.keys(BYTES));
const weightSchema = v.object({
  name: v.string(),
  shape: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  dtype,
  quantization: v.nullish(
    v.variant('dtype', [
      v.object({ dtype: v.literal('float16') }),
      v.object({ dtype: v.picklist(['uint8', 'uint16']), min: v.number(), scale: v.number() }),
    ]),
  ),
});
type WeightEntry = v.InferOutput<typeof weightSchema>;

const manifestSchema = v.object({
  format: v.optional(v.literal('layers-model')),
  generatedBy: v.nullish(v.string()),
  modelTopology: v.record(v.string(), v.unknown()),
  weightsManifest: v.array(v.object({ paths: v.array(v.string()), weights: v.array(weightSchema) })),
  userDefinedMetadata: v.nullish(
    v.object({
      labels: v.fallback(v.nullable(v.array(v.string())), null),
      rejects: v.fallback(v.optional(v.boolean()), undefined),
      training: v.fallback(v.nullable(trainingRecordSchema), null),
      /** Only the word model, which its own reader checks, has this. */
      wordTraining: v.optional(v.unknown()),
    }),
  ),
});
export type LayersManifest = v.InferOutput<typeof manifestSchema>;

/** Parses and checks a `model.json`. Throws `model-damaged` or `model-unsupported`, which name `file`. */
export function parseManifest(text: string, file: string): LayersManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damagedModel(file, 'not JSON', cause);
  }
  if (v.is(v.object({ format: v.literal('graph-model') }), json)) {
    throw unsupportedModel(
      file,
      'it is a graph model of TensorFlow.js, which no longer has its layers; convert the original to a layers model',
    );
  }
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw damagedModel(file, `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`);
  }
  return result.output;
}

/** The size in bytes of a weight in the file. */
function entryBytes({ shape, dtype, quantization }: WeightEntry): number {
  return elements(shape) * BYTES[quantization?.dtype ?? dtype]!;
}

/** The size in bytes of the weights in a manifest. */
export function weightBytes({ weightsManifest }: LayersManifest): number {
  return weightsManifest.flatMap(({ weights }) => weights).reduce((sum, entry) => sum + entryBytes(entry), 0);
}

/** Decodes a model from its manifest and weight data (the files of the manifest, concatenated). */
export function decodeLayersModel(name: string, manifest: LayersManifest, weightData: Uint8Array, file: string): Model {
  const description = describeLayersModel(name, manifest, file);
  return { ...description, weights: decodeWeights(kerasModelOf(manifest, file), manifest, weightData, file) };
}

/** Like `decodeLayersModel`, for a model that may lack labels. `architecture`: its layers, if they are not to be read. */
export function decodeModelFile(
  manifest: LayersManifest,
  weightData: Uint8Array,
  file: string,
  architecture?: KerasModel | null,
): ModelFile {
  requireCharacters(manifest, file);
  const model = architecture ?? kerasModelOf(manifest, file);
  return {
    network: model.network,
    weights: decodeWeights(model, manifest, weightData, file),
    labels: manifest.userDefinedMetadata?.labels ?? null,
    rejects: manifest.userDefinedMetadata?.rejects ?? false,
    training: manifest.userDefinedMetadata?.training ?? null,
    isOurs: isOurs(manifest.generatedBy),
  };
}

/** Models converted from Keras nest the topology one level deeper. */
function kerasModelOf({ modelTopology, generatedBy }: LayersManifest, file: string): KerasModel {
  return readKerasModel(modelTopology.model_config ?? modelTopology, file, { isOurs: isOurs(generatedBy) });
}

/** Throws `model-unsupported` for a word model, whose labels and layers could be taken for those of a damaged model. */
function requireCharacters({ userDefinedMetadata }: LayersManifest, file: string): void {
  if (userDefinedMetadata?.wordTraining === undefined) return;
  throw unsupportedModel(file, 'it reads words, not single characters');
}

/**
 * Decodes a network that reads sequences from images of any width, and its weights. `width`: one of its widths, which the network
 * gets. Throws as `readModel` does.
 */
export function decodeSequenceNetwork(
  manifest: LayersManifest,
  weightData: Uint8Array,
  file: string,
  width: number,
): Pick<Model, 'network' | 'weights'> {
  const model = readKerasModel(manifest.modelTopology, file, { isOurs: true, sequenceWidth: width });
  return { network: model.network, weights: decodeWeights(model, manifest, weightData, file) };
}

function isOurs(generatedBy: string | null | undefined): boolean {
  return generatedBy?.startsWith(GENERATOR) ?? false;
}

/** Weights are looked up by name, since other programs write them in a different order. */
function decodeWeights(
  model: KerasModel,
  { weightsManifest, generatedBy }: LayersManifest,
  weightData: Uint8Array,
  file: string,
): Float32Array[] {
  const view = new DataView(weightData.buffer, weightData.byteOffset, weightData.byteLength);
  const starts: number[] = [];
  const entries = weightsManifest.flatMap((group) => group.weights);
  let end = 0;
  for (const entry of entries) {
    starts.push(end);
    end += entryBytes(entry);
    if (end > weightData.byteLength) throw damagedModel(file, `the weight data ends within ${entry.name}`);
  }
  if (end !== weightData.byteLength) throw damagedModel(file, 'the weight data is longer than the weights');
  const isFloat = ({ dtype }: WeightEntry) => dtype.startsWith('float');
  const floats = entries.filter(isFloat);
  const found = locateWeights(model.weights, floats, isOurs(generatedBy));
  if ('missing' in found) {
    const { path: names, names: own } = found.missing;
    throw damagedModel(file, `the weights ${[...names, own[0]].join('/')} are missing`);
  }
  return readKerasWeights(model, (weight) => {
    const entry = floats[found.indices.get(weight)!]!;
    if (entry.shape.join() !== weight.shape.join()) {
      throw damagedModel(file, `${entry.name} has shape [${entry.shape}], but its layer expects [${weight.shape}]`);
    }
    return decodeNumbers(entry, view, starts[entries.indexOf(entry)]!);
  });
}

/** Reads a weight. Numbers that are quantized to integers are `integer * scale + min`. */
function decodeNumbers({ shape, dtype, quantization }: WeightEntry, view: DataView, start: number): Float32Array {
  const type = quantization?.dtype ?? dtype;
  const size = BYTES[type]!;
  const { min = 0, scale = 1 } = quantization && 'scale' in quantization ? quantization : {};
  const numbers = new Float32Array(elements(shape));
  const read: (offset: number) => number =
    type === 'float32'
      ? (offset) => view.getFloat32(offset, true)
      : type === 'float16'
        ? (offset) => halfToNumber(view.getUint16(offset, true))
        : type === 'float64'
          ? (offset) => view.getFloat64(offset, true)
          : type === 'uint8'
            ? (offset) => view.getUint8(offset) * scale + min
            : (offset) => view.getUint16(offset, true) * scale + min;
  for (let index = 0; index < numbers.length; index++) numbers[index] = read(start + index * size);
  return numbers;
}

/** Decodes a model without its weights. */
export function describeLayersModel(name: string, manifest: LayersManifest, file: string): Omit<Model, 'weights'> {
  requireCharacters(manifest, file);
  const { network } = kerasModelOf(manifest, file);
  const labels = manifest.userDefinedMetadata?.labels ?? [];
  const rejects = manifest.userDefinedMetadata?.rejects ?? false;
  const outputs = classCount(network);
  if (labels.length === 0 || labels.length !== outputs - (rejects ? 1 : 0)) {
    const but = rejects ? ', the last of which stands for no character,' : '';
    throw damagedModel(file, `it has ${outputs} outputs${but} but ${labels.length} labels`);
  }
  const training = manifest.userDefinedMetadata?.training ?? null;
  return { name, network, labels, training };
}
