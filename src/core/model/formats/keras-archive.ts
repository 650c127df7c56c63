import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import yazl from 'yazl';
import { EmnistError } from '../../errors.ts';
import { kerasLayers } from '../keras-layers.ts';
import { readKerasModel, readKerasWeights } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { MAX_MODEL_BYTES } from '../model-bytes.ts';
import { damagedModel } from '../model-errors.ts';
import { decodeMetadata, encodeMetadata, layerWeights, METADATA_KEY, parseJson } from './format.ts';
import { findGroup, readHdf5, readTensor, writeHdf5, writeTensor, writeText } from './hdf5.ts';

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
  const input = [null, ...model.network.input];
  const layer = (class_name: string, config: Record<string, unknown>) => {
    return { module: 'keras.layers', class_name, config: { ...config, dtype: 'float32' }, registered_name: null };
  };
  const layers = kerasLayers(model.network);
  const config = {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: model.name,
      trainable: true,
      dtype: 'float32',
      layers: [
        layer('InputLayer', { batch_shape: input, name: 'input_layer' }),
        ...layers.map((one) => layer(one.class_name, one.config)),
      ],
      build_input_shape: input,
    },
    registered_name: null,
    build_config: { input_shape: input },
  };
  const weights = await writeHdf5((file) => {
    const groups = file.create_group('layers');
    for (const { config } of layers) {
      const name = String(config.name);
      const vars = groups.create_group(name).create_group('vars');
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
    [METADATA_KEY]: encodeMetadata(model),
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

/** Decodes a `.keras` archive of Keras 3, or of Keras 2.12 or later. */
export async function decodeKerasArchive(bytes: Buffer, file: string): Promise<ModelFile> {
  const members = await readMembers(bytes, file);
  const member = (name: string) => {
    const found = members.get(name);
    if (!found) throw damagedModel(file, `${name} is missing`);
    return found;
  };
  const model = readKerasModel(parseJson(member(CONFIG).toString(), file), file);
  return readHdf5(member(WEIGHTS), `${file}, ${WEIGHTS}`, (root) => {
    const groups = findGroup(root, 'layers') ?? findGroup(root, '_layer_checkpoint_dependencies');
    if (!groups) throw damagedModel(file, `${WEIGHTS} has no layers`);
    const weights = readKerasWeights(model, ({ index }, { name, shape }) => {
      // The groups are named by layer type and number, like our layers, whatever the layers' own names.
      return readTensor(groups, `${name.split('/')[0]}/vars/${index}`, shape, file);
    });
    const metadata = parseJson(member(METADATA).toString(), file) as Record<string, unknown> | null;
    return { network: model.network, weights, ...decodeMetadata(metadata?.[METADATA_KEY]) };
  });
}

async function readMembers(bytes: Buffer, file: string): Promise<Map<string, Buffer>> {
  const members = new Map<string, Buffer>();
  try {
    const zip = await yauzl.fromBufferPromise(bytes);
    for await (const entry of zip.eachEntry()) {
      if (![METADATA, CONFIG, WEIGHTS].includes(entry.fileName)) continue;
      if (entry.uncompressedSize > MAX_MODEL_BYTES) throw damagedModel(file, `${entry.fileName} is too large`);
      members.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
    }
  } catch (error) {
    if (error instanceof EmnistError) throw error;
    throw damagedModel(file, 'the zip archive is corrupt', error);
  }
  return members;
}
