import * as v from 'valibot';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';
import type { Layer, Shape } from './layer.ts';
import { MAX_MODEL_BYTES } from './model-bytes.ts';
import { damagedModel, unsupportedModel } from './model-errors.ts';
import {
  elements,
  IMAGE_SHAPE,
  layerShapes,
  type Network,
  parameterCount,
  type WeightSpec,
  weightSpecs,
} from './network.ts';

/** Where a Keras model stores one of a network's weights. */
export interface KerasWeight {
  /** The layer's name. */
  layer: string;
  /** The weight's name in Keras 2 and 3: `kernel`, `bias`, `gamma`, … */
  weight: string;
  /** Its index among the layer's weights. */
  index: number;
}

export interface KerasModel {
  network: Network;
  /** One for each of `weightSpecs(network)`; a number where Keras stores nothing because all elements are that number. */
  weights: (KerasWeight | 0 | 1)[];
}

/** What the largest accepted file can hold. */
const MAX_PARAMETERS = MAX_MODEL_BYTES / 4;

const layerSchema = v.object({
  class_name: v.string(),
  config: v.record(v.string(), v.unknown()),
  build_config: v.nullish(v.object({ input_shape: v.optional(v.unknown()) })),
});
const sequentialSchema = v.object({
  config: v.union([
    // Keras before 2.2.3 has only the list.
    v.array(layerSchema),
    v.object({ layers: v.array(layerSchema), build_input_shape: v.optional(v.unknown()) }),
  ]),
});
type LayerJson = v.InferOutput<typeof layerSchema>;

/**
 * Parses the JSON of a Keras model, as Keras 1 to 3 and TensorFlow.js write it. Throws `model-unsupported`, which names the
 * layer and the reason, or `model-damaged`; both name `file`.
 */
export function readKerasModel(topology: unknown, file: string): KerasModel {
  const named = v.safeParse(v.object({ class_name: v.string() }), topology);
  if (named.success && named.output.class_name !== 'Sequential') {
    throw unsupportedModel(file, `it is a ${named.output.class_name} model, only Sequential models are supported`);
  }
  const parsed = v.safeParse(sequentialSchema, topology);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw damagedModel(file, `invalid description of layers (${v.getDotPath(issue) ?? 'root'}: ${issue.message})`);
  }
  const { config } = parsed.output;
  const layers = Array.isArray(config) ? config : config.layers;
  checkInput(layers, Array.isArray(config) ? undefined : config.build_input_shape, file);
  const reader = new NetworkBuilder(file);
  layers.forEach((layer, index) => {
    reader.add(layer, index);
  });
  return reader.finish();
}

/** Input shapes that lack the channel: the pixels in one row, and in rows and columns. */
const FLAT_SHAPES = [`${IMAGE_PIXELS}`, `${IMAGE_SIZE},${IMAGE_SIZE}`];

/** Checks the input shape, which Keras 1 and 2 store in a different place from Keras 3. */
function checkInput(layers: readonly LayerJson[], built: unknown, file: string): void {
  const [first] = layers;
  if (!first) throw damagedModel(file, 'it has no layers');
  const shape =
    first.config.batch_input_shape ?? first.config.batch_shape ?? first.build_config?.input_shape ?? built ?? null;
  if (!Array.isArray(shape)) throw unsupportedModel(file, 'it does not specify its input shape');
  const size = shape.slice(1).join();
  // The channel may be missing where the first layer adds it.
  const shaping = layers.find(
    ({ class_name }) => class_name !== 'InputLayer' && class_name !== 'Rescaling',
  )?.class_name;
  const isShaped = shaping === 'Reshape' || (shaping === 'Flatten' && size === FLAT_SHAPES[1]);
  if (size !== IMAGE_SHAPE.join() && !(FLAT_SHAPES.includes(size) && isShaped)) {
    throw unsupportedModel(
      file,
      `layer 1, ${first.class_name} "${String(first.config.name)}", has input shape [${shape.slice(1)}]; ` +
        `only [${IMAGE_SHAPE}] is supported`,
    );
  }
}

/** Keras 1 names of fields that were renamed later. */
const KERAS_1_FIELDS: Readonly<Record<string, string>> = {
  nb_filter: 'filters',
  border_mode: 'padding',
  subsample: 'strides',
  dim_ordering: 'data_format',
  bias: 'use_bias',
  output_dim: 'units',
  p: 'rate',
};
/** Aliases of layer classes. */
const CLASS_ALIASES: Readonly<Record<string, string>> = { Convolution2D: 'Conv2D', MaxPool2D: 'MaxPooling2D' };

