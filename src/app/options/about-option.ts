import path from 'node:path';
import { EmnistError, type ErrorCode, isEmnistError } from '../../core/errors.ts';
import { absolutePath, expandHome } from '../../core/paths.ts';
import { describeOptions, type OptionsSchema } from './describe.ts';

/**
 * Adds to an error about a file the option that named it or a folder above it, because what to do depends on that: only files
 * of the program itself can be kept in another data folder. Returns any other error unchanged.
 */
export function aboutOption(error: unknown, schema: OptionsSchema, options: object): unknown {
  if (!isEmnistError(error) || !isFileError(error) || error.data.option !== undefined) return error;
  const file = absolutePath(error.data.path);
  const option = describeOptions(schema).find(({ name, completes }) => {
    const values = completes === undefined ? [] : [(options as { [name: string]: unknown })[name]].flat();
    return values.some((value) => typeof value === 'string' && isWithin(absolutePath(expandHome(value)), file));
  });
  if (option === undefined) return error;
  return new EmnistError(error.code, error.message, { ...error.data, option: option.name }, { cause: error });
}

function isFileError(error: EmnistError): error is EmnistError<`file-${string}` & ErrorCode> {
  return error.code.startsWith('file-');
}

function isWithin(folder: string, file: string): boolean {
  const [first] = path.relative(folder, file).split(path.sep);
  return first !== '..' && !path.isAbsolute(first!);
}
