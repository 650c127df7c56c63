import { readFile, stat } from 'node:fs/promises';
import { fileError } from '../files/file-errors.ts';
import { unsupportedModel } from './model-errors.ts';

/** No file of a model may be larger, nor any part of one when it is unpacked. */
export const MOST_MODEL_BYTES = 200e6;

/** Reads a file of a model, whose size is looked at first. Throws `model-unsupported` or `fileError`'s. */
export async function readModelBytes(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > MOST_MODEL_BYTES) {
      throw unsupportedModel(file, `it is larger than ${MOST_MODEL_BYTES / 1e6} MB`);
    }
    return await readFile(file);
  } catch (error) {
    throw fileError(error, file);
  }
}
