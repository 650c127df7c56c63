import { EmnistError, messageOf } from '../errors.ts';

/** An error as posted by a worker; errors lose their class between threads. */
export interface PostedError {
  message: string;
  stack?: string;
  /** What else an `EmnistError` says. */
  user?: { code: string; hint: string; exitCode: 1 | 2 };
}

export function describeError(error: unknown): PostedError {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!(error instanceof EmnistError)) return { message: messageOf(error), stack };
  const { code, message, hint, exitCode } = error;
  return { message, stack, user: { code, hint, exitCode } };
}

export function reviveError({ message, stack, user }: PostedError): Error {
  const error = user ? new EmnistError(user.code, message, user.hint, { exitCode: user.exitCode }) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
