import { EmnistError, type ErrorData } from '../../errors.ts';
import { fileError } from '../../files/file-errors.ts';

/** What can be wrong with data of one's own. */
export type DataProblem = ErrorData['data-invalid']['problem'];

/** The error for data of one's own that cannot be taken over. `reason` completes a sentence that begins with `source`. */
export function invalidData(source: string, problem: DataProblem, reason: string, cause?: unknown): EmnistError {
  return new EmnistError('data-invalid', `${source} ${reason}`, { source, problem }, { cause });
}

/** Like `fileError`, for a file or folder of the source. */
export function sourceError(error: unknown, file: string): Error {
  const problem = fileError(error, file);
  if (!(problem instanceof EmnistError) || !('path' in problem.data) || 'option' in problem.data) return problem;
  const data = { ...problem.data, option: 'from' } as ErrorData['file-failed'];
  return new EmnistError(problem.code as 'file-failed', problem.message, data, { cause: problem.cause });
}
