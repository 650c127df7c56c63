import { EmnistError } from '../core/errors.ts';
import { exitCode, Interruption, type StopReason } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Watch {
  /** Aborts with an `Interruption`, or with an error when the output cannot be written. */
  readonly signal: AbortSignal;
  /** Leaves the signals to someone else. */
  end(): void;
}

/**
 * Turns signals and closed pipes into one `AbortSignal`: the first asks to stop cleanly, the second ends the process at
 * once. `onStop` is called with the first.
 */
export function watchInterruptions(onStop: (reason: StopReason) => void): Watch {
  const controller = new AbortController();
  const stop = (reason: StopReason) => {
    const interruption = new Interruption(reason);
    if (!controller.signal.aborted) {
      controller.abort(interruption);
      onStop(reason);
    } else if (reason !== 'closed-pipe') {
      process.exit(exitCode(interruption, controller.signal));
    }
  };
  // Ctrl-Break, which Windows alone has, would otherwise end the process on the spot.
  const onBreak = () => stop('SIGINT');
  for (const name of SIGNALS) process.on(name, stop);
  process.on('SIGBREAK', onBreak);
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // EOF is what Windows may say.
    if (error.code === 'EPIPE' || error.code === 'EOF') stop('closed-pipe');
    else controller.abort(cannotWrite(error));
  };
  process.stdout.on('error', onOutputError);
  // Nothing can be said about a stderr that is gone; whoever closed it does not want to know.
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
