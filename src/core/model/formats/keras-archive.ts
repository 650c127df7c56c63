import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import {
  archiveNames,
  type ConnectedLayer,
  connectedShapes,
  INPUT_NAME,
  isSequential,
  type KerasLayer,
  kerasLayers,
} from '../keras-layers.ts';
import { type KerasModel, readKerasModel } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel } from '../model-errors.ts';
import {
  decodeMetadata,
  encodeKerasMetadata,
  layerWeights,
  METADATA_KEY,
  parseJson,
  withApproximateGelus,
} from './format.ts';
import { readHdf5, writeHdf5, writeTensor, writeText } from './hdf5.ts';
import { findWeightStore, readNumberedWeights } from './keras-weights.ts';
import { openZipMembers } from './zip-members.ts';

/** The Keras version whose layout is written. */
const KERAS_VERSION = '3.15.1';

const METADATA = 'metadata.json';
const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';

/**
 * Encodes a `.keras` archive as Keras 3 does: a zip file with the layers as JSON and an HDF5 file of the weights, numbered
 * within each layer. https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_lib.py
 */
export async function encodeKerasArchive(model: Model): Promise<Uint8Array> {
  const layers = kerasLayers(model.network, 'keras3');
  const config = isSequential(model.network) ? sequentialConfig(model, layers) : functionalConfig(model, layers);
  const weights = await writeHdf5((file) => {
    const groups = file.create_group('layers');
    for (const [name, archiveName] of archiveNames(model.network)) {
      const vars = groups.create_group(archiveName).create_group('vars');
      writeText(vars, 'name', name);
      for (const [index, { shape, data }] of layerWeights(model, name).entries()) {
        writeTensor(vars, String(index), data, shape);
      }
    }
    writeText(file.create_group('vars'), 'name', model.name);
  });
  const metadata = {
    keras_version: KERAS_VERSION,
    date_saved: new Date().toISOString().slice(0, 19).replace('T', '@'),
    // In the metadata because Keras takes other files of the archive for assets.
    [METADATA_KEY]: encodeKerasMetadata(model),
  };
  const zip = new yazl.ZipFile();
  // Uncompressed, as Keras writes it.
  const add = (bytes: Uint8Array, name: string) => zip.addBuffer(Buffer.from(bytes), name, { compress: false });
  add(Buffer.from(JSON.stringify(metadata)), METADATA);
  add(Buffer.from(JSON.stringify(config)), CONFIG);
  add(weights, WEIGHTS);
  zip.end();
  return buffer(zip.outputStream);
}

/** A model of this program, whose layers may be in another order than in Keras. */
function withArchiveNames({ network, weights }: KerasModel): KerasModel {
  const names = archiveNames(network);
  return {
    network,
    weights: weights.map((weight) => {
      const isStored = typeof weight === 'object' && 'path' in weight;
      return isStored ? { ...weight, archivePath: [names.get(weight.path[0]!) ?? weight.path[0]!] } : weight;
    }),
  };
}

function keras3Layer({ class_name, config }: KerasLayer) {
  return { module: 'keras.layers', class_name, config: { ...config, dtype: 'float32' }, registered_name: null };
}

function inputLayer({ network }: Model, name: string) {
  return keras3Layer({ class_name: 'InputLayer', config: { batch_shape: [null, ...network.input], name } });
}

function sequentialConfig(model: Model, layers: readonly KerasLayer[]) {
  const input = [null, ...model.network.input];
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: model.name,
      trainable: true,
      dtype: 'float32',
      layers: [inputLayer(model, 'input_layer'), ...layers.map(keras3Layer)],
      build_input_shape: input,
    },
    registered_name: null,
    build_config: { input_shape: input },
  };
}

/** A graph of layers: each lists the tensors that it takes, by the layers that they come from. */
function functionalConfig(model: Model, layers: readonly ConnectedLayer[]) {
  const shapes = connectedShapes(model.network);
  const tensor = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, ...shapes.get(name)!], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: model.name,
      trainable: true,
      layers: [
        { ...inputLayer(model, INPUT_NAME), name: INPUT_NAME, inbound_nodes: [] },
        ...layers.map((layer) => {
          const tensors = layer.inputs.map(tensor);
          const isMerge = layer.class_name === 'Add' || layer.class_name === 'Concatenate';
          const node = { args: isMerge ? [tensors] : tensors, kwargs: {} };
          return { ...keras3Layer(layer), name: String(layer.config.name), inbound_nodes: [node] };
        }),
      ],
      input_layers: [[INPUT_NAME, 0, 0]],
      output_layers: [[String(layers.at(-1)!.config.name), 0, 0]],
    },
    registered_name: 'Functional',
  };
}

/** Decodes a `.keras` archive of Keras 3, or of Keras 2.12 or later. `architecture`: its layers, if they are not to be read. */
export async function decodeKerasArchive(
  bytes: Buffer,
  file: string,
  architecture?: KerasModel | null,
): Promise<ModelFile> {
  const members = await openZipMembers(bytes, file);
  const json = async (name: string) => parseJson((await members.read(name)).toString(), file);
  const metadata = (await json(METADATA)) as Record<string, unknown> | null;
  const record = decodeMetadata(metadata?.[METADATA_KEY]);
  const model = architecture ?? readKerasModel(await json(CONFIG), file, record);
  return readHdf5(await members.read(WEIGHTS), `${file}, ${WEIGHTS}`, (root) => {
    const store = findWeightStore(root);
    if (!store) throw damagedModel(file, `${WEIGHTS} has no layers`);
    const weights = readNumberedWeights(record.isOurs && !architecture ? withArchiveNames(model) : model, store, file);
    return { network: withApproximateGelus(model.network, metadata?.[METADATA_KEY]), weights, ...record };
  });
}
