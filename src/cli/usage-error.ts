import type { CommanderError } from 'commander';
import { COMMAND_NAMES } from '../app/options/commands.ts';
import { EmnistError } from '../core/errors.ts';

/** An error about the command line as a whole, with its own hint. */
export function usageError(message: string, hint: string, options?: ErrorOptions): EmnistError<'usage'> {
  const error = new EmnistError('usage', message, {}, options);
  error.hint = hint;
  return error;
}

/** Converts an error of Commander about the command line. */
export function asUsageError(error: CommanderError, args: readonly string[]): EmnistError<'usage'> {
  // "error: unknown option '--splt'\n(Did you mean --split?)"
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const guess = suggestion?.match(/\(Did you mean (.*)\?\)/)?.[1];
  const command = args.find((arg) => COMMAND_NAMES.some((name) => name === arg));
  const help = ['emnist-tui', ...(command ? [command] : []), '--help'].join(' ');
  const hint = guess ? `did you mean ${guess}?` : `run "${help}" for usage`;
  return usageError(message.replace(/\.$/, ''), hint, { cause: error });
}
