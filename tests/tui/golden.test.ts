import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BLACK, WHITE } from '../helpers/contrast.ts';
import { faintText } from '../helpers/faint-text.ts';
import type { Screen } from '../helpers/screen.ts';
import { styledText } from '../helpers/styled-text.ts';
import { SCENES, type Scene } from './golden-scenes.ts';
import { look, lookInSizes, type Size } from './look.ts';

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

function goldenFile(scene: string, [columns, rows]: Size, mode: string): string {
  const name = `${scene}-${columns}x${rows}-${mode}.txt`;
  compared.push(name);
  return path.join(FOLDER, name);
}

describe.each(MODES)('$mode', ({ mode, env, backgrounds }) => {
  test.concurrent.for(Object.entries(SCENES))('%s', async ([name, scene], { expect }) => {
    const see = (screen: Screen, size: Size) => {
      return { size, text: styledText(screen), faint: faintText(screen, backgrounds) };
    };
    const plays = scene.isOfSize ? SIZES.map((size) => [size] as const) : [SIZES];
    const seen = await Promise.all(plays.map((sizes) => lookInSizes(scene, sizes, env, see)));
    for (const { size, text, faint } of seen.flat()) {
      if (backgrounds.length > 0) expect(faint).toEqual([]);
      await expect(text).toMatchFileSnapshot(goldenFile(name, size, mode));
    }
  });
});

test.each([[[59, 20]], [[30, 5]]] as const)('too small: %j', async (size) => {
  const scene: Scene = { play: (app) => app.screen.waitForText(/needs/) };
  const text = await look(scene, size, DARK, ({ screen }) => styledText(screen));
  await expect(text).toMatchFileSnapshot(goldenFile('too-small', size, 'dark'));
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
  const text = await look(SCENES[name]!, SIZES[0], { TERM: 'dumb', LANG: 'C' }, ({ screen }) => styledText(screen));
  expect(text.replaceAll('&lt;', '<')).toMatch(/^[\n -~]*$/);
  await expect(text).toMatchFileSnapshot(goldenFile(name, SIZES[0], 'ascii'));
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
