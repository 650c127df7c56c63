import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { OrientationTrial } from '../core/evaluation/evaluate-event.ts';
import { tryOrientation } from '../core/evaluation/try-orientation.ts';
import { fileError } from '../core/files/file-errors.ts';
import { isSystemFile } from '../core/files/system-files.ts';
import { labelsText } from '../core/labels.ts';
import { decodeKerasArchive } from '../core/model/formats/keras-archive.ts';
import { decodeKerasHdf5 } from '../core/model/formats/keras-hdf5.ts';
import { nameOutputs } from '../core/model/formats/labels.ts';
import type { ImportFormat } from '../core/model/formats/model-formats.ts';
import { decodeOnnx } from '../core/model/formats/onnx-reader.ts';
import { folderError, recognizeFormat } from '../core/model/formats/recognize-format.ts';
import { decodeSafetensorsModel } from '../core/model/formats/safetensors-model.ts';
import { decodeTfjs } from '../core/model/formats/tfjs.ts';
import { decodeTorch } from '../core/model/formats/torch-model.ts';
import type { KerasModel } from '../core/model/keras-reader.ts';
import type { Model, ModelFile } from '../core/model/model.ts';
import { readModelBytes } from '../core/model/model-bytes.ts';
import { damagedModel, otherFile, unsupportedModel } from '../core/model/model-errors.ts';
import { checkModelLock, lockModel } from '../core/model/model-lock.ts';
import { checkModelName, replaceModel } from '../core/model/model-store.ts';
import { classCount, weightSpecs } from '../core/model/network.ts';
import { loadArchitecture } from '../core/model/network-source.ts';
import { transposeNetwork } from '../core/model/orientation.ts';
import { selectOutputs } from '../core/model/select-outputs.ts';
import { absolutePath } from '../core/paths.ts';
import { rejectExisting } from '../core/training/unfinished-runs.ts';
import type { ImportEvent } from './events.ts';
import { type ImportOptions, importOptions } from './options/import.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/** `architecture`: the layers, if they are not to be read from the file. */
type Decode = (bytes: Buffer, file: string, architecture: KerasModel | null) => ModelFile | Promise<ModelFile>;

const DECODERS: Readonly<Record<ImportFormat, Decode>> = {
  tfjs: decodeTfjs,
  keras: decodeKerasArchive,
  h5: decodeKerasHdf5,
  onnx: decodeOnnx,
  safetensors: decodeSafetensorsModel,
  torch: decodeTorch,
};

/**
 * Imports a model from another program, or from `exportModel`. Weights trained on transposed images are transposed.
 * Throws `model-unsupported`, which names the unsupported layer, `model-damaged`, `model-exists`, `model-name-invalid` or
 * `usage`.
 */
export async function importModel(
  rawOptions: ImportOptions,
  { paths, signal, onWait }: WorkContext,
): Promise<ImportEvent> {
  const options = parseOptions(importOptions, rawOptions);
  const file = await modelFile(options.file);
  const name = checkModelName(options.name ?? defaultName(file));
  if (!options.overwrite) await rejectExisting(paths, name, 'import');
  const bytes = await readModelBytes(file);
  const format = await recognizeFormat(bytes, file);
  const architecture = options.network === undefined ? null : await loadArchitecture(options.network, paths);
  const imported = await DECODERS[format](bytes, file, architecture);
  checkNumbers(imported, file);
  const { network, weights, training } = imported;
  const { labels, outputs } = nameOutputs(classCount(network), options.labels, imported.labels, file);
  const chosen = outputs.length < classCount(network) ? selectOutputs(network, weights, outputs) : { network, weights };
  const model: Model = { name, labels, training, ...chosen };
  const orientation = await orientationOf(model, imported.isOurs, options, { paths, signal });
  if (orientation.transposed) {
    const turned = transposeNetwork(model.network, model.weights);
    if (!turned) {
      throw unsupportedModel(file, 'it was trained on transposed images, and its layers cannot be transposed');
    }
    Object.assign(model, turned);
  }
  signal?.throwIfAborted();
  const folder = path.join(paths.models, name);
  await using lock = await lockModel(folder, name, {
    signal,
    onWait: (holder) => onWait?.({ event: 'waiting', ...holder }),
  });
  // Another process may have created it in the meantime.
  if (!options.overwrite) await rejectExisting(paths, name, 'import');
  await checkModelLock(lock, name);
  await replaceModel(model, paths);
  const leftOut = [...Array(classCount(network)).keys()].filter((output) => !outputs.includes(output));
  return {
    event: 'end',
    model: name,
    path: folder,
    format,
    classes: labels.length,
    labels: labelsText(labels),
    classLabels: [...labels],
    ...(leftOut.length > 0 && { leftOut }),
    ...orientation,
  };
}

/** The file to read; in a folder it is `model.json`, or the only JSON file. */
async function modelFile(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    if (!stats.isDirectory()) {
      if (!stats.isFile()) throw unsupportedModel(file, 'it is not a file');
      return file;
    }
    const names = await readdir(file);
    const json = names.filter((name) => name.endsWith('.json') && !isSystemFile(name));
    if (names.includes('model.json') || json.length === 0) {
      const other = names.includes('model.json') ? null : folderError(file, names);
      if (other) throw other;
      return path.join(file, 'model.json');
    }
    if (json.length > 1) throw otherFile(file, 'folder', `with several JSON files: ${json.toSorted().join(', ')}`);
    return path.join(file, json[0]!);
  } catch (error) {
    throw fileError(error, file);
  }
}

function defaultName(file: string): string {
  const { name, dir } = path.parse(absolutePath(file));
  const base = name === 'model' && file.endsWith('.json') ? path.basename(dir) : name;
  return base.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._-]+|\.+$/g, '') || 'imported';
}

function checkNumbers({ network, weights }: ModelFile, file: string): void {
  const index = weights.findIndex((tensor) => !tensor.every(Number.isFinite));
  if (index >= 0)
    throw damagedModel(file, `${weightSpecs(network)[index]!.name} has values that are not finite numbers`);
}

/** The orientation of the images that the model takes, and how it is known. */
async function orientationOf(
  model: Model,
  isOurs: boolean,
  { transposed, upright }: { transposed: boolean; upright: boolean },
  { paths, signal }: WorkContext,
): Promise<Pick<ImportEvent, 'transposed' | 'orientation'> & { trial?: OrientationTrial }> {
  if (transposed || upright) return { transposed, orientation: 'given' };
  if (isOurs) return { transposed: false, orientation: 'recorded' };
  const trial = await tryOrientation(model, paths, signal);
  if (trial === null) return { transposed: false, orientation: 'assumed' };
  const isClear = Math.abs(trial.transposed - trial.upright) >= CLEAR;
  return {
    transposed: isClear && trial.transposed > trial.upright,
    orientation: isClear ? 'detected' : 'assumed',
    trial,
  };
}

/** The difference in accuracy from which the orientation is clear; less may be chance. */
const CLEAR = 0.05;
