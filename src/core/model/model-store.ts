import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { asset, assetPath } from '../asset.ts';
import { EmnistError, type ErrorData, isEmnistError } from '../errors.ts';
import { targetName, writeFileAtomically } from '../files/atomic-write.ts';
import { fileError } from '../files/file-errors.ts';
import { exists } from '../files/file-info.ts';
import { listFolder, listSubfolders, makeFolder } from '../files/folders.ts';
import { isLockFile } from '../files/lock.ts';
import { retryWhileBusy } from '../files/retry.ts';
import type { Paths } from '../paths.ts';
import { VERSION } from '../version.ts';
import {
  decodeLayersModel,
  describeLayersModel,
  encodeLayersModel,
  GENERATOR,
  type LayersManifest,
  parseManifest,
  type WeightType,
} from './layers-format.ts';
import type { Model } from './model.ts';
import { readModelBytes } from './model-bytes.ts';
import { damagedModel } from './model-errors.ts';

/** The name of the model that comes with the program. */
export const SHIPPED = 'shipped';

const MODEL_FILE = 'model.json';
const CHECKPOINT_FILE = 'checkpoint.safetensors';
const WEIGHTS_FILE = /^weights\.[0-9a-f]{8}\.bin$/;

export interface ModelSummary {
  name: string;
  /** The model's folder. */
  folder: string;
  shipped: boolean;
  /** Null where only a checkpoint is there, or the model cannot be read (then `problem` says why). */
  model: Omit<Model, 'weights'> | null;
  problem: string | null;
  /** There is a checkpoint with epochs still to do. */
  resumable: boolean;
}

/** Names of devices on Windows, whatever follows the dot; learn.microsoft.com/windows/win32/fileio/naming-a-file */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Names go into paths, on any system: letters, digits, `.`, `_` and `-`, beginning with a letter or digit, and not ending
 * with a dot, which Windows leaves out.
 */
export function checkModelName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || name.endsWith('.')) {
    throw invalidName(name, 'characters', `invalid model name "${name}"`);
  }
  if (DEVICE.test(name)) throw invalidName(name, 'device', `"${name}" is the name of a device on Windows`);
  if (name === SHIPPED) throw invalidName(name, 'reserved', `the model name "${SHIPPED}" is reserved`);
  return name;
}

function invalidName(model: string, reason: ErrorData['model-name-invalid']['reason'], message: string): EmnistError {
  return new EmnistError('model-name-invalid', message, { model, reason });
}

/** Whether there is a model or a checkpoint of this name. */
export async function isModelName(paths: Paths, name: string): Promise<boolean> {
  return (await exists(path.join(paths.models, name, MODEL_FILE))) || (await exists(checkpointPath(paths, name)));
}

/** Where the checkpoint of a model is kept. */
export function checkpointPath(paths: Paths, name: string): string {
  return path.join(paths.models, name, CHECKPOINT_FILE);
}

/**
 * Writes a model's folder under `paths.models`. The weights go into a file named by their content; the model changes
 * all at once when `model.json`, which names that file, is replaced.
 */
export async function saveModel(model: Model, paths: Paths): Promise<void> {
  const folder = path.join(paths.models, checkModelName(model.name));
  await saveModelFolder(model, folder);
  for (const { name } of await listFolder(folder)) {
    // An interrupted write of a model or checkpoint left it.
    if (targetName(name) !== name && isModelFile(targetName(name))) await removeFile(path.join(folder, name));
  }
}

/** As `saveModel`, to any folder. Gives how many bytes its two files have. */
export async function saveModelFolder(model: Model, folder: string, weightType?: WeightType): Promise<number> {
  const { weightData } = encodeLayersModel(model, '', VERSION, weightType);
  const weightsFile = `weights.${createHash('sha256').update(weightData).digest('hex').slice(0, 8)}.bin`;
  const { modelJson } = encodeLayersModel(model, weightsFile, VERSION, weightType);
  try {
    await makeFolder(folder);
    await writeFileAtomically(path.join(folder, weightsFile), weightData);
    await writeFileAtomically(path.join(folder, MODEL_FILE), modelJson);
    for (const file of await readdir(folder)) {
      if (!WEIGHTS_FILE.test(file) || file === weightsFile) continue;
      await removeFile(path.join(folder, file));
    }
    return Buffer.byteLength(modelJson) + weightData.length;
  } catch (error) {
    throw fileError(error, folder);
  }
}

/**
 * A model by name, or by the path of its folder or `model.json`. Without a name: the one trained last or, where there
 * is none, the shipped one.
 */
export async function loadModel(nameOrPath: string | undefined, paths: Paths): Promise<Model> {
  if (nameOrPath === undefined) {
    const latest = (await listModels(paths)).find(({ model }) => model);
    // Where even the shipped one cannot be read, reading it says why.
    return latest
      ? readModelFolder(latest.shipped ? shippedFolder : modelFolder(latest.folder), latest.name)
      : readModelFolder(shippedFolder, SHIPPED);
  }
  if (nameOrPath === SHIPPED) return readModelFolder(shippedFolder, SHIPPED);
  const named = path.join(paths.models, nameOrPath);
  if (!/[\\/]/.test(nameOrPath) && (await exists(path.join(named, MODEL_FILE)))) {
    return readModelFolder(modelFolder(named), nameOrPath);
  }
  const folder = path.basename(nameOrPath) === MODEL_FILE ? path.dirname(nameOrPath) : nameOrPath;
  if (await exists(path.join(folder, MODEL_FILE))) {
    return readModelFolder(modelFolder(folder), path.basename(path.resolve(folder)));
  }
  throw new EmnistError('model-missing', `no model "${nameOrPath}"`, { model: nameOrPath });
}

