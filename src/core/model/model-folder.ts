import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { asset, assetPath } from '../asset.ts';
import { EmnistError, isEmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { isFolder, isPresent } from '../files/file-info.ts';
import {
  decodeLayersModel,
  describeLayersModel,
  GENERATOR,
  type LayersManifest,
  parseManifest,
  weightBytes,
} from './layers-format.ts';
import type { Model } from './model.ts';
import { MAX_MODEL_BYTES, readModelBytes } from './model-bytes.ts';
import { damagedModel, unsupportedModel } from './model-errors.ts';

export const MODEL_FILE = 'model.json';
export const CHECKPOINT_FILE = 'checkpoint.safetensors';
export const WEIGHTS_FILE = /^weights\.[0-9a-f]{8}\.bin$/;

/** The name of the file of a model's weights, which contains their checksum. */
export function weightsFileName(weightData: Uint8Array): string {
  return `weights.${createHash('sha256').update(weightData).digest('hex').slice(0, 8)}.bin`;
}

/** What the user has noted about a model, and accuracies that were measured. */
export const NOTES_FILE = 'notes.json';

/** The file that locks a model. */
export const LOCK_FILE = 'training.lock';

/** The files of a model. */
export interface ModelFolder {
  path: string;
  /** Reads one of them. Throws `EmnistError`. */
  read: (name: string) => Promise<Buffer>;
  /** The size in bytes of one that can be read. Throws `EmnistError`. */
  size: (name: string) => Promise<number>;
}

/** A model's folder on disk. */
export function modelFolder(folder: string): ModelFolder {
  return {
    path: folder,
    read: (name) => readModelBytes(path.join(folder, name)),
    size: (name) => readableSize(path.join(folder, name)),
  };
}

/** Throws `model-name-invalid` if something other than a folder is where a model of this name would be. */
export async function checkModelFolder(folder: string, name: string): Promise<void> {
  if (!(await isPresent(folder))) return;
  const found = await isFolder(folder).catch((error: unknown) => {
    if (!isEmnistError(error, 'file-missing') && !isEmnistError(error, 'file-link-loop')) throw error;
    return null;
  });
  if (found === true) return;
  const what = found === null ? 'a link that leads nowhere' : 'a file';
  throw new EmnistError('model-name-invalid', `${folder} is ${what}, not the folder of a model`, {
    model: name,
    reason: 'taken',
  });
}

/** The folder of the shipped model. */
export const shippedFolder: ModelFolder = assetFolder('models/shipped');

/** The folder of a model that ships with the program. Single executables contain it as an asset. */
export function assetFolder(name: string): ModelFolder {
  const folder = assetPath(name);
  const bytes = (file: string): Buffer => {
    try {
      return Buffer.from(asset(`${name}/${file}`));
    } catch (error) {
      throw fileError(error, path.join(folder, file));
    }
  };
  return { path: folder, read: async (file) => bytes(file), size: async (file) => bytes(file).length };
}

async function readableSize(file: string): Promise<number> {
  try {
    const stats = await stat(file);
    // Opening a pipe would wait for its writer.
    if (!stats.isFile()) throw damagedModel(file, 'it is not a file');
    await access(file, constants.R_OK);
    return stats.size;
  } catch (error) {
    throw fileError(error, file);
  }
}

/** How often a model is read before giving up because it is replaced each time. */
const MAX_READS = 5;

/** Reads a model. Throws `model-damaged`, `model-unsupported` and file errors. */
export async function readModel(folder: ModelFolder, name: string): Promise<Model> {
  return (await readModelFiles(folder, name)).model;
}

/** A model, and the file of its weights; null if its name has no checksum, and thus does not identify them. */
export interface ModelFiles<Content = Model> {
  model: Content;
  weightsFile: string | null;
}

/** Like `readModel`, with the file of the weights. */
export function readModelFiles(folder: ModelFolder, name: string): Promise<ModelFiles> {
  return withManifest(folder, async (manifest, file) => ({
    model: decodeLayersModel(name, manifest, await readWeights(folder, manifest, file), file),
    weightsFile: identifyingFile(manifest, file),
  }));
}

function identifyingFile(manifest: LayersManifest, file: string): string | null {
  const [name, ...others] = weightFiles(manifest, file);
  return name !== undefined && others.length === 0 && WEIGHTS_FILE.test(name) ? name : null;
}

/** Describes a model without reading its weights, of which only the size is checked. Throws as `readModel` does. */
export function describeModel(folder: ModelFolder, name: string): Promise<ModelFiles<Omit<Model, 'weights'>>> {
  return withManifest(folder, async (manifest, file) => {
    const description = describeLayersModel(name, manifest, file);
    let bytes = 0;
    for (const part of weightFiles(manifest, file)) bytes += await folder.size(part);
    const expected = weightBytes(manifest);
    if (bytes !== expected) throw damagedModel(file, `its weights have ${bytes} bytes instead of ${expected}`);
    return { model: description, weightsFile: identifyingFile(manifest, file) };
  });
}

/**
 * Reads `model.json` for `use`, and once more if the weights it names are gone because the model has just been replaced. `file` is
 * its path.
 */
export async function withManifest<T>(
  folder: ModelFolder,
  use: (manifest: LayersManifest, file: string) => Promise<T>,
): Promise<T> {
  const file = path.join(folder.path, MODEL_FILE);
  for (let reads = 1; ; reads++) {
    const manifest = await readManifest(folder, file);
    try {
      return await use(manifest, file);
    } catch (error) {
      const isGone = isEmnistError(error, 'file-missing');
      const isReplaced = isGone && JSON.stringify(await readManifest(folder, file)) !== JSON.stringify(manifest);
      if (!isReplaced || reads === MAX_READS) throw error;
    }
  }
}

async function readManifest(folder: ModelFolder, file: string): Promise<LayersManifest> {
  await folder.size(MODEL_FILE);
  return parseManifest((await folder.read(MODEL_FILE)).toString(), file);
}

/**
 * Reads and concatenates the weight files in a manifest, all of which must be in its folder. Throws `model-damaged` if the
 * program wrote them and they are no longer the same.
 */
export async function readWeights(folder: ModelFolder, manifest: LayersManifest, file: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const name of weightFiles(manifest, file)) {
    const part = await folder.read(name);
    // A file can be named more than once.
    bytes += part.length;
    if (bytes > MAX_MODEL_BYTES) {
      throw unsupportedModel(file, `its weights are larger than ${MAX_MODEL_BYTES / 1e6} MB`);
    }
    const hasChecksum = manifest.generatedBy?.startsWith(GENERATOR) && WEIGHTS_FILE.test(name);
    if (hasChecksum && weightsFileName(part) !== name) {
      throw damagedModel(path.join(folder.path, name), 'its content does not match the checksum in its name');
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The names of the weight files in a manifest, which must be in the model's folder. TensorFlow.js' downloads name `./` too. */
function weightFiles({ weightsManifest }: LayersManifest, file: string): string[] {
  const files = weightsManifest.flatMap(({ paths }) => paths.map((name) => name.replace(/^(?:\.\/)+/, '')));
  const outside = files.find((name) => path.basename(name) !== name || /^\.{0,2}$/.test(name));
  if (outside !== undefined) throw damagedModel(file, `it names weights outside its folder: ${outside}`);
  return files;
}
