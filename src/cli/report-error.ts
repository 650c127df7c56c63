import { inspect } from 'node:util';
import type { CommanderError } from 'commander';
import type { ErrorEvent } from '../app/events.ts';
import { COMMAND_NAMES } from '../app/options/commands.ts';
import { EmnistError, messageOf, UsageError } from '../core/errors.ts';
import { Interruption } from './exit-code.ts';
import type { Output } from './render/output.ts';

/** Shows what ended a command: one line, with `--json` the error event too, with `--verbose` the stack trace too. */
export function reportError(error: unknown, output: Output): void {
  if (error instanceof Interruption && error.reason === 'closed-pipe') return;
  const { code, message, hint } = describeError(error);
  output.error({ event: 'error', code, message: oneLine(message), hint: oneLine(hint) });
  output.detail(inspect(error));
}

function describeError(error: unknown): Omit<ErrorEvent, 'event'> {
  if (error instanceof EmnistError) return error;
  if (error instanceof Interruption) {
    return { code: 'interrupted', message: error.message, hint: 'run the same command again' };
  }
  return {
    code: 'internal',
    message: `unexpected error: ${messageOf(error)}`,
    hint: 'this is a bug in emnist-tui: please report it with what --verbose prints',
  };
}

/** Commander's complaints about a command line, as errors of our own. */
export function asUsageError(error: CommanderError, args: readonly string[]): UsageError {
  // "error: unknown option '--splt'\n(Did you mean --split?)"
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const guess = suggestion?.match(/\(Did you mean (.*)\?\)/)?.[1];
  const command = args.find((arg) => COMMAND_NAMES.some((name) => name === arg));
  const help = ['emnist-tui', ...(command ? [command] : []), '--help'].join(' ');
  const hint = guess ? `did you mean ${guess}?` : `run "${help}" to see what there is`;
  return new UsageError(message.replace(/\.$/, ''), hint, { cause: error });
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
