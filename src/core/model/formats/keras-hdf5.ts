import type { Group } from 'h5wasm';
import { kerasSequential } from '../keras-layers.ts';
import { readKerasModel, readKerasWeights } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { decodeRecord, encodeRecord, layerWeights, parseJson, RECORD_KEY } from './format.ts';
import { findGroup, readHdf5, readTensor, readText, readTexts, writeHdf5, writeTensor, writeText } from './hdf5.ts';

/** The version of Keras whose layout is written. */
const KERAS_VERSION = '2.15.0';

/**
 * A whole model as Keras 2 writes it in HDF5: the layers as JSON in an attribute, and a group of weights for each layer.
 * https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/hdf5_format.py
 */
export function encodeKerasHdf5(model: Model): Promise<Uint8Array> {
  const { class_name, config } = kerasSequential(model);
  // Beside the first layer's own, as Keras 2 has it: Keras 3 takes the input's shape only from here.
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
    writeText(file, RECORD_KEY, encodeRecord(model));
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
 * A whole model in Keras' HDF5, of Keras 1 to 3. Weights are told apart by their place within the layer, as Keras itself
 * does it: each version has other names for them.
 */
export function decodeKerasHdf5(bytes: Uint8Array, file: string): Promise<ModelFile> {
  return readHdf5(bytes, file, (root) => {
    const config = readText(root, 'model_config');
    if (config === null) {
      throw unsupportedModel(file, 'it holds no layers (no model_config): save the whole model, not its weights alone');
    }
    const groups = findGroup(root, 'model_weights') ?? root;
    const model = readKerasModel(parseJson(config, file), file);
    if (readText(groups, 'backend') === 'theano') throw unsupportedModel(file, 'Theano has its kernels turned round');
    const weights = readKerasWeights(model, ({ layer, weight, index }, { shape }) => {
      const group = findGroup(groups, layer);
      const name = group ? readTexts(group, 'weight_names')[index] : undefined;
      if (!group || name === undefined) throw damagedModel(file, `it has no weights ${layer}/${weight}`);
      return readTensor(group, name, shape, file);
    });
    return { network: model.network, weights, ...decodeRecord(readText(root, RECORD_KEY)) };
  });
}
