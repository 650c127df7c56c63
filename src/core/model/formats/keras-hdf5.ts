import type { Group } from 'h5wasm';
import { findName, isSameWeight, weightGroups } from '../keras/weight-lookup.ts';
import { isSequential, type KerasLayer, kerasLayers, kerasOrder, kerasTopology } from '../keras-layers.ts';
import { type KerasModel, type KerasWeight, readKerasModel, readKerasWeights } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, otherFile } from '../model-errors.ts';
import {
  decodeMetadata,
  encodeKerasMetadata,
  layerWeights,
  METADATA_KEY,
  parseJson,
  withApproximateGelus,
} from './format.ts';
import {
  findGroup,
  readHdf5,
  readTensor,
  readText,
  readTexts,
  tensorShape,
  writeHdf5,
  writeLongText,
  writeTensor,
  writeText,
} from './hdf5.ts';
import { findWeightStore, readNumberedWeights } from './keras-weights.ts';
import { reverseAxes } from './reverse-axes.ts';

/** The history of the training has attributes of its own, since no attribute may be as large as that of a long training. */
const HISTORY_KEY = `${METADATA_KEY}_history`;

/** The Keras version whose layout is written. */
const KERAS_VERSION = '2.15.0';

/**
 * Encodes a whole model in HDF5 as Keras 2 does: the layers as JSON in an attribute, and a group of weights per layer.
 * https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/hdf5_format.py
 */
export function encodeKerasHdf5(model: Model): Promise<Uint8Array> {
  const { class_name, config } = kerasTopology(model, 'keras2');
  // Keras 2 repeats the shape in the first layer of a sequential model; Keras 3 reads it only here.
  const input = {
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, ...model.network.input], dtype: 'float32', sparse: false, name: 'input' },
  };
  const layers = config.layers.map((layer): KerasLayer => {
    const { batch_input_shape: _, ...others } = layer.config;
    return layer.class_name === 'SpatialDropout2D' ? { ...layer, config: others } : layer;
  });
  const topology = {
    class_name,
    config: { ...config, layers: isSequential(model.network) ? [input, ...layers] : layers },
  };
  return writeHdf5((file) => {
    const stamp = (group: Group) => {
      writeText(group, 'backend', 'tensorflow');
      writeText(group, 'keras_version', KERAS_VERSION);
    };
    stamp(file);
    writeText(file, 'model_config', JSON.stringify(topology));
    const { training } = model;
    if (training?.history) {
      const { history, curve, ...others } = training;
      writeText(file, METADATA_KEY, encodeKerasMetadata({ ...model, training: others }));
      writeLongText(file, HISTORY_KEY, JSON.stringify({ history, curve }));
    } else {
      writeText(file, METADATA_KEY, encodeKerasMetadata(model));
    }
    const groups = file.create_group('model_weights');
    stamp(groups);
    const ordered = isSequential(model.network) ? kerasLayers(model.network) : kerasOrder(kerasLayers(model.network));
    const names = ordered.map((layer) => String(layer.config.name));
    writeText(groups, 'layer_names', names);
    for (const name of [...names, 'top_level_model_weights']) {
      const group = groups.create_group(name);
      const weights = layerWeights(model, name);
      writeText(
        group,
        'weight_names',
        weights.map((spec) => `${spec.name}:0`),
      );
      if (weights.length > 0) group.create_group(name);
      for (const { name: weight, shape, data } of weights) writeTensor(group, `${weight}:0`, data, shape);
    }
  });
}

/**
 * Decodes a whole model in the HDF5 of Keras 1 to 3, or the weights of `architecture`, from files of weights alone too. Weights
 * are identified by their position within the layer, as Keras does, since their names differ between versions.
 */
export function decodeKerasHdf5(bytes: Uint8Array, file: string, architecture?: KerasModel | null): Promise<ModelFile> {
  return readHdf5(bytes, file, (root) => {
    const config = readText(root, 'model_config');
    if (config === null && !architecture) {
      throw otherFile(file, 'weights-only', 'no layers (no model_config)');
    }
    const text = readText(root, METADATA_KEY);
    const metadata = decodeMetadata(text, readTexts(root, HISTORY_KEY).join(''));
    const model = architecture ?? readKerasModel(parseJson(config!, file), file, metadata);
    const store = findWeightStore(root);
    const weights = store ? readNumberedWeights(model, store, file) : readNamedWeights(model, root, file);
    return { network: withApproximateGelus(model.network, text), weights, ...metadata };
  });
}

/** Reads weights from a group per layer, which lists the names of its weights in order. */
function readNamedWeights(model: KerasModel, root: Group, file: string): Float32Array[] {
  const groups = findGroup(root, 'model_weights') ?? root;
  const convert = conversion(root, groups);
  const located = weightGroups(model.weights);
  const layers = readTexts(groups, 'layer_names');
  const listed = layers.filter((name) => {
    const group = findGroup(groups, name);
    return group !== null && readTexts(group, 'weight_names').length > 0;
  });
  // Weights alone may belong to layers of other names; Keras then goes by their order.
  const isNamed = listed.length !== located.length || located.every(([one]) => listed.includes(one!.path[0]!));
  return readKerasWeights(model, (weight) => {
    const place = located.findIndex(([one]) => one!.path[0] === weight.path[0]);
    const group = findGroup(groups, isNamed ? weight.path[0]! : listed[place]!);
    const names = group ? readTexts(group, 'weight_names') : [];
    const name = names[indexInGroup(weight, located[place]!, names)];
    if (!group || name === undefined) {
      throw damagedModel(file, `it has no weights ${[...weight.path, weight.names[0]].join('/')}`);
    }
    return convert(group, name, weight, file);
  });
}

/** The index of a weight among those of a layer of the whole model. */
function indexInGroup(weight: KerasWeight, group: readonly KerasWeight[], names: readonly string[]): number {
  if (weight.path.length === 1) return weight.index;
  const byName = findName(names, weight);
  return byName >= 0 ? byName : group.findIndex((one) => isSameWeight(one, weight));
}

/** How kernels of convolutions are read, whose layout differs in old versions. */
function conversion(root: Group, groups: Group) {
  const version = readText(groups, 'keras_version') ?? readText(root, 'keras_version') ?? '1';
  const backend = readText(groups, 'backend') ?? readText(root, 'backend');
  return (group: Group, name: string, { names, shape }: KerasWeight, file: string): Float32Array => {
    if (names[0] !== 'kernel' || shape.length !== 4) return readTensor(group, name, shape, file);
    const [height, width, input, output] = shape as readonly [number, number, number, number];
    // Keras 1 stores [out, in, height, width] if channels come first.
    const oldShape = [output, input, height, width];
    const isOld = version.startsWith('1') && tensorShape(group, name)?.join() === oldShape.join();
    const data = readTensor(group, name, isOld ? oldShape : shape, file);
    const kernel = isOld ? reverseAxes(data, output, input, height * width) : data;
    // Theano flips kernels, as the mathematical convolution does.
    return backend === 'theano' ? flipKernel(kernel, height * width) : kernel;
  };
}

/** Reverses the order of the positions of a kernel, [positions, in, out], which flips its rows and columns. */
function flipKernel(kernel: Float32Array, positions: number): Float32Array {
  const size = kernel.length / positions;
  const flipped = new Float32Array(kernel.length);
  for (let position = 0; position < positions; position++) {
    flipped.set(kernel.subarray(position * size, (position + 1) * size), (positions - 1 - position) * size);
  }
  return flipped;
}
