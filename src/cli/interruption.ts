import { EmnistError } from '../core/errors.ts';
import { exitCode, Interruption, type StopReason } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Watch {
  /** Aborts with an `Interruption`, or with an error when the output cannot be written. */
  readonly signal: AbortSignal;
  /** Stops listening for signals. */
  end(): void;
}

export interface WatchOptions {
  /** Called when the signal aborts. */
  onStop: (reason: StopReason) => void;
  /** Whether to keep running when the terminal is closed. */
  outlivesTerminal: boolean;
  /** Called when the terminal has been closed and the command keeps running. */
  onHangup: () => void;
}

/**
 * Turns process signals and closed pipes into one `AbortSignal`. The first aborts it and calls `onStop`; a second Ctrl-C or
 * SIGTERM exits the process immediately.
 */
export function watchInterruptions({ onStop, outlivesTerminal, onHangup }: WatchOptions): Watch {
  const controller = new AbortController();
  let hangups = 0;
  const stop = (reason: StopReason) => {
    const interruption = new Interruption(reason);
    if (reason === 'SIGHUP' && outlivesTerminal) {
      if (hangups++ === 0) onHangup();
    } else if (!controller.signal.aborted) {
      controller.abort(interruption);
      onStop(reason);
    } else if (reason === 'SIGINT' || reason === 'SIGTERM') {
      // A closed terminal can send SIGHUP several times: itself and through its shell.
      process.exit(exitCode(interruption, controller.signal));
    }
  };
  // Ctrl-Break, on Windows only, would otherwise end the process immediately.
  const onBreak = () => stop('SIGINT');
  for (const name of SIGNALS) process.on(name, stop);
  process.on('SIGBREAK', onBreak);
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // Windows may report EOF.
    if (error.code === 'EPIPE' || error.code === 'EOF') stop('closed-pipe');
    else if (error.code === 'EIO' && process.stdout.isTTY) stop('SIGHUP');
    else controller.abort(cannotWrite(error));
  };
  process.stdout.on('error', onOutputError);
  // There is nowhere to report that stderr is closed.
  process.stderr.on('error', () => {});
  return {
    signal: controller.signal,
    end() {
      for (const name of SIGNALS) process.off(name, stop);
      process.off('SIGBREAK', onBreak);
    },
  };
}

function cannotWrite(error: NodeJS.ErrnoException): EmnistError {
  const reason = error.code ?? error.message;
  return new EmnistError('output-failed', `cannot write the output (${reason})`, { reason }, { cause: error });
}
