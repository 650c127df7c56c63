import { setFloat16 } from '@petamoriken/float16';
import * as v from 'valibot';
import { EmnistError } from '../errors.ts';
import { type Model, trainingRecordSchema } from './model.ts';
import { classCount, elements, type Layer, layerNames, type Network, weightSpecs } from './network.ts';

/**
 * The TensorFlow.js Layers format: a `model.json` with Keras' topology, a manifest of the weights and our record in
 * `userDefinedMetadata`, and a file with the weights one after another (little-endian).
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
 */
export interface LayersArtifacts {
  modelJson: string;
  weightData: Uint8Array;
}

/** What `generatedBy` begins with in our models; the version follows. */
export const GENERATOR = 'emnist-tui ';

export type WeightType = 'float32' | 'float16';

type KerasLayer = { class_name: string; config: Record<string, unknown> };

/**
 * The two files' contents for a model. `weightsPath` is the weight file's name. `float16` halves the size; readers
 * turn the weights back into 32 bits.
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
      class_name: 'Sequential',
      config: { name: model.name, layers: kerasLayers(model.network) },
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

/** A ReLU that follows a convolution or a dense layer becomes its activation, as people write such networks in Keras. */
function kerasLayers(network: Network): KerasLayer[] {
  const names = layerNames(network);
  const layers: KerasLayer[] = [];
  network.layers.forEach((layer, index) => {
    const name = names[index]!;
    const last = index === network.layers.length - 1;
    const activation = last ? 'softmax' : network.layers[index + 1]?.type === 'relu' ? 'relu' : 'linear';
    const previous = network.layers[index - 1]?.type;
    switch (layer.type) {
      case 'conv2d':
        layers.push({
          class_name: 'Conv2D',
          config: {
            name,
            trainable: true,
            filters: layer.filters,
            kernel_size: [3, 3],
            strides: [1, 1],
            padding: layer.padding,
            data_format: 'channels_last',
            dilation_rate: [1, 1],
            activation,
            use_bias: layer.useBias,
          },
        });
        break;
      case 'batchNorm':
        layers.push({
          class_name: 'BatchNormalization',
          config: {
            name,
            trainable: true,
            axis: -1,
            momentum: layer.momentum,
            epsilon: layer.epsilon,
            center: true,
            scale: true,
          },
        });
        break;
      case 'relu':
        if (previous !== 'conv2d' && previous !== 'dense') {
          layers.push({ class_name: 'Activation', config: { name, trainable: true, activation: 'relu' } });
        }
        break;
      case 'maxPool':
        layers.push({
          class_name: 'MaxPooling2D',
          config: {
            name,
            trainable: true,
            pool_size: [2, 2],
            strides: [2, 2],
            padding: 'valid',
            data_format: 'channels_last',
          },
        });
        break;
      case 'flatten':
        layers.push({ class_name: 'Flatten', config: { name, trainable: true } });
        break;
      case 'dropout':
        layers.push({ class_name: 'Dropout', config: { name, trainable: true, rate: layer.rate } });
        break;
      case 'dense':
        layers.push({
          class_name: 'Dense',
          config: { name, trainable: true, units: layer.units, activation, use_bias: layer.useBias },
        });
        break;
    }
  });
  layers[0]!.config.batch_input_shape = [null, ...network.input];
  layers[0]!.config.dtype = 'float32';
  return layers;
}

const manifestSchema = v.object({
  format: v.optional(v.string()),
  modelTopology: v.object({
    class_name: v.literal('Sequential'),
    config: v.object({
      layers: v.array(v.object({ class_name: v.string(), config: v.record(v.string(), v.unknown()) })),
    }),
  }),
  weightsManifest: v.array(
    v.object({
      paths: v.array(v.string()),
      weights: v.array(
        v.object({
          name: v.string(),
          shape: v.array(v.number()),
          dtype: v.literal('float32'),
          quantization: v.optional(v.object({ dtype: v.literal('float16') })),
        }),
      ),
    }),
  ),
  userDefinedMetadata: v.optional(
    v.object({ labels: v.optional(v.array(v.string())), training: v.fallback(v.nullable(trainingRecordSchema), null) }),
  ),
});
export type LayersManifest = v.InferOutput<typeof manifestSchema>;

