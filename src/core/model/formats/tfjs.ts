import path from 'node:path';
import { decodeModelFile, parseManifest } from '../layers-format.ts';
import type { ModelFile } from '../model.ts';
import { modelFolder, readWeights } from '../model-store.ts';

/** A model in the TensorFlow.js Layers format: `bytes` are its `model.json`'s, beside which its weights lie. */
export async function decodeTfjs(bytes: Buffer, file: string): Promise<ModelFile> {
  const manifest = parseManifest(bytes.toString(), file);
  return decodeModelFile(manifest, await readWeights(modelFolder(path.dirname(file)), manifest, file), file);
}
