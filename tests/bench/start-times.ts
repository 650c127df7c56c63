import { spawnSync } from 'node:child_process';
import { startTerminal } from '../helpers/terminal.ts';

type Environment = NodeJS.ProcessEnv;

/** Milliseconds from starting the app until something is on the screen. */
export interface Frames {
  /** The menu. */
  first: number;
  /** The complete screen, with the data sets and models on disk. */
  complete: number;
}

/** How long the app takes to appear on an 80x24 terminal. The first parameter starts a form of the product. */
export async function frameTimes([file, ...first]: readonly string[], env: Environment): Promise<Frames> {
  const began = performance.now();
  const terminal = startTerminal(file!, first, { env });
  try {
    await terminal.waitForText(/Fetch/);
    const firstFrame = performance.now() - began;
    await terminal.waitForText(/Next: /);
    const complete = performance.now() - began;
    // Only a program that ends by itself keeps its compiled code for the next start.
    terminal.press('q');
    await terminal.exitCode;
    return { first: firstFrame, complete };
  } finally {
    await terminal.close();
  }
}

/** The milliseconds that a command takes. Throws if it fails. */
export function commandTime(
  [file, ...first]: readonly string[],
  args: readonly string[],
  env: Environment,
  input = '',
) {
  const began = performance.now();
  const { status, stderr } = spawnSync(file!, [...first, ...args], { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return performance.now() - began;
}
