import type { Shutdown, ShutdownCause } from './shutdown.ts';

/** SIGBREAK (Ctrl-Break) exists only on Windows, where SIGTERM never arrives and SIGHUP means that the window was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const satisfies readonly (ShutdownCause | 'SIGBREAK')[];

/**
 * Shuts the app down on signals, on a lost terminal and on uncaught errors. Otherwise an error would be written to the
 * alternate screen and disappear with it. `restore` must restore the terminal synchronously. Returns a function that removes
 * the listeners.
 */
export function guardTerminal(shutdown: Shutdown, stdout: NodeJS.WriteStream, restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') shutdown.request(signal);
    else if (signal === 'SIGBREAK') shutdown.request('SIGINT');
  };
  const onUncaught = (error: unknown) => {
    restore();
    shutdown.crash(error);
  };
  const onStreamError = (error: NodeJS.ErrnoException) => {
    // The terminal's window was closed, or its connection lost (EOF: on Windows).
    if (['EIO', 'EPIPE', 'EOF'].includes(error.code ?? '')) shutdown.request('SIGHUP');
    else shutdown.crash(error);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // Before all other listeners, so that whatever prints the error does so on the normal screen.
  process.prependListener('uncaughtException', onUncaught);
  process.prependListener('unhandledRejection', onUncaught);
  stdout.on('error', onStreamError);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onUncaught);
    process.off('unhandledRejection', onUncaught);
    stdout.off('error', onStreamError);
  };
}

/** Suspends the process, as Ctrl-Z does in a shell. Resolves when it is resumed. */
export async function suspendProcess(): Promise<void> {
  const resumed = new Promise<void>((resolve) => process.once('SIGCONT', () => resolve()));
  process.kill(process.pid, 'SIGTSTP');
  // Without a shell that could resume it, the system ignores the signal. While suspended, the timer does not run.
  const ignored = new Promise<void>((resolve) => setTimeout(resolve, 500));
  await Promise.race([resumed, ignored]);
  // Meanwhile, changes of the terminal's size were reported to the shell. This makes Node look.
  process.emit('SIGWINCH', 'SIGWINCH');
}
