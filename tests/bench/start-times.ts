import { spawnSync } from 'node:child_process';
import { startTerminal } from '../helpers/terminal.ts';

type Environment = NodeJS.ProcessEnv;

/** Milliseconds from a start of the app to what is seen. */
export interface Frames {
  /** The menu. */
  first: number;
  /** With what the program has found on the disk. */
  whole: number;
}

/** How soon the app is on an 80x24 terminal. `command` is the beginning of the form's command lines. */
export async function frameTimes([file, ...first]: readonly string[], env: Environment): Promise<Frames> {
  const began = performance.now();
  const terminal = startTerminal(file!, first, { env });
  try {
    await terminal.waitForText(/Fetch/);
    const firstFrame = performance.now() - began;
    await terminal.waitForText(/Next: /);
    return { first: firstFrame, whole: performance.now() - began };
  } finally {
    await terminal.close();
  }
}

/** The milliseconds that a command takes to its end. Throws when it fails. */
export function commandTime(
  [file, ...first]: readonly string[],
  args: readonly string[],
  env: Environment,
  input = '',
) {
  const began = performance.now();
  const { status, stderr } = spawnSync(file!, [...first, ...args], { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}
