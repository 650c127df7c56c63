import type { Cause, Leaving } from './leaving.ts';

/** SIGBREAK is Ctrl-Break, which Windows alone has. There SIGTERM never comes, and SIGHUP when the window is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const satisfies readonly (Cause | 'SIGBREAK')[];

/**
 * Ends the app well on signals, on a lost terminal and on errors that nobody caught: without this the error's text would
 * be written to the alternate screen and vanish with it. `restore` gives the terminal back, at once. Returns what takes
 * the listeners away.
 */
export function guardTerminal(leaving: Leaving, stdout: NodeJS.WriteStream, restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') leaving.leave(signal);
    else if (signal === 'SIGBREAK') leaving.leave('SIGINT');
  };
  const onCrash = (error: unknown) => {
    restore();
    leaving.crash(error);
  };
  const onLost = (error: NodeJS.ErrnoException) => {
    // The terminal's window was closed, or the connection to it cut. (EOF is what Windows may say.)
    if (['EIO', 'EPIPE', 'EOF'].includes(error.code ?? '')) leaving.leave('SIGHUP');
    else leaving.crash(error);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // Before all others: who prints the error should find the normal screen.
  process.prependListener('uncaughtException', onCrash);
  process.prependListener('unhandledRejection', onCrash);
  stdout.on('error', onLost);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
    stdout.off('error', onLost);
  };
}

/** Stops the process as a shell's Ctrl-Z does; resolves when it goes on. */
export async function suspendProcess(): Promise<void> {
  const continued = new Promise<void>((resolve) => process.once('SIGCONT', () => resolve()));
  process.kill(process.pid, 'SIGTSTP');
  // Without a shell to continue it the system ignores the signal. While the process is stopped this timer is too.
  const ignored = new Promise<void>((resolve) => setTimeout(resolve, 500));
  await Promise.race([continued, ignored]);
}
