import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openApp } from '../helpers/app-terminal.ts';
import { BLACK, type Rgb, WHITE } from '../helpers/contrast.ts';
import { faintText } from '../helpers/faint-text.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { styledText } from '../helpers/styled-text.ts';
import { SCENES, type Scene } from './golden-scenes.ts';

/*
 * The app's screens with their styles, compared byte for byte with the files in `golden`. After an intended change, renew
 * these with `npx vitest run tests/tui/golden.test.ts -u` and review the difference.
 */

const FOLDER = path.join(import.meta.dirname, 'golden');
/** The files that a test compares. */
const compared: string[] = [];

const TERMINAL = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };
const DARK = { ...TERMINAL, EMNIST_TUI_THEME: 'dark' };
const MODES = [
  { mode: 'dark', env: DARK, backgrounds: [BLACK] },
  { mode: 'light', env: { ...TERMINAL, EMNIST_TUI_THEME: 'light' }, backgrounds: [WHITE] },
  { mode: 'no-color', env: { ...TERMINAL, NO_COLOR: '1' }, backgrounds: [] },
] as const;
const SIZES = [
  [80, 24],
  [120, 36],
] as const;

/** Plays a scene and checks that its text is legible on the backgrounds. Returns the screen with its styles. */
async function render(
  scene: Scene,
  columns: number,
  rows: number,
  env: NodeJS.ProcessEnv,
  backgrounds: readonly Rgb[] = [],
): Promise<string> {
  const services = scene.services?.() ?? new FakeServices();
  const app = openApp(services, { columns, rows, env, initialScreen: scene.initialScreen });
  try {
    await scene.play(app, services);
    if (backgrounds.length > 0) expect(faintText(app.screen, backgrounds)).toEqual([]);
    return styledText(app.screen);
  } finally {
    await app.end();
    // A task that ignored the first Ctrl-C.
    for (const run of services.runs) run.end();
  }
}

function goldenFile(scene: string, columns: number, rows: number, mode: string): string {
  const name = `${scene}-${columns}x${rows}-${mode}.txt`;
  compared.push(name);
  return path.join(FOLDER, name);
}

describe.each(SIZES)('at %dx%d', (columns, rows) => {
  describe.each(MODES)('$mode', ({ mode, env, backgrounds }) => {
    test.concurrent.for(Object.entries(SCENES))('%s', async ([name, scene], { expect }) => {
      const text = await render(scene, columns, rows, env, backgrounds);
      await expect(text).toMatchFileSnapshot(goldenFile(name, columns, rows, mode));
    });
  });
});

test.each([
  [59, 20],
  [30, 5],
])('too small: %dx%d', async (columns, rows) => {
  const scene: Scene = { play: (app) => app.screen.waitForText(/needs/) };
  const text = await render(scene, columns, rows, DARK);
  await expect(text).toMatchFileSnapshot(goldenFile('too-small', columns, rows, 'dark'));
});

test.each([
  'home-used',
  'fetch-form',
  'train-running',
  'draw-drawing',
  'draw-inside',
  'draw-inside-layer',
  'home-training',
  'write-line',
  'learn-samples',
  'learn-done',
  'evaluate-done',
  'evaluate-heat-map',
  'mistakes',
  'models',
  'models-selected',
  'models-overlay',
])('only ASCII, without styles: %s', async (name) => {
  const text = await render(SCENES[name]!, 80, 24, { TERM: 'dumb', LANG: 'C' });
  expect(text.replaceAll('&lt;', '<')).toMatch(/^[\n -~]*$/);
  await expect(text).toMatchFileSnapshot(goldenFile(name, 80, 24, 'ascii'));
});

test('there are no golden files without a test', async () => {
  expect((await readdir(FOLDER)).filter((name) => !compared.includes(name))).toEqual([]);
});

test('no screen tells the user to run a command or names an option', async () => {
  for (const name of await readdir(FOLDER)) {
    const text = await readFile(path.join(FOLDER, name), 'utf8');
    expect(text, name).not.toMatch(
      /\s--[a-z]|["`]emnist-tui|emnist-tui (fetch|train|draw|learn|samples|evaluate|models|clean)\b/,
    );
  }
});
