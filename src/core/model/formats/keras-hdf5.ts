import type { Group } from 'h5wasm';
import { kerasSequential } from '../keras-layers.ts';
import { readKerasModel, readKerasWeights } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { decodeMetadata, encodeMetadata, layerWeights, METADATA_KEY, parseJson } from './format.ts';
import { findGroup, readHdf5, readTensor, readText, readTexts, writeHdf5, writeTensor, writeText } from './hdf5.ts';

/** The Keras version whose layout is written. */
const KERAS_VERSION = '2.15.0';

/**
 * Encodes a whole model in HDF5 as Keras 2 does: the layers as JSON in an attribute, and a group of weights per layer.
 * https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/hdf5_format.py
 */
export function encodeKerasHdf5(model: Model): Promise<Uint8Array> {
  const { class_name, config } = kerasSequential(model);
  // Keras 2 also repeats the shape in the first layer; Keras 3 reads it only here.
  const input = {
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, ...model.network.input], dtype: 'float32', sparse: false, name: 'input' },
  };
  const topology = { class_name, config: { ...config, layers: [input, ...config.layers] } };
  return writeHdf5((file) => {
    const stamp = (group: Group) => {
      writeText(group, 'backend', 'tensorflow');
      writeText(group, 'keras_version', KERAS_VERSION);
    };
    stamp(file);
    writeText(file, 'model_config', JSON.stringify(topology));
    writeText(file, METADATA_KEY, encodeMetadata(model));
    const groups = file.create_group('model_weights');
    stamp(groups);
    const names = config.layers.map((layer) => String(layer.config.name));
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
 * Decodes a whole model in the HDF5 of Keras 1 to 3. Weights are identified by their position within the layer, as Keras
 * does, since their names differ between versions.
 */
export function decodeKerasHdf5(bytes: Uint8Array, file: string): Promise<ModelFile> {
  return readHdf5(bytes, file, (root) => {
    const config = readText(root, 'model_config');
    if (config === null) {
      throw unsupportedModel(file, 'it has weights but no layers (no model_config): save the whole model');
    }
    const groups = findGroup(root, 'model_weights') ?? root;
    const model = readKerasModel(parseJson(config, file), file);
    if (readText(groups, 'backend') === 'theano')
      throw unsupportedModel(file, 'kernels of the Theano backend are flipped');
    const weights = readKerasWeights(model, ({ layer, weight, index }, { shape }) => {
      const group = findGroup(groups, layer);
      const name = group ? readTexts(group, 'weight_names')[index] : undefined;
      if (!group || name === undefined) throw damagedModel(file, `it has no weights ${layer}/${weight}`);
      return readTensor(group, name, shape, file);
    });
    return { network: model.network, weights, ...decodeMetadata(readText(root, METADATA_KEY)) };
  });
}
