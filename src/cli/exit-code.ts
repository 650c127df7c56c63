import { EmnistError } from '../core/errors.ts';

/** Why a command was told to stop before it was done; the reason of the `AbortSignal` that commands get. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'closed-pipe';

/** A command was stopped from outside. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(reason === 'closed-pipe' ? 'nobody reads the output any more' : `stopped by ${reason}`);
    this.reason = reason;
  }
}

// 128 + the signal's number, as shells do; a reader that has seen enough (`| head`) is no failure.
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, 'closed-pipe': 0 } as const;

/**
 * The process' exit code, decided here alone: 0 done, 1 it failed, 2 the command line is wrong, 130 ended by Ctrl-C
 * (143 by SIGTERM, 129 by SIGHUP). `failure` is what was thrown, `signal` the one that the command was given.
 */
export function exitCode(failure: unknown, signal: AbortSignal): number {
  const stopped = [failure, signal.reason].find((cause) => cause instanceof Interruption);
  if (stopped) return INTERRUPTED[stopped.reason];
  if (failure === undefined) return 0;
  return failure instanceof EmnistError ? failure.exitCode : 1;
}
