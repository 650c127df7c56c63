import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../core/files/file-errors.ts';
import { isSystemFile } from '../core/files/system-files.ts';
import { labelsText } from '../core/labels.ts';
import { decodeKerasArchive } from '../core/model/formats/keras-archive.ts';
import { decodeKerasHdf5 } from '../core/model/formats/keras-hdf5.ts';
import type { ImportFormat } from '../core/model/formats/model-formats.ts';
import { decodeOnnx } from '../core/model/formats/onnx-reader.ts';
import { folderError, recognizeFormat } from '../core/model/formats/recognize-format.ts';
import { decodeSafetensorsModel } from '../core/model/formats/safetensors-model.ts';
import { decodeTfjs } from '../core/model/formats/tfjs.ts';
import { decodeTorch } from '../core/model/formats/torch-model.ts';
import type { KerasModel } from '../core/model/keras-reader.ts';
import type { ModelFile } from '../core/model/model.ts';
import { readModelBytes } from '../core/model/model-bytes.ts';
import { damagedModel, otherFile, unsupportedModel } from '../core/model/model-errors.ts';
import { checkModelLock, lockModel } from '../core/model/model-lock.ts';
import { dropEvaluations } from '../core/model/model-notes.ts';
import { checkModelName, replaceModel } from '../core/model/model-store.ts';
import { classCount, weightSpecs } from '../core/model/network.ts';
import { loadArchitecture } from '../core/model/network-source.ts';
import { absolutePath } from '../core/paths.ts';
import { rejectExisting } from '../core/training/unfinished-runs.ts';
import type { ImportEvent } from './events.ts';
import { type ImportOptions, importOptions } from './options/import.ts';
import { parseOptions } from './options/parse.ts';
import { understand } from './understand-model.ts';
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
 * Imports a model from another program, or from `exportModel`. The imported model takes upright images of pixels from 0 to 1,
 * whatever the file's took.
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
  const { model, outputs, found } = await understand(name, imported, options, file, { paths, signal });
  const { network } = imported;
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
  // The weights may be the same, with other labels.
  await dropEvaluations(paths, name);
  const leftOut = [...Array(classCount(network)).keys()].filter((output) => !outputs.includes(output));
  return {
    event: 'end',
    model: name,
    path: folder,
    format,
    classes: model.labels.length,
    labels: labelsText(model.labels),
    classLabels: [...model.labels],
    ...(leftOut.length > 0 && { leftOut }),
    ...(imported.isInferred && { layers: 'inferred' as const }),
    ...found,
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
