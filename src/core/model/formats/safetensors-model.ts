import { kerasTopology } from '../keras-layers.ts';
import { readKerasModel } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { weightSpecs } from '../network.ts';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.ts';
import { decodeMetadata, encodeMetadata, METADATA_KEY, parseJson, TOPOLOGY_KEY } from './format.ts';

/** Encodes a safetensors file: the weights by name, with Keras' description of the layers and our metadata. */
export function encodeSafetensorsModel(model: Model): Uint8Array {
  const tensors = weightSpecs(model.network).map(({ name, shape }, index) => {
    return { name, shape, data: model.weights[index]! };
  });
  return encodeSafetensors(tensors, {
    [TOPOLOGY_KEY]: JSON.stringify(kerasTopology(model)),
    [METADATA_KEY]: encodeMetadata(model),
  });
}

/** Decodes the result of `encodeSafetensorsModel`. Throws `model-unsupported` for other files, which lack the layers. */
export function decodeSafetensorsModel(bytes: Buffer, file: string): ModelFile {
  const { metadata, tensor } = decodeSafetensors(bytes, (why, cause) => damagedModel(file, why, cause));
  const topology = metadata[TOPOLOGY_KEY];
  if (topology === undefined) throw unsupportedModel(file, 'only safetensors files exported by emnist-tui can be read');
  const { network } = readKerasModel(parseJson(topology, file), file, { isOurs: true });
  const weights = weightSpecs(network).map(({ name, shape }) => tensor(name, shape));
  return { network, weights, ...decodeMetadata(metadata[METADATA_KEY]) };
}
