/**
 * A failure the user can act on. The command line prints `message — hint` on one line and exits with `exitCode`;
 * the app shows the same two parts. Anything else that is thrown is a bug in the program.
 */
export class EmnistError extends Error {
  override readonly name: string = 'EmnistError';
  /** Stable, machine-readable: lower case with dashes, e.g. `archive-damaged`. */
  readonly code: string;
  /** What to do about it, as an imperative: `run "emnist-tui fetch" again`. */
  readonly hint: string;
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, hint: string, options: ErrorOptions & { exitCode?: 1 | 2 } = {}) {
    super(message, options);
    this.code = code;
    this.hint = hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The command line (or a key or a field in the app) asked for something that does not exist. Exit code 2. */
export class UsageError extends EmnistError {
  override readonly name = 'UsageError';

  constructor(message: string, hint: string, options: ErrorOptions = {}) {
    super('usage', message, hint, { ...options, exitCode: 2 });
  }
}

/** The message of anything that was thrown, without a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
