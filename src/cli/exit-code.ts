import { type ErrorCode, isEmnistError } from '../core/errors.ts';

/** Why a command was told to stop before it was done; the reason of the `AbortSignal` that commands get. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'closed-pipe';

/** A command was stopped from outside. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(reason === 'closed-pipe' ? 'the output has been closed' : `stopped by ${reason}`);
    this.reason = reason;
  }
}

// 128 + the signal's number, as shells do; a reader that has seen enough (`| head`) is no failure.
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, 'closed-pipe': 0 } as const;

/** The codes that mean that the command line is wrong: it asks for what does not exist or cannot be. */
const COMMAND_LINE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'source-invalid',
  'model-name-invalid',
  'characters-unknown',
  'no-images',
  'label-invalid',
  'too-many-labels',
  'strokes-unlabeled',
  'too-few-images',
  'nothing-to-resume',
  'checkpoint-differs',
  'checkpoint-images-differ',
  'training-finished',
  'training-stopped-early',
]);

/** The exit code of a command that failed with an error of this code. */
export function exitCodeOf(code: ErrorCode): 1 | 2 {
  return COMMAND_LINE_CODES.has(code) ? 2 : 1;
}

/**
 * The process' exit code, decided here alone: 0 done, 1 it failed, 2 the command line is wrong, 130 ended by Ctrl-C
 * (143 by SIGTERM, 129 by SIGHUP). `failure` is what was thrown, `signal` the one that the command was given.
 */
export function exitCode(failure: unknown, signal: AbortSignal): number {
  const stopped = [failure, signal.reason].find((cause) => cause instanceof Interruption);
  if (stopped) return INTERRUPTED[stopped.reason];
  if (failure === undefined) return 0;
  return isEmnistError(failure) ? exitCodeOf(failure.code) : 1;
}
