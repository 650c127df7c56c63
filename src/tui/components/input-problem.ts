import { type EmnistError, isEmnistError } from '../../core/errors.ts';

/** Why what was entered is not valid, by a check that throws then; null if it is. */
export function inputProblem(check: () => void): EmnistError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (isEmnistError(error)) return error;
    throw error;
  }
}
