import { describe, expect, test, vi } from 'vitest';
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

describe.each(SIZES)('at %dx%d', (columns, rows) => {
  test.concurrent.for(Object.entries(SCENES))(
    'every key that is named does something: %s',
    async ([, scene], { expect }) => {
      const named = await look(scene, { columns, rows }, ({ screen }) => keysNamed(screen));
      expect(named.length).toBeGreaterThan(0);
      const idle: string[] = [];
      for (const key of named) {
        await look(scene, { columns, rows }, async (app, services) => {
          if (!(await doesSomething(key, app, services))) idle.push(key);
        });
      }
      expect(idle).toEqual([]);
    },
  );
});

/** Follows what is going on, and ends what may be of any length: paths, and what is typed. */
const MAY_END = /(?:Loading|Checking|Estimating|Starting|Deleting|Canceling)[\w ]*…|[\w/.-]*\/[^ ]*…/g;

describe.each<readonly [number, number]>([[60, 20], ...SIZES, [200, 60]])('at %dx%d', (columns, rows) => {
  test.concurrent.for(Object.entries(SCENES))('no text is cut off: %s', async ([name, scene], { expect }) => {
    const lines = await look(scene, { columns, rows }, ({ screen }) => screen.lines());
    // The frame is whole, so nothing is pushed off the screen.
    expect(lines[1]).toBe('─'.repeat(columns));
    expect(lines[rows - 2]).toBe('─'.repeat(columns));
    expect(lines[rows - 1]).toMatch(/ \S/);
    const names = name === 'models-wide-names' ? /…/g : MAY_END;
    const cut = lines.filter((line) => line.replace(names, '').includes('…'));
    expect(cut).toEqual([]);
  });
});

const KEY = '(?:Ctrl-C|Enter|Esc|Space|Tab|Left/Right|Del|1-5|[a-z/?])';

/** The keys that the texts and the last line of a screen name. */
function keysNamed(screen: Screen): string[] {
  const body = screen.text().replace(/\s+/g, ' ');
  const texts = Array.from(body.matchAll(/press [^.:]*/gi), ([sentence]) =>
    Array.from(
      sentence.matchAll(new RegExp(`(?:press|,|or|then,?) (${KEY})(?= to |,| or | again|$)`, 'gi')),
      ([, key]) => key!,
    ),
  );
  const hints = Array.from(
    screen
      .lines()
      .at(-1)!
      .matchAll(new RegExp(`(?:^| ) (${KEY}) \\S`, 'g')),
    ([, key]) => key!,
  );
  return [...new Set([...texts.flat(), ...hints])];
}

const SENT: Record<string, string> = {
  Enter: 'enter',
  Esc: 'escape',
  Space: 'space',
  Tab: 'tab',
  'Left/Right': 'right',
  Del: 'delete',
  '1-5': '1',
  'Ctrl-C': 'ctrl+c',
};

/** Whether pressing a key changes the screen, calls a service, or quits. */
async function doesSomething(key: string, app: AppTerminal, services: FakeServices): Promise<boolean> {
  const { screen } = app;
  if (key === 'Space' && /select/.test(screen.lines().at(-1)!) && !/\[x\]/.test(screen.text())) {
    // The focused entry may be the selected one.
    const before = screen.text();
    app.press('down');
    await screen.waitFor(() => screen.text() !== before, 'the focus to move');
    if (!/Space select/.test(screen.text())) return true;
  }
  let hasQuit = false;
  void app.result.then(() => {
    hasQuit = true;
  });
  const state = () => JSON.stringify([screen.text(), hasQuit, ...calls(services)]);
  const before = state();
  app.press(SENT[key] ?? key);
  try {
    await vi.waitFor(() => expect(state()).not.toBe(before), { timeout: 20_000, interval: 5 });
    return true;
  } catch {
    return false;
  }
}

function calls(services: FakeServices) {
  const { fetches, runs, evaluations, drawOptions, opened, cleaned, deleted, statusCalls } = services;
  const { learnRuns, chosenDefaults, deletedSamples, assessments } = services;
  return [
    fetches.length,
    runs.map((run) => run.calls),
    evaluations.length,
    drawOptions.length,
    opened,
    cleaned,
    deleted,
    statusCalls,
    learnRuns.map((run) => run.calls),
    chosenDefaults,
    deletedSamples,
    assessments,
  ];
}

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
