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
import { absolutePath, type Paths } from '../paths.ts';
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

/** The name of the model that ships with the program. */
export const SHIPPED = 'shipped';

const MODEL_FILE = 'model.json';
const CHECKPOINT_FILE = 'checkpoint.safetensors';
const WEIGHTS_FILE = /^weights\.[0-9a-f]{8}\.bin$/;

/** A model in the store, as far as it can be described without its weights. */
export interface ModelSummary {
  name: string;
  /** The model's folder. */
  folder: string;
  shipped: boolean;
  /** Null if there is only a checkpoint, or if the model cannot be read. */
  model: Omit<Model, 'weights'> | null;
  /** Why the model cannot be read. */
  problem: string | null;
  /** Whether there is a checkpoint from which training can be resumed. */
  resumable: boolean;
}

/** Names of devices on Windows, with any extension (learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Returns a model's name if it is valid as the name of a folder on any system, and throws `model-name-invalid` otherwise.
 * Windows drops a dot at the end.
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

/** Throws `model-exists` if there is a model or a checkpoint with this name, which a new model would replace. */
export async function rejectExisting(paths: Paths, name: string, operation: 'train' | 'import'): Promise<void> {
  const existing = await findOwnModel(paths, name);
  if (existing === null) return;
  const { resumable } = existing;
  const message = resumable
    ? `the model "${name}" already exists, and its training is not finished`
    : `the model "${name}" already exists`;
  throw new EmnistError('model-exists', message, { model: name, operation, resumable });
}

/** The path of a model's checkpoint. */
export function checkpointPath(paths: Paths, name: string): string {
  return path.join(paths.models, name, CHECKPOINT_FILE);
}

/**
 * Saves a model in its folder under `paths.models`. The weights go into a file named after their hash, so that replacing
 * `model.json`, which refers to that file, changes the model atomically. The caller must have locked the model.
 */
export async function saveModel(model: Model, paths: Paths): Promise<void> {
  const folder = path.join(paths.models, checkModelName(model.name));
  await saveModelFolder(model, folder);
  for (const { name } of await listFolder(folder)) {
    // An interrupted write left it.
    if (targetName(name) !== name && isModelFile(targetName(name))) await removeFile(path.join(folder, name));
  }
}

/** Saves a model in place of one with the same name, whose training can then no longer be resumed. */
export async function replaceModel(model: Model, paths: Paths): Promise<void> {
  await saveModel(model, paths);
  await removeFile(checkpointPath(paths, model.name));
}

/** Saves a model in any folder. Returns the size of its two files. */
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
 * Loads a model by its name, or by the path of its folder or `model.json`. Without a name, loads the one trained last or,
 * if there is none, the shipped one. Throws `model-missing`, `model-damaged` and others.
 */
export async function loadModel(nameOrPath: string | undefined, paths: Paths): Promise<Model> {
  if (nameOrPath === undefined) {
    const latest = (await listModels(paths)).find(({ model }) => model);
    // If even the shipped model cannot be read, this throws the reason.
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
    return readModelFolder(modelFolder(folder), path.basename(absolutePath(folder)));
  }
  throw new EmnistError('model-missing', `model "${nameOrPath}" not found`, { model: nameOrPath });
}

/** Lists all models: the user's own, latest first, then the shipped one. Those that cannot be read are included. */
export async function listModels(paths: Paths): Promise<ModelSummary[]> {
  const own: ModelSummary[] = [];
  for (const name of await listSubfolders(paths.models)) {
    const model = await findOwnModel(paths, name);
    if (model !== null) own.push(model);
  }
  const date = ({ model }: ModelSummary) => model?.training?.date ?? '';
  own.sort((a, b) => (date(a) < date(b) ? 1 : date(a) > date(b) ? -1 : a.name < b.name ? -1 : 1));
  const shipped = { name: SHIPPED, folder: shippedFolder.path, shipped: true, resumable: false };
  return [...own, { ...shipped, ...(await summarize(shippedFolder, SHIPPED)) }];
}

/** Describes the user's model of this name; null if there is neither a model nor a checkpoint. */
async function findOwnModel(paths: Paths, name: string): Promise<ModelSummary | null> {
  const folder = path.join(paths.models, name);
  const hasCheckpoint = await exists(path.join(folder, CHECKPOINT_FILE));
  if (!hasCheckpoint && !(await exists(path.join(folder, MODEL_FILE)))) return null;
  const summary = await summarize(modelFolder(folder), name);
  const training = summary.model?.training;
  const isDone = training && (training.epochs >= training.epochsAsked || training.stoppedEarly);
  return { name, folder, shipped: false, resumable: hasCheckpoint && !isDone, ...summary };
}

/**
 * The absolute paths of the files under `paths.models` that the program created: models, checkpoints, locks, and the
 * temporary files of interrupted writes. Their folders may contain other files.
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

/** Whether a file is the `model.json` of another program, which the user has added. */
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

/** The files of a model. */
export interface ModelFolder {
  path: string;
  /** Reads one of them. Throws `EmnistError`. */
  read: (name: string) => Promise<Buffer>;
}

/** A model's folder on disk. */
export function modelFolder(folder: string): ModelFolder {
  return { path: folder, read: (name) => readModelBytes(path.join(folder, name)) };
}

/** The folder of the shipped model, which single executables contain as an asset. */
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

/** How often a model is read before giving up because it is replaced each time. */
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

/** Reads and concatenates the weight files in a manifest, all of which must be in its folder. */
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
