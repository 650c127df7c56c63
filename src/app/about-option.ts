import { EmnistError, isEmnistError } from '../core/errors.ts';

/** Adds to errors about a file which option named it, so that hints can refer to the option. */
export async function aboutOption<T>(option: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isEmnistError(error) || !('path' in error.data)) throw error;
    throw new EmnistError(error.code, error.message, { ...error.data, option }, { cause: error });
  }
}
