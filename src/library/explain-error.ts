import { hintFor } from '../app/hints.ts';
import { isEmnistError, optionWords } from '../core/errors.ts';
import { nodeError } from '../core/node-errors.ts';
import { LIBRARY_HINTS } from './hints.ts';

/**
 * Adds the hint to an `EmnistError`, and names an invalid option as the library does. Returns its argument, or the
 * `EmnistError` that it stands for.
 */
export function explainError(thrown: unknown): unknown {
  const error = nodeError(thrown);
  if (error === null) return thrown;
  error.hint ||= hintFor(LIBRARY_HINTS, error);
  if (!isEmnistError(error, 'usage') || error.data.option === undefined) return error;
  const { option, conflict } = error.data;
  const { message, stack } = error;
  error.message =
    conflict === undefined
      ? message.replace(`invalid ${optionWords(option)}:`, `invalid ${option}:`)
      : `${option} cannot be combined with ${conflict}`;
  error.stack = stack?.replace(message, error.message);
  return error;
}

/** Runs the body of an exported function, so that its errors have hints. */
export async function withHints<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainError(error);
  }
}
