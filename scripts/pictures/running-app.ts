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
  const child = spawn(process.execPath, [PROGRAM, 'fetch', '--data-dir', home, ...source], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the balanced split could not be fetched');
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

/** Fills in the training form: the plain network, and `epochs` (one digit). `pause` runs before each key. */
export async function fillTrainForm(app: Terminal, epochs: string, pause = async (_key: string) => {}): Promise<void> {
  await app.waitForText(/● balanced/);
  for (const [key, result] of [
    ['down', /›? *vgg/],
    ['left', /‹ cnn/],
    ['down', /cnn/],
    [epochs, new RegExp(`‹ ${epochs} ›`)],
  ] as const) {
    await pause(key);
    app.press(key);
    await app.waitForText(result);
  }
}

/** Resolves when a training run is done and its model can be used. */
export async function waitForTraining(app: Terminal): Promise<void> {
  await app.waitForText(/ d draw /, 15 * MINUTE);
}

/** Resolves with the canvas page's URL, once the app shows it. */
export async function waitForUrl(app: Terminal): Promise<string> {
  const shown = await app.waitForText(/http:\/\/\S+token=\S+/);
  // The URL may continue on the next line.
  return /http:\/\/\S+(?:\n *[\w-]+(?= *\n))?/.exec(shown)![0].replace(/\s+/g, '');
}
