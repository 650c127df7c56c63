import { inspect } from 'node:util';
import type { ErrorEvent } from '../app/events.ts';
import { type EmnistError, isEmnistError, messageOf } from '../core/errors.ts';
import { nodeError } from '../core/node-errors.ts';
import { Interruption, ReportedFailure } from './exit-code.ts';
import { flagOf, hintOf } from './hints.ts';
import type { Output } from './render/output.ts';

/**
 * Reports an error in one line; also as an event with `--json`, and with its stack trace with `--verbose`. `source` is the
 * file that it is about, if the command continues with others; any other error has ended the command.
 */
export function reportError(error: unknown, output: Output, source?: string): void {
  if (error instanceof ReportedFailure || (error instanceof Interruption && error.reason === 'closed-pipe')) return;
  const { code, message, hint, data } = describeError(error);
  const about = source !== undefined && { source };
  output.error({ event: 'error', code, message: oneLine(message), hint: oneLine(hint), data, ...about });
  output.detail(inspect(error));
}

function describeError(error: unknown): Omit<ErrorEvent, 'event'> {
  const known = nodeError(error);
  if (known) return { code: known.code, message: messageFor(known), hint: hintOf(known), data: { ...known.data } };
  if (error instanceof Interruption) {
    return { code: 'interrupted', message: error.message, hint: 'run the same command again', data: {} };
  }
  return {
    code: 'internal',
    message: `unexpected error: ${messageOf(error)}`,
    hint: 'this is a bug in emnist-tui: please report it with the output of --verbose',
    data: {},
  };
}

/** The message, which names the flag where an option is invalid. */
function messageFor(error: EmnistError): string {
  if (!isEmnistError(error, 'usage')) return error.message;
  const { option, value, reason, conflict, requires } = error.data;
  if (option === undefined) return error.message;
  if (conflict !== undefined) return `${flagOf(option)} cannot be combined with ${flagOf(conflict)}`;
  if (requires !== undefined) return `${flagOf(option)} has no effect without ${flagOf(requires)}`;
  if (value === undefined) return error.message;
  return `invalid ${flagOf(option)} "${value}"${reason === undefined ? '' : ` (${reason})`}`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
