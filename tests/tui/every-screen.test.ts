import { describe, expect, test } from 'vitest';
import type { AppTerminal } from '../helpers/app-terminal.ts';
import { openApp } from '../helpers/app-terminal.ts';
import { BLACK, contrast, LEGIBLE, paletteColor, WHITE } from '../helpers/contrast.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import type { Screen } from '../helpers/screen.ts';
import { SCENES, type Scene } from './golden-scenes.ts';

/* What holds on every screen of the app. */

const TERMINAL = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };
const SIZES = [
  [80, 24],
  [100, 30],
] as const;

/** Plays a scene, looks at what it shows, and quits. */
async function look<Result>(
  scene: Scene,
  { env = TERMINAL, columns = 80, rows = 24 }: { env?: NodeJS.ProcessEnv; columns?: number; rows?: number },
  see: (app: AppTerminal, services: FakeServices) => Result | Promise<Result>,
): Promise<Result> {
  const services = scene.services?.() ?? new FakeServices();
  const app = openApp(services, { columns, rows, env, initialScreen: scene.initialScreen });
  try {
    await scene.play(app, services);
    return await see(app, services);
  } finally {
    await app.end();
    // A task that ignored the first Ctrl-C.
    for (const run of services.runs) run.end();
  }
}

describe.each(SIZES)('at %dx%d', (columns, rows) => {
  test.concurrent.for(Object.entries(SCENES))('only ASCII where the locale has no UTF-8: %s', async ([, scene]) => {
    const env = { TERM: 'xterm-256color', LANG: 'C' };
    const text = await look(scene, { env, columns, rows }, ({ screen }) => screen.text());
    expect(text).toMatch(/^[\n -~]*$/);
  });
});

describe.each([
  ['dark', [BLACK]],
  ['light', [WHITE]],
  ['unknown', [BLACK, WHITE]],
])('on a %s background', (background, papers) => {
  test.concurrent.for(Object.entries(SCENES))('text is legible: %s', async ([, scene]) => {
    const env = { ...TERMINAL, EMNIST_TUI_THEME: background };
    const faint = await look(scene, { env }, ({ screen }) => faintText(screen, papers));
    expect(faint).toEqual([]);
  });
});

/** The characters that are not legible on one of the backgrounds, with the contrast. */
function faintText({ terminal }: Screen, papers: readonly (typeof BLACK)[]): string[] {
  const faint: string[] = [];
  const { active } = terminal.buffer;
  for (let row = 0; row < terminal.rows; row++) {
    for (let column = 0; column < terminal.cols; column++) {
      const cell = active.getLine(active.baseY + row)!.getCell(column)!;
      // What the network sees is a picture.
      if (cell.isDim()) faint.push(`${cell.getChars()} in line ${row + 1} is dim`);
      if (!cell.getChars().trim() || cell.isFgDefault() || !cell.isBgDefault()) continue;
      const lowest = Math.min(...papers.map((paper) => contrast(paletteColor(cell.getFgColor()), paper)));
      if (lowest < LEGIBLE) faint.push(`${cell.getChars()} in line ${row + 1}: ${lowest.toFixed(2)}`);
    }
  }
  return faint;
}
