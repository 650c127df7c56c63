import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';

/** Asks on the terminal. Returns the answer in lower case; empty when the terminal was closed. Throws the signal's reason. */
export async function ask(question: string, { signal }: Pick<Context, 'signal'>): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While it reads, the terminal hands Ctrl-C over as a key. (On Windows process.kill ends a process without a signal.)
  terminal.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return (await Promise.race([terminal.question(question, { signal }), closed])).trim().toLowerCase();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    terminal.close();
  }
}

/** Asks whether to do something. Anything but yes means no. */
export async function confirmed(question: string, context: Pick<Context, 'signal'>): Promise<boolean> {
  return /^y(es)?$/.test(await ask(`${question} [y/N] `, context));
}