/** Builds a network from Keras layers. */
class NetworkBuilder {
  readonly #file: string;
  readonly #layers: Layer[] = [];
  readonly #weights: KerasModel['weights'] = [];
  #hasSoftmax = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** `index` is the layer's position in the file. */
  add({ class_name, config }: LayerJson, index: number): void {
    const reader = new LayerReader(class_name, config, index, this.#file);
    if (this.#hasSoftmax) throw reader.unsupported('follows the softmax, which must be the last layer');
    const name = String(config.name);
    switch (CLASS_ALIASES[class_name] ?? class_name) {
      case 'InputLayer':
        if (index > 0) throw reader.unsupported('is not the first layer');
        break;
      case 'Reshape':
        if (this.#layers.length > 0) throw reader.unsupported('is not the first layer');
        reader.require('target_shape', IMAGE_SHAPE);
        break;
      case 'Rescaling': {
        // The model takes 0 to 255 and scales it to the 0 to 1 that networks here take.
        const { scale, offset = 0 } = config;
        if (this.#layers.length > 0) throw reader.unsupported('is not the first layer');
        if (typeof scale !== 'number' || Math.abs(scale * 255 - 1) > 1e-6 || offset !== 0) {
          throw reader.unsupported(`has scale ${scale} and offset ${offset}, only 1/255 and 0 are supported`);
        }
        break;
      }
      case 'Conv2D':
        reader.require('kernel_size', [3, 3]);
        reader.require('strides', [1, 1]);
        reader.require('dilation_rate', [1, 1], undefined);
        reader.require('groups', 1, undefined);
        reader.require('data_format', 'channels_last', 'tf', 'default', null, undefined);
        reader.require('padding', 'valid', 'same');
        this.#push(reader, {
          type: 'conv2d',
          kernel: [3, 3],
          stride: [1, 1],
          filters: reader.count('filters'),
          padding: reader.config.padding as 'valid' | 'same',
          useBias: reader.flag('use_bias'),
        });
        this.#addWeights(name, ['kernel', ...(reader.flag('use_bias') ? ['bias'] : [])]);
        this.#activate(reader);
        break;
      case 'BatchNormalization': {
        const rank = this.#shape.length + 1;
        reader.require('axis', -1, rank - 1, [-1], [rank - 1], undefined);
        reader.require('mode', 0, undefined);
        this.#push(reader, {
          type: 'batchNorm',
          momentum: reader.fraction('momentum', 0.99),
          epsilon: reader.fraction('epsilon', 1e-3),
        });
        const [scale, center] = [reader.flag('scale'), reader.flag('center')];
        if (!scale) this.#weights.push(1);
        this.#addWeights(name, [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : [])]);
        if (!center) this.#weights.push(0);
        this.#addWeights(name, ['moving_mean', 'moving_variance'], Number(scale) + Number(center));
        break;
      }
      case 'Activation':
        this.#activate(reader);
        break;
      case 'ReLU':
        reader.require('max_value', null, undefined);
        reader.require('negative_slope', 0, [0], null, undefined);
        reader.require('threshold', 0, null, undefined);
        this.#push(reader, { type: 'relu' });
        break;
      case 'Softmax':
        reader.require('axis', -1, 1, undefined);
        this.#hasSoftmax = true;
        break;
      case 'MaxPooling2D':
        reader.require('pool_size', [2, 2]);
        reader.require('strides', [2, 2], null, undefined);
        reader.require('padding', 'valid');
        reader.require('data_format', 'channels_last', 'tf', 'default', null, undefined);
        this.#push(reader, { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' });
        break;
      case 'Flatten':
        reader.require('data_format', 'channels_last', null, undefined);
        this.#push(reader, { type: 'flatten' });
        break;
      case 'Dropout':
        this.#push(reader, { type: 'dropout', rate: reader.fraction('rate') });
        break;
      case 'Dense':
        this.#push(reader, { type: 'dense', units: reader.count('units'), useBias: reader.flag('use_bias') });
        this.#addWeights(name, ['kernel', ...(reader.flag('use_bias') ? ['bias'] : [])]);
        this.#activate(reader);
        break;
      default:
        throw reader.unsupported('is not supported');
    }
  }

