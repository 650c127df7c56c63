import { kerasSequential } from '../keras-layers.ts';
import { readKerasModel } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { weightSpecs } from '../network.ts';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.ts';
import { decodeRecord, encodeRecord, parseJson, RECORD_KEY, TOPOLOGY_KEY } from './format.ts';

/** A safetensors file: weights by name, and in its metadata Keras' description of the layers and our record. */
export function encodeSafetensorsModel(model: Model): Uint8Array {
  const tensors = weightSpecs(model.network).map(({ name, shape }, index) => {
    return { name, shape, data: model.weights[index]! };
  });
  return encodeSafetensors(tensors, {
    [TOPOLOGY_KEY]: JSON.stringify(kerasSequential(model)),
    [RECORD_KEY]: encodeRecord(model),
  });
}

/** Reads what `encodeSafetensorsModel` wrote. Others' files hold no layers: `model-unsupported`. */
export function decodeSafetensorsModel(bytes: Buffer, file: string): ModelFile {
  const { metadata, tensor } = decodeSafetensors(bytes, (why, cause) => damagedModel(file, why, cause));
  const topology = metadata[TOPOLOGY_KEY];
  if (topology === undefined) throw unsupportedModel(file, 'it was not made by emnist-tui and does not say its layers');
  const { network } = readKerasModel(parseJson(topology, file), file);
  const weights = weightSpecs(network).map(({ name, shape }) => tensor(name, shape));
  return { network, weights, ...decodeRecord(metadata[RECORD_KEY]) };
}
