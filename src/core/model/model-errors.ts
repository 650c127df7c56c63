import { EmnistError } from '../errors.ts';
import { FILE_TYPES, type FileType } from './file-types.ts';

/** The error for a file that is not a valid model. */
export function damagedModel(file: string, reason: string, cause?: unknown): EmnistError {
  return new EmnistError('model-damaged', `${file} is not a valid model: ${reason}`, { file, reason }, { cause });
}

/** The error for a valid model that the engines cannot run. The reasons, all of them, name the layers. */
export function unsupportedModel(file: string, ...reasons: string[]): EmnistError {
  const reason = reasons.join('; ');
  return new EmnistError('model-unsupported', `${file} is not supported: ${reason}`, { file, reason });
}

/** The error for a file of a type that cannot be imported. `detail` completes the description. */
export function otherFile(file: string, type: FileType, detail?: string): EmnistError {
  const reason = FILE_TYPES[type](detail ?? '');
  return new EmnistError('model-unsupported', `${file} is not supported: ${reason}`, { file, reason, type });
}
