import path from 'node:path';
import type { KerasModel } from '../keras-reader.ts';
import { decodeModelFile, parseManifest } from '../layers-format.ts';
import type { ModelFile } from '../model.ts';
import { modelFolder, readWeights } from '../model-folder.ts';
import { decodeKerasJson } from './keras-json.ts';

/**
 * Decodes a JSON file: a TensorFlow.js Layers model, whose weight files are in the same folder, or the layers of a Keras model,
 * whose weights are beside it. `bytes` are those of the JSON file. `architecture`: its layers, if they are not to be read.
 */
export async function decodeTfjs(bytes: Buffer, file: string, architecture?: KerasModel | null): Promise<ModelFile> {
  const text = bytes.toString();
  if (isLayersAlone(text)) return decodeKerasJson(text, file);
  const manifest = parseManifest(text, file);
  const weights = await readWeights(modelFolder(path.dirname(file)), manifest, file);
  return decodeModelFile(manifest, weights, file, architecture);
}

/** Whether the JSON is a list of layers or a Keras model, rather than a TensorFlow.js model. */
function isLayersAlone(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null) return false;
    return Array.isArray(json) || (!('modelTopology' in json) && ('class_name' in json || 'model_config' in json));
  } catch {
    // Not JSON, which reading the manifest reports.
    return false;
  }
}
