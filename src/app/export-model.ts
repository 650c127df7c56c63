import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../core/errors.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { fileError } from '../core/files/file-errors.ts';
import { makeFolder } from '../core/files/folders.ts';
import { isSystemFile } from '../core/files/system-files.ts';
import { encodeKerasArchive } from '../core/model/formats/keras-archive.ts';
import { encodeKerasHdf5 } from '../core/model/formats/keras-hdf5.ts';
import type { ModelFormat } from '../core/model/formats/model-formats.ts';
import { FORMAT_SUFFIXES } from '../core/model/formats/model-formats.ts';
import { encodeOnnx } from '../core/model/formats/onnx-writer.ts';
import { encodeSafetensorsModel } from '../core/model/formats/safetensors-model.ts';
import type { Model } from '../core/model/model.ts';
import { loadModel, saveModelFolder } from '../core/model/model-store.ts';
import { absolutePath } from '../core/paths.ts';
import { aboutOption } from './about-option.ts';
import type { ExportEvent } from './events.ts';
import { type ExportOptions, exportOptions } from './options/export.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

const ENCODERS: Readonly<Record<Exclude<ModelFormat, 'tfjs'>, (model: Model) => Uint8Array | Promise<Uint8Array>>> = {
  keras: encodeKerasArchive,
  h5: encodeKerasHdf5,
  onnx: encodeOnnx,
  safetensors: encodeSafetensorsModel,
};

/** Exports a model for another program. Throws `file-exists` if the target exists, unless `force` is set. */
export async function exportModel(options: ExportOptions, { paths, onUnusable }: WorkContext): Promise<ExportEvent> {
  const { format, out, force, model: nameOrPath } = parseOptions(exportOptions, options);
  const model = await loadModel(nameOrPath, paths, onUnusable);
  const target = absolutePath(out ?? model.name + FORMAT_SUFFIXES[format]);
  const bytes = await aboutOption('out', async () => {
    await checkTarget(target, format, force);
    return write(model, format, target);
  });
  return { event: 'end', format, model: model.name, path: target, bytes };
}

/** Returns the number of bytes written. */
async function write(model: Model, format: ModelFormat, target: string): Promise<number> {
  if (format === 'tfjs') return saveModelFolder(model, target);
  const bytes = await ENCODERS[format](model);
  await makeFolder(path.dirname(target));
  await writeFileAtomically(target, bytes);
  return bytes.length;
}

async function checkTarget(target: string, format: ModelFormat, force: boolean): Promise<void> {
  const isFolder = await stat(target).then(
    (stats) => stats.isDirectory(),
    (error) => {
      if (error.code === 'ENOENT') return null;
      throw fileError(error, target);
    },
  );
  if (isFolder === null) return;
  if (isFolder !== (format === 'tfjs')) {
    throw isFolder
      ? new EmnistError('file-is-folder', `${target} is a folder, but this format is a file`, { path: target })
      : new EmnistError('file-not-folder', `${target} is a file, but this format is a folder`, { path: target });
  }
  if (force || (isFolder && (await readdir(target)).every(isSystemFile))) return;
  throw new EmnistError('file-exists', `${target} already exists`, { path: target });
}