/** All models: the user's own, the one trained last first, then the shipped one. Broken ones are listed as such. */
export async function listModels(paths: Paths): Promise<ModelSummary[]> {
  const own: ModelSummary[] = [];
  for (const name of await listSubfolders(paths.models)) {
    const folder = path.join(paths.models, name);
    const hasCheckpoint = await exists(path.join(folder, CHECKPOINT_FILE));
    if (hasCheckpoint || (await exists(path.join(folder, MODEL_FILE)))) {
      const summary = await summarize(modelFolder(folder), name);
      const training = summary.model?.training;
      const isDone = training && (training.epochs >= training.epochsAsked || training.stoppedEarly);
      const resumable = hasCheckpoint && !isDone;
      own.push({ name, folder, shipped: false, resumable, ...summary });
    }
  }
  const date = ({ model }: ModelSummary) => model?.training?.date ?? '';
  own.sort((a, b) => (date(a) < date(b) ? 1 : date(a) > date(b) ? -1 : a.name < b.name ? -1 : 1));
  const shipped = { name: SHIPPED, folder: shippedFolder.path, shipped: true, resumable: false };
  return [...own, { ...shipped, ...(await summarize(shippedFolder, SHIPPED)) }];
}

/**
 * The absolute paths of the files under `paths.models` that the program made, for `clean`: models, checkpoints, locks
 * and what interrupted writes left, in folders that hold nothing else or not.
 */
export async function ownedModels(paths: Paths): Promise<string[]> {
  const owned: string[] = [];
  for (const name of await listSubfolders(paths.models)) {
    const folder = path.join(paths.models, name);
    for (const { name: file } of await listFolder(folder)) {
      const isOurs = isModelFile(targetName(file)) || isLockFile(file, LOCK_FILE);
      if (isOurs && !(await isForeign(path.join(folder, file)))) owned.push(path.join(folder, file));
    }
  }
  return owned;
}

async function removeFile(file: string): Promise<void> {
  await retryWhileBusy(() => rm(file, { force: true })).catch((error) => {
    throw fileError(error, file);
  });
}

function isModelFile(name: string): boolean {
  return name === MODEL_FILE || name === CHECKPOINT_FILE || WEIGHTS_FILE.test(name);
}

/** Whether a `model.json` says that another program made it: users may have put such a model beside their own. */
async function isForeign(file: string): Promise<boolean> {
  if (path.basename(file) !== MODEL_FILE) return false;
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(error, file);
  });
  const json = v.safeParse(v.pipe(v.string(), v.parseJson(), v.object({ generatedBy: v.optional(v.string()) })), text);
  return json.success && !json.output.generatedBy?.startsWith(GENERATOR);
}

/** The file in a model's folder that locks it. */
export const LOCK_FILE = 'training.lock';

/** Where the files of a model are. */
export interface ModelFolder {
  path: string;
  /** The bytes of one of them. Throws `EmnistError`. */
  read: (name: string) => Promise<Buffer>;
}

/** A folder on the disk. */
export function modelFolder(folder: string): ModelFolder {
  return { path: folder, read: (name) => readModelBytes(path.join(folder, name)) };
}

/** The shipped model's, which is on no disk where the program is a single executable. */
const shippedFolder: ModelFolder = {
  path: assetPath('models/shipped'),
  read: async (name) => {
    try {
      return Buffer.from(asset(`models/shipped/${name}`));
    } catch (error) {
      throw fileError(error, path.join(shippedFolder.path, name));
    }
  },
};

async function readManifest(folder: ModelFolder) {
  const file = path.join(folder.path, MODEL_FILE);
  return { file, manifest: parseManifest((await folder.read(MODEL_FILE)).toString(), file) };
}

/** How often a model is read again that a training replaces while it is read. */
const MAX_READS = 5;

async function readModelFolder(folder: ModelFolder, name: string): Promise<Model> {
  for (let reads = 1; ; reads++) {
    const { file, manifest } = await readManifest(folder);
    try {
      return decodeLayersModel(name, manifest, await readWeights(folder, manifest, file), file);
    } catch (error) {
      const isGone = isEmnistError(error, 'file-missing');
      const isReplaced = isGone && JSON.stringify((await readManifest(folder)).manifest) !== JSON.stringify(manifest);
      if (!isReplaced || reads === MAX_READS) throw error;
    }
  }
}

/** The weight files that a manifest names, which lie in its folder, one after another. */
export async function readWeights(folder: ModelFolder, manifest: LayersManifest, file: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const part of manifest.weightsManifest.flatMap(({ paths }) => paths)) {
    if (path.basename(part) !== part) {
      throw damagedModel(file, `it names weights outside its folder: ${part}`);
    }
    parts.push(await folder.read(part));
  }
  return Buffer.concat(parts);
}

async function summarize(folder: ModelFolder, name: string): Promise<Pick<ModelSummary, 'model' | 'problem'>> {
  try {
    const { file, manifest } = await readManifest(folder);
    return { model: describeLayersModel(name, manifest, file), problem: null };
  } catch (error) {
    if (!(error instanceof EmnistError)) throw error;
    return { model: null, problem: error.code === 'file-missing' ? null : error.message };
  }
}
