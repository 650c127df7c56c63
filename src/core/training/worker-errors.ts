import { EmnistError, type ErrorCode, type ErrorData, messageOf } from '../errors.ts';
import { nodeError } from '../node-errors.ts';

/** An error as posted by a worker; errors lose their class between threads. */
export interface PostedError {
  message: string;
  stack?: string;
  /** Of an `EmnistError`. */
  code?: ErrorCode;
  data?: ErrorData[ErrorCode];
}

export function describeError(error: unknown): PostedError {
  const stack = error instanceof Error ? error.stack : undefined;
  const known = nodeError(error);
  if (known === null) return { message: messageOf(error), stack };
  return { message: known.message, stack, code: known.code, data: known.data };
}

export function reviveError({ message, stack, code, data }: PostedError): Error {
  const error = code && data ? new EmnistError(code, message, data) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
