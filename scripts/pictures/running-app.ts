import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTerminal, type Terminal } from '../../tests/helpers/terminal.ts';

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = path.join(ROOT, 'bin/emnist-tui.js');
const MINUTE = 60_000;

/** Fetches the balanced split into `home`: from NIST, or from `archive`, a URL or a file. */
export async function fetchBalanced(home: string, archive: string | undefined): Promise<void> {
  const source = archive === undefined ? [] : ['--from', archive];
  await runCommand(home, ['fetch', ...source]);
}

/** Runs a command of the program. */
export async function runCommand(home: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--data-dir', home], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} failed`);
}

/** Opens the app on an emulated, dark terminal. It finds no browser to open: the scripts use their own. */
export function openApp(home: string, size: { cols: number; rows: number }): Terminal {
  return startTerminal(process.execPath, [PROGRAM], {
    ...size,
    env: { EMNIST_TUI_HOME: home, PATH: '', NO_COLOR: undefined, COLORTERM: 'truecolor', EMNIST_TUI_THEME: 'dark' },
  });
}

/** Resolves when the menu and the status are shown. */
export async function waitForMenu(app: Terminal): Promise<void> {
  await app.waitForText(/Quit.*balanced.*threads/s);
}

/** A key or text, and what is shown once it has arrived. */
export type Step = readonly [press: string, shown: RegExp];

/** Opens the form for training. */
export async function openTrainForm(app: Terminal): Promise<void> {
  app.press('t');
  await app.waitForText(/● balanced/);
}

/** Presses keys one after the other, each once what the one before does is shown. `pause` runs before each. */
export async function take(app: Terminal, steps: readonly Step[], pause = async (_press: string) => {}): Promise<void> {
  for (const [press, shown] of steps) {
    await pause(press);
    app.press(press);
    await app.waitForText(shown);
  }
}

/** Resolves when a training run is done and its model can be used. */
export async function waitForTraining(app: Terminal): Promise<void> {
  await app.waitForText(/ d draw with it /, 30 * MINUTE);
}

/** Resolves with the canvas page's URL, once the app shows it. */
export async function waitForUrl(app: Terminal): Promise<string> {
  const shown = await app.waitForText(/http:\/\/\S+token=\S+/);
  // The URL may continue on the next line.
  return /http:\/\/\S+(?:\n *[\w-]+(?= *\n))?/.exec(shown)![0].replace(/\s+/g, '');
}
