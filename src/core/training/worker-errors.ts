import { EmnistError, type ErrorCode, type ErrorData, isEmnistError, messageOf } from '../errors.ts';

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
  if (!isEmnistError(error)) return { message: messageOf(error), stack };
  return { message: error.message, stack, code: error.code, data: error.data };
}

export function reviveError({ message, stack, code, data }: PostedError): Error {
  const error = code && data ? new EmnistError(code, message, data) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
