import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { EmnistError, type ErrorData, isEmnistError } from '../errors.ts';
import { targetName, writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { isFolder, isPresent } from '../files/file-info.ts';
import { listFolder, listReadable, listSubfolders, makeFolder, removeEmptyFolder } from '../files/folders.ts';
import { isLockFile } from '../files/lock.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { isSystemFile } from '../files/system-files.ts';
import { absolutePath, type Paths } from '../paths.ts';
import { nameProblem } from '../portable-name.ts';
import { VERSION } from '../version.ts';
import { type DefaultChoice, findDefaultChoice } from './default-choice.ts';
import { encodeLayers, GENERATOR, type LayersContent, layersContent } from './layers-format.ts';
import type { Model } from './model.ts';
import {
  CHECKPOINT_FILE,
  describeModel,
  LOCK_FILE,
  MODEL_FILE,
  type ModelFiles,
  type ModelFolder,
  modelFolder,
  NOTES_FILE,
  readModelFiles,
  shippedFolder,
  WEIGHTS_FILE,
  weightsFileName,
} from './model-folder.ts';
import { isNotesFile } from './notes-file.ts';
import type { WeightType } from './weight-bytes.ts';

/** The name of the model that ships with the program. */
export const SHIPPED = 'shipped';

/** A model in the store, as far as it can be described without its weights. */
export interface ModelSummary {
  name: string;
  /** The model's folder. */
  folder: string;
  shipped: boolean;
  /** Null if there is only a checkpoint, or if the model cannot be read. */
  model: Omit<Model, 'weights'> | null;
  /** The name of the file of the weights, which has their checksum; null if there is no such name. */
  weightsFile: string | null;
  /** Why the model cannot be read. */
  problem: EmnistError | null;
}

/**
 * Returns a model's name if it is valid as the name of a folder on any system, and throws `model-name-invalid` otherwise.
 */
export function checkModelName(name: string): string {
  const problem = nameProblem(name);
  if (problem === 'characters') throw invalidName(name, problem, `invalid model name "${name}"`);
  if (problem === 'device') throw invalidName(name, problem, `"${name}" is the name of a device on Windows`);
  if (name === SHIPPED) throw invalidName(name, 'reserved', `the model name "${SHIPPED}" is reserved`);
  return name;
}

function invalidName(model: string, reason: ErrorData['model-name-invalid']['reason'], message: string): EmnistError {
  return new EmnistError('model-name-invalid', message, { model, reason });
}

/**
 * The folder of one of the user's models, which may be a link or, if it is unusable, a file. Throws `model-missing` if nothing in the
 * folder of models has exactly this name: no other path is ever changed or deleted.
 */
export async function ownModelFolder({ models }: Pick<Paths, 'models'>, name: string): Promise<string> {
  const isThere = (await listFolder(models)).some((entry) => entry.name === name);
  if (isThere && name !== SHIPPED) return path.join(models, name);
  throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
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

/** Saves a model in any folder, as `saveLayers` does. */
export function saveModelFolder(model: Model, folder: string, weightType?: WeightType): Promise<number> {
  return saveLayers(layersContent(model), folder, weightType);
}

/**
 * Saves the two files of a model in a folder. Returns their size. If that fails, an older model in the folder is unchanged, and
 * nothing new is left behind.
 */
export async function saveLayers(content: LayersContent, folder: string, weightType?: WeightType): Promise<number> {
  const { weightData } = encodeLayers(content, '', VERSION, weightType);
  const weightsFile = weightsFileName(weightData);
  const { modelJson } = encodeLayers(content, weightsFile, VERSION, weightType);
  try {
    await makeFolder(folder);
    // The weights of the older model may be the same.
    const isNew = !(await isPresent(path.join(folder, weightsFile)));
    try {
      await writeFileAtomically(path.join(folder, weightsFile), weightData);
      await writeFileAtomically(path.join(folder, MODEL_FILE), modelJson);
    } catch (error) {
      // The error to report is that of the write.
      if (isNew) await removeFile(path.join(folder, weightsFile)).catch(() => {});
      await removeEmptyFolder(folder).catch(() => {});
      throw error;
    }
    for (const file of await readdir(folder)) {
      if (!WEIGHTS_FILE.test(file) || file === weightsFile) continue;
      await removeFile(path.join(folder, file));
    }
    return Buffer.byteLength(modelJson) + weightData.length;
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** Called for a model that cannot be read, and that another one is used instead of. */
export type OnUnusable = (name: string, problem: EmnistError) => void;

/**
 * Loads a model by its name, or by the path of its folder or `model.json`. Without a name, loads the first of `listModels`
 * that can be read. Throws `model-missing`, `model-damaged` and others.
 */
export async function loadModel(nameOrPath: string | undefined, paths: Paths, onUnusable?: OnUnusable): Promise<Model> {
  return (await loadStoredModel(nameOrPath, paths, onUnusable)).model;
}

/** A model that was loaded, and where from. */
export interface StoredModel extends ModelFiles {
  /** Its name in the store, or `shipped`; null if it is elsewhere. */
  stored: string | null;
}

/** Like `loadModel`, with where the model is. */
export async function loadStoredModel(
  nameOrPath: string | undefined,
  paths: Paths,
  onUnusable?: OnUnusable,
): Promise<StoredModel> {
  if (nameOrPath === undefined) return loadDefaultModel(paths, onUnusable);
  if (nameOrPath === SHIPPED) return readStored(shippedFolder, SHIPPED);
  const named = path.join(paths.models, nameOrPath);
  if (!/[\\/]/.test(nameOrPath) && (await isPresent(path.join(named, MODEL_FILE)))) {
    return readStored(modelFolder(named), nameOrPath);
  }
  const folder = path.basename(nameOrPath) === MODEL_FILE ? path.dirname(nameOrPath) : nameOrPath;
  if (await isPresent(path.join(folder, MODEL_FILE))) {
    const { dir, base } = path.parse(absolutePath(folder));
    const isStored = dir === absolutePath(paths.models);
    return { ...(await readModelFiles(modelFolder(folder), base)), stored: isStored ? base : null };
  }
  throw new EmnistError('model-missing', `model "${nameOrPath}" not found`, { model: nameOrPath });
}

async function readStored(folder: ModelFolder, name: string): Promise<StoredModel> {
  return { ...(await readModelFiles(folder, name)), stored: name };
}

async function loadDefaultModel(paths: Paths, onUnusable?: OnUnusable): Promise<StoredModel> {
  for (const { name, folder, shipped, model, problem } of await listModels(paths)) {
    if (shipped) break;
    if (problem !== null) onUnusable?.(name, problem);
    if (model === null) continue;
    try {
      return await readStored(modelFolder(folder), name);
    } catch (error) {
      if (!isEmnistError(error)) throw error;
      onUnusable?.(name, error);
    }
  }
  return readStored(shippedFolder, SHIPPED);
}

/**
 * Lists all models: the user's own, then the shipped one. Of the user's own, those whose training was interrupted follow the others,
 * and the latest are first; one that was chosen as the default counts as if it had been trained then. The shipped one is first if
 * it was chosen after all training. Those that cannot be read are included, with the reason, and so is anything else in the folder of
 * models that cannot be a model, such as a link that leads nowhere.
 */
export async function listModels(paths: Paths): Promise<ModelSummary[]> {
  const own: ModelSummary[] = [];
  for (const { name } of await listFolder(paths.models)) {
    const model = isSystemFile(name) ? null : await findModel(paths, name);
    if (model !== null) own.push(model);
  }
  const now = Date.now();
  const { choice } = await findDefaultChoice(paths);
  const times = new Map(own.map((summary) => [summary, usedAt(summary, choice, now)]));
  own.sort(
    (a, b) =>
      Number(isFinished(b)) - Number(isFinished(a)) || times.get(b)! - times.get(a)! || (a.name < b.name ? -1 : 1),
  );
  const shipped = {
    ...{ name: SHIPPED, folder: shippedFolder.path, shipped: true },
    ...(await described(shippedFolder, SHIPPED)),
  };
  const isFirst =
    choice?.model === SHIPPED && own.every((one) => !isFinished(one) || times.get(one)! < choiceTime(choice, now));
  return isFirst ? [shipped, ...own] : [...own, shipped];
}

/** Whether there is a model whose training was not interrupted. After an epoch or two it may read next to nothing. */
export function isFinished({ model }: ModelSummary): boolean {
  if (model === null) return false;
  const { training } = model;
  return training === null || training.stoppedEarly || training.epochs >= training.epochsAsked;
}

/** By how much clocks that are right may differ, in milliseconds. */
const CLOCK_DIFFERENCE = 10 * 60_000;

/**
 * When a model was trained, in milliseconds since 1970; 0 if unknown. A clock that was wrong can have dated a model years
 * ahead. It must not remain the latest until then, so a date that has not come yet counts as unknown; but clocks of machines
 * with one data folder may differ a little.
 */
function trainedAt({ model }: ModelSummary, now: number): number {
  const time = Date.parse(model?.training?.date ?? '');
  return time <= now + CLOCK_DIFFERENCE ? time : 0;
}

/** When a model was chosen; 0 for a time in the future. */
function choiceTime({ date }: DefaultChoice, now: number): number {
  const time = Date.parse(date);
  return time <= now + CLOCK_DIFFERENCE ? time : 0;
}

/** When a model was trained or chosen as the default, whichever was later. */
export function usedAt(summary: ModelSummary, choice: DefaultChoice | null, now: number): number {
  const trained = trainedAt(summary, now);
  return choice?.model === summary.name ? Math.max(trained, choiceTime(choice, now)) : trained;
}

/** Describes the user's model of this name. Null if there is neither a model nor a checkpoint, nor anything in their place. */
export async function findModel(paths: Paths, name: string): Promise<ModelSummary | null> {
  const folder = path.join(paths.models, name);
  const summary = { name, folder, shipped: false };
  try {
    if (!(await isPresent(folder))) return null;
    if (!(await isFolder(folder))) {
      throw new EmnistError('file-not-folder', `${folder} is a file, not the folder of a model`, { path: folder });
    }
    if (await isPresent(path.join(folder, MODEL_FILE))) {
      return { ...summary, ...(await described(modelFolder(folder), name)) };
    }
    const isRun = await isPresent(checkpointPath(paths, name));
    return isRun ? { ...summary, model: null, weightsFile: null, problem: null } : null;
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { ...summary, model: null, weightsFile: null, problem: error };
  }
}

async function described(
  folder: ModelFolder,
  name: string,
): Promise<Pick<ModelSummary, 'model' | 'weightsFile' | 'problem'>> {
  try {
    return { ...(await describeModel(folder, name)), problem: null };
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { model: null, weightsFile: null, problem: error };
  }
}

/**
 * The absolute paths of the files under `paths.models` that the program created: models, checkpoints, notes, locks, and the
 * temporary files of interrupted writes. Their folders may contain other files.
 */
export async function ownedModels(paths: Paths): Promise<string[]> {
  const owned: string[] = [];
  for (const name of await listSubfolders(paths.models)) {
    const folder = path.join(paths.models, name);
    for (const entry of await listReadable(folder)) {
      const file = path.join(folder, entry.name);
      const isOurs = entry.isFile() && isOwnedFile(targetName(entry.name)) && !(await isForeign(file));
      if (isOurs || isLockFile(entry.name, LOCK_FILE)) owned.push(file);
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

/** Whether a file is part of a model, or notes about it. */
function isOwnedFile(name: string): boolean {
  return isModelFile(name) || name === NOTES_FILE;
}

/** Whether a file is the `model.json` or `notes.json` of another program, which the user has added, or of an unknown one. */
async function isForeign(file: string): Promise<boolean> {
  if (path.basename(file) === NOTES_FILE) return !(await isNotesFile(file));
  if (path.basename(file) !== MODEL_FILE) return false;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return false;
    if (isEmnistError(fileError(error, file), 'file-forbidden')) return true;
    throw fileError(error, file);
  }
  const json = v.safeParse(v.pipe(v.string(), v.parseJson(), v.object({ generatedBy: v.optional(v.string()) })), text);
  return json.success && !json.output.generatedBy?.startsWith(GENERATOR);
}