/** Checks a `model.json`'s text. `file` names it in the error. */
export function parseManifest(text: string, file: string): LayersManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause);
  }
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw damaged(file, `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
  }
  return result.output;
}

/** The model of a checked manifest and its weight data (all files of the manifest, one after another). */
export function decodeLayersModel(name: string, manifest: LayersManifest, weightData: Uint8Array, file: string): Model {
  const description = describeLayersModel(name, manifest, file);
  const entries = manifest.weightsManifest.flatMap((group) => group.weights);
  const specs = weightSpecs(description.network);
  if (entries.length !== specs.length) {
    throw damaged(file, `it lists ${entries.length} weights where its layers have ${specs.length}`);
  }
  const view = new DataView(weightData.buffer, weightData.byteOffset, weightData.byteLength);
  let offset = 0;
  const weights = specs.map((spec, index) => {
    const entry = entries[index]!;
    if (entry.shape.join() !== spec.shape.join()) {
      throw damaged(file, `${entry.name} has the shape [${entry.shape}] where its layer needs [${spec.shape}]`);
    }
    const size = entry.quantization ? 2 : 4;
    const tensor = new Float32Array(elements(spec.shape));
    if (offset + tensor.length * size > weightData.byteLength) {
      throw damaged(file, `its weight data ends within ${entry.name}`);
    }
    for (let i = 0; i < tensor.length; i++) {
      tensor[i] = size === 2 ? halfToNumber(view.getUint16(offset, true)) : view.getFloat32(offset, true);
      offset += size;
    }
    return tensor;
  });
  if (offset !== weightData.byteLength) throw damaged(file, 'its weight data is longer than its weights');
  return { ...description, weights };
}

/** 2 to the power of a half's exponent, its bias of 15 taken off. */
const HALF_POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 15));

/**
 * The number that 16 bits stand for (IEEE 754 binary16). Written here since Node 22 has no `Float16Array` and the
 * package we encode with needs 600 ms for the shipped model's weights, at every start.
 */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * HALF_POWERS[exponent]!;
}

/** The description of a model without reading its weights. */
export function describeLayersModel(name: string, manifest: LayersManifest, file: string): Omit<Model, 'weights'> {
  const network = networkOf(manifest.modelTopology.config.layers, file);
  const labels = manifest.userDefinedMetadata?.labels ?? [];
  if (labels.length !== classCount(network)) {
    throw damaged(file, `it has ${classCount(network)} outputs and ${labels.length} labels`);
  }
  const training = manifest.userDefinedMetadata?.training ?? null;
  return { name, network, labels, training };
}

function networkOf(kerasLayers: readonly KerasLayer[], file: string): Network {
  const shape = kerasLayers[0]?.config.batch_input_shape;
  if (!Array.isArray(shape) || shape.slice(1).join() !== '28,28,1') {
    throw damaged(file, `its input is [${String(shape)}] where [null,28,28,1] is needed`);
  }
  const layers: Layer[] = [];
  kerasLayers.forEach(({ class_name, config }, index) => {
    const unsupported = (why: string) =>
      new EmnistError(
        'model-unsupported',
        `${file}: layer ${index + 1}, ${class_name} "${String(config.name)}", ${why}`,
        'use a model that emnist-tui made, or one of plain 3x3 convolutions, pooling and dense layers',
      );
    const need = (field: string, expected: unknown) => {
      if (JSON.stringify(config[field]) !== JSON.stringify(expected)) {
        throw unsupported(`has ${field} ${JSON.stringify(config[field])}, only ${JSON.stringify(expected)} is known`);
      }
    };
    const count = (field: string): number => {
      const value = config[field];
      if (!Number.isSafeInteger(value) || (value as number) < 1) throw unsupported(`has no valid ${field}`);
      return value as number;
    };
    const fraction = (field: string): number => {
      const value = config[field];
      if (typeof value !== 'number' || !(value >= 0 && value < 1)) throw unsupported(`has no valid ${field}`);
      return value;
    };
    const activate = () => {
      const last = index === kerasLayers.length - 1;
      if (last) need('activation', 'softmax');
      else if (config.activation === 'relu') layers.push({ type: 'relu' });
      else need('activation', 'linear');
    };
    switch (class_name) {
      case 'Conv2D':
        need('kernel_size', [3, 3]);
        need('strides', [1, 1]);
        need('dilation_rate', [1, 1]);
        if (config.padding !== 'valid') need('padding', 'same');
        layers.push({
          type: 'conv2d',
          filters: count('filters'),
          padding: config.padding as 'valid' | 'same',
          useBias: config.use_bias !== false,
        });
        activate();
        break;
      case 'BatchNormalization':
        need('center', true);
        need('scale', true);
        layers.push({ type: 'batchNorm', momentum: fraction('momentum'), epsilon: fraction('epsilon') });
        break;
      case 'Activation':
        need('activation', 'relu');
        layers.push({ type: 'relu' });
        break;
      case 'MaxPooling2D':
        need('pool_size', [2, 2]);
        need('strides', [2, 2]);
        need('padding', 'valid');
        layers.push({ type: 'maxPool' });
        break;
      case 'Flatten':
        layers.push({ type: 'flatten' });
        break;
      case 'Dropout':
        layers.push({ type: 'dropout', rate: fraction('rate') });
        break;
      case 'Dense':
        layers.push({ type: 'dense', units: count('units'), useBias: config.use_bias !== false });
        activate();
        break;
      default:
        throw unsupported('is not known');
    }
  });
  if (layers.at(-1)?.type !== 'dense') throw damaged(file, 'its last layer is not a dense layer with softmax');
  return { input: [28, 28, 1], layers };
}

function damaged(file: string, why: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'model-damaged',
    `${file} is not a model that can be read: ${why}`,
    'train it again, or name another with --model',
    { cause },
  );
}
