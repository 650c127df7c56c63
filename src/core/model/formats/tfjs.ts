import path from 'node:path';
import { decodeModelFile, parseManifest } from '../layers-format.ts';
import type { ModelFile } from '../model.ts';
import { modelFolder, readWeights } from '../model-folder.ts';

/** Decodes a TensorFlow.js Layers model. `bytes` are those of `model.json`; the weight files are in the same folder. */
export async function decodeTfjs(bytes: Buffer, file: string): Promise<ModelFile> {
  const manifest = parseManifest(bytes.toString(), file);
  return decodeModelFile(manifest, await readWeights(modelFolder(path.dirname(file)), manifest, file), file);
}
