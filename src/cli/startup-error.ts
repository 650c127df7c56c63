import { inspect } from 'node:util';
import { type HintTable, hintFor, SHARED_HINTS } from '../app/hints.ts';
import { messageOf } from '../core/errors.ts';
import { nodeError } from '../core/node-errors.ts';

/**
 * Reports in one line what was thrown while the program was loaded, before it could choose an output; also as an event with
 * `--json`, and with its stack trace with `--verbose`.
 */
export function reportStartupError(error: unknown): void {
  const { code, message, hint, data } = describe(error);
  const line = `cannot start: ${message.trim().replace(/\s*\n\s*/g, ' ')}`;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ event: 'error', code, message: line, hint, data })}\n`);
  }
  process.stderr.write(`emnist-tui: ${line} — ${hint}\n`);
  if (process.argv.includes('--verbose')) process.stderr.write(`${inspect(error)}\n`);
  process.exitCode = 1;
}

function describe(error: unknown): { code: string; message: string; hint: string; data: object } {
  const known = nodeError(error);
  if (known === null) {
    const hint = 'reinstall emnist-tui; if that does not help, report it with the output of --verbose';
    return { code: 'internal', message: messageOf(error), hint, data: {} };
  }
  const { code, message, data } = known;
  // Those of all errors that Node throws are the same in every front end.
  return { code, message, hint: hintFor(SHARED_HINTS as Partial<HintTable> as HintTable, known), data };
}
