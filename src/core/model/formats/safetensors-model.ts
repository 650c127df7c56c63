import { locateWeights } from '../keras/weight-lookup.ts';
import { kerasTopology } from '../keras-layers.ts';
import { type KerasModel, readKerasModel, readKerasWeights } from '../keras-reader.ts';
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

/**
 * Decodes the result of `encodeSafetensorsModel`, or weights under the names that Keras gives them for the layers of
 * `architecture`. Throws `model-unsupported` if the layers are not known.
 */
export function decodeSafetensorsModel(bytes: Buffer, file: string, architecture?: KerasModel | null): ModelFile {
  const { metadata, tensor, tensors } = decodeSafetensors(bytes, (why, cause) => damagedModel(file, why, cause));
  const topology = metadata[TOPOLOGY_KEY];
  if (architecture) {
    const found = locateWeights(architecture.weights, tensors, true);
    if ('missing' in found) {
      const { path, names } = found.missing;
      throw damagedModel(file, `the weights ${[...path, names[0]].join('/')} are missing`);
    }
    const weights = readKerasWeights(architecture, (weight) => {
      return tensor(tensors[found.indices.get(weight)!]!.name, weight.shape);
    });
    return { network: architecture.network, weights, ...decodeMetadata(metadata[METADATA_KEY]) };
  }
  if (topology === undefined) {
    throw unsupportedModel(file, 'it has weights, and does not say to which layers they belong');
  }
  const { network } = readKerasModel(parseJson(topology, file), file, { isOurs: true });
  const weights = weightSpecs(network).map(({ name, shape }) => tensor(name, shape));
  return { network, weights, ...decodeMetadata(metadata[METADATA_KEY]) };
}
