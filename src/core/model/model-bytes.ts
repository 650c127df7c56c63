import { readFile, stat } from 'node:fs/promises';
import { fileError } from '../files/file-errors.ts';
import { unsupportedModel } from './model-errors.ts';

/** Size limit of a model's files, and of archive members when unpacked. */
export const MAX_MODEL_BYTES = 200e6;

/** Reads a file of a model after checking its size. Throws `model-unsupported` or a file error. */
export async function readModelBytes(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > MAX_MODEL_BYTES) {
      throw unsupportedModel(file, `the file is larger than ${MAX_MODEL_BYTES / 1e6} MB`);
    }
    return await readFile(file);
  } catch (error) {
    throw fileError(error, file);
  }
}
