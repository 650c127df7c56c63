import { type ErrorCode, isEmnistError } from '../core/errors.ts';

/** Why a command was stopped early. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'closed-pipe';

/** The reason of the `AbortSignal` of a command that was stopped from outside. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(reason === 'closed-pipe' ? 'the output has been closed' : `stopped by ${reason}`);
    this.reason = reason;
  }
}

/** Ends a command that failed and has reported why. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure';
}

// 128 + the signal's number, as in shells. A reader that closes the pipe (`| head`) is not a failure.
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, 'closed-pipe': 0 } as const;

/** Error codes that mean that the command line is invalid. */
const COMMAND_LINE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'source-invalid',
  'model-name-invalid',
  'dataset-name-invalid',
  'dataset-unknown',
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
export function exitCodeFor(code: ErrorCode): 1 | 2 {
  return COMMAND_LINE_CODES.has(code) ? 2 : 1;
}

/**
 * The exit code of the process: 0 for success, 1 for failure, 2 for an invalid command line, 130 after Ctrl-C (143 after
 * SIGTERM, 129 after SIGHUP). `failure` is what was thrown, `signal` the command's own.
 */
export function exitCode(failure: unknown, signal: AbortSignal): number {
  const stopped = [failure, signal.reason].find((cause) => cause instanceof Interruption);
  if (stopped) return INTERRUPTED[stopped.reason];
  if (failure === undefined) return 0;
  return isEmnistError(failure) ? exitCodeFor(failure.code) : 1;
}