  finish(): KerasModel {
    const network: Network = { input: IMAGE_SHAPE, layers: this.#layers };
    const last = this.#layers.at(-1)?.type;
    if (this.#shape.length !== 1 || (last !== 'dense' && last !== 'batchNorm')) {
      throw unsupportedModel(this.#file, 'it does not end with a dense layer and softmax');
    }
    if (parameterCount(network) > MAX_PARAMETERS) {
      throw unsupportedModel(this.#file, `it has more than ${MAX_PARAMETERS / 1e6} million parameters`);
    }
    return { network, weights: this.#weights };
  }

  /** The output shape of the layers so far. */
  get #shape(): Shape {
    return layerShapes({ input: IMAGE_SHAPE, layers: this.#layers }).at(-1) ?? IMAGE_SHAPE;
  }

  #push(reader: LayerReader, layer: Layer): void {
    const isFlat = this.#shape.length === 1;
    if (isFlat && (layer.type === 'conv2d' || layer.type === 'maxPool')) {
      throw reader.unsupported('cannot follow a Flatten layer');
    }
    if (!isFlat && layer.type === 'dense') throw reader.unsupported('needs a Flatten layer before it');
    this.#layers.push(layer);
    if (this.#shape.some((size) => size < 1)) throw reader.unsupported('shrinks the image to nothing');
  }

  /** Adds weights of a layer; `first` is the index of the first among the layer's weights. */
  #addWeights(layer: string, weights: readonly string[], first = 0): void {
    this.#weights.push(...weights.map((weight, place) => ({ layer, weight, index: first + place })));
  }

  #activate(reader: LayerReader): void {
    switch (reader.activation) {
      case 'softmax':
        this.#hasSoftmax = true;
        break;
      case 'relu':
        this.#push(reader, { type: 'relu' });
        break;
      case 'linear':
        break;
      default:
        throw reader.unsupported(
          `has the activation ${reader.activation}, only relu, linear and a final softmax are supported`,
        );
    }
  }
}

/** The config of one layer, under the field names of Keras 2 and 3. */
class LayerReader {
  readonly config: Readonly<Record<string, unknown>>;
  readonly #what: string;
  readonly #file: string;

  constructor(type: string, config: Record<string, unknown>, index: number, file: string) {
    const renamed = Object.entries(config).map(([field, value]) => [KERAS_1_FIELDS[field] ?? field, value] as const);
    this.config = {
      ...Object.fromEntries(renamed),
      ...('nb_row' in config && { kernel_size: [config.nb_row, config.nb_col] }),
    };
    this.#what = `layer ${index + 1}, ${type} "${String(config.name)}",`;
    this.#file = file;
  }

  unsupported(why: string) {
    return unsupportedModel(this.#file, `${this.#what} ${why}`);
  }

  /** Requires a field to have one of the allowed values; a number also matches the pair that repeats it. */
  require(field: string, ...allowed: unknown[]): void {
    const value = this.config[field];
    const texts = allowed.map((one) => JSON.stringify(one));
    if (texts.includes(JSON.stringify(value)) || texts.includes(JSON.stringify([value, value]))) return;
    throw this.unsupported(`has ${field} ${JSON.stringify(value)}; only ${texts[0]} is supported`);
  }

  count(field: string): number {
    const value = this.config[field];
    if (!Number.isSafeInteger(value) || (value as number) < 1) throw this.unsupported(`has no valid ${field}`);
    return value as number;
  }

  fraction(field: string, fallback?: number): number {
    const value = this.config[field] ?? fallback;
    if (typeof value !== 'number' || !(value >= 0 && value < 1)) throw this.unsupported(`has no valid ${field}`);
    return value;
  }

  /** A boolean field, true by default. */
  flag(field: string): boolean {
    return this.config[field] !== false;
  }

  /** Keras 3 may describe a function as an object. */
  get activation(): string {
    const value = this.config.activation ?? 'linear';
    const named = v.safeParse(v.object({ class_name: v.literal('function'), config: v.string() }), value);
    return named.success ? named.output.config : typeof value === 'string' ? value : JSON.stringify(value);
  }
}

/**
 * The weights of a model in the order of `weightSpecs(network)`. `read` returns one of them, with as many elements as its
 * shape has.
 */
export function readKerasWeights(
  { network, weights }: KerasModel,
  read: (weight: KerasWeight, spec: WeightSpec) => Float32Array,
): Float32Array[] {
  return weightSpecs(network).map((spec, index) => {
    const weight = weights[index]!;
    return typeof weight === 'number' ? new Float32Array(elements(spec.shape)).fill(weight) : read(weight, spec);
  });
}
