import { test } from 'vitest';
import { columnsOf } from '../../src/app/text-layout.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { BLACK, WHITE } from '../helpers/contrast.ts';
import { faintText } from '../helpers/faint-text.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import type { Screen } from '../helpers/screen.ts';
import { SCENES, type Scene } from './golden-scenes.ts';

/* What holds on every screen of the app. */

const TERMINAL = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

// Each app listens to signals and to the end of the process, and many run at a time.
process.setMaxListeners(0);

type Size = readonly [columns: number, rows: number];
const DEFAULT: Size = [80, 24];
/** Large enough for more hints and wider charts. */
const LARGER: Size = [100, 30];
const SIZES = [DEFAULT, LARGER];
const ALL_SIZES: readonly Size[] = [DEFAULT, [60, 20], LARGER, [200, 60]];

/** Plays a scene in the default size, looks at what it shows, and quits. */
async function look<Result>(
  scene: Scene,
  env: NodeJS.ProcessEnv,
  see: (app: AppTerminal, services: FakeServices) => Result | Promise<Result>,
): Promise<Result> {
  const services = scene.services?.() ?? new FakeServices();
  const [columns, rows] = DEFAULT;
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

/** Plays a scene once, and looks at it in each size: it looks as if it had been played in that size (`resize.test.ts`). */
function lookInSizes<Result>(
  scene: Scene,
  env: NodeJS.ProcessEnv,
  sizes: readonly Size[],
  see: (screen: Screen, size: Size) => Result,
): Promise<Result[]> {
  return look(scene, env, async (app) => {
    const seen: Result[] = [];
    for (const size of sizes) seen.push(await seeInSize(app, size, (screen) => see(screen, size)));
    return seen;
  });
}

/** Resizes the terminal if it has another size, and looks at the first frame of this size. */
async function seeInSize<Result>(
  { screen, resize }: AppTerminal,
  size: Size,
  see: (screen: Screen) => Result,
): Promise<Result> {
  const [columns, rows] = size;
  if (columns !== screen.terminal.cols || rows !== screen.terminal.rows) resize(columns, rows);
  let seen: Result;
  const hasSeen = () => {
    if (!isWhole(screen, size)) return false;
    seen = see(screen);
    return true;
  };
  await screen.waitFor(hasSeen, `the frame at ${columns}x${rows}`);
  return seen!;
}

/** Whether the frame has the size of the screen, so nothing is pushed off it. */
function isWhole(screen: Screen, [columns, rows]: Size): boolean {
  const lines = screen.lines();
  const isRule = (line = '') => columnsOf(line) === columns && /^(─+|-+)$/.test(line);
  // With the status of a training run in the background.
  const isStatus = (line = '') => columnsOf(line) === columns && /^(─ .* ─+|- .* -+)$/.test(line);
  const lower = lines[rows - 2];
  return isRule(lines[1]) && (isRule(lower) || isStatus(lower)) && / \S/.test(lines[rows - 1]!);
}

test.concurrent.for(Object.entries(SCENES))(
  'only ASCII where the locale has no UTF-8: %s',
  async ([, scene], { expect }) => {
    const env = { TERM: 'xterm-256color', LANG: 'C' };
    const texts = await lookInSizes(scene, env, SIZES, (screen) => screen.text());
    for (const text of texts) expect(text).toMatch(/^[\n -~]*$/);
  },
);

test.concurrent.for(Object.entries(SCENES))(
  'every key that is named does something: %s',
  async ([, scene], { expect }) => {
    const named = await lookInSizes(scene, TERMINAL, SIZES, (screen, size) => ({ size, keys: keysNamed(screen) }));
    for (const { size, keys } of named) expect(keys.length, `${size}`).toBeGreaterThan(0);
    const all = [...new Set(named.flatMap(({ keys }) => keys))];
    const idle = await Promise.all(
      all.map(async (key) => {
        const sizes = named.filter(({ keys }) => keys.includes(key)).map(({ size }) => size);
        return await look(scene, TERMINAL, async (app, services) =>
          (await doesSomething(key, app, services, sizes)) ? [] : [key],
        );
      }),
    );
    expect(idle.flat()).toEqual([]);
  },
);

/** Follows what is going on, and ends what may be of any length: paths, and what is typed. */
const MAY_END = /(?:Loading|Checking|Estimating|Starting|Deleting|Canceling)[\w ]*…|[\w/.-]*\/[^ ]*…/g;

test.concurrent.for(Object.entries(SCENES))('text is whole and legible: %s', async ([name, scene], { expect }) => {
  const names = /^models-(wide-names|overlay)/.test(name) ? /…/g : MAY_END;
  // Dark and light backgrounds are up to the golden screens.
  const env = { ...TERMINAL, EMNIST_TUI_THEME: 'unknown' };
  const seen = await lookInSizes(scene, env, ALL_SIZES, (screen, size) => ({
    size,
    clipped: screen.lines().filter((line) => line.replace(names, '').includes('…')),
    faint: faintText(screen, [BLACK, WHITE]),
  }));
  expect(seen.filter(({ clipped, faint }) => clipped.length > 0 || faint.length > 0)).toEqual([]);
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

/** Whether pressing a key changes what is shown in each of the sizes, calls a service, or quits. */
async function doesSomething(
  key: string,
  app: AppTerminal,
  services: FakeServices,
  sizes: readonly Size[],
): Promise<boolean> {
  const { screen } = app;
  if (key === 'Space' && /select/.test(screen.lines().at(-1)!) && !/\[x\]/.test(screen.text())) {
    // The focused entry may be the selected one.
    const before = screen.text();
    app.press('down');
    await screen.waitFor(() => screen.text() !== before, 'the focus to move');
    if (!/Space select/.test(screen.text())) return true;
  }
  const before: { size: Size; text: string }[] = [];
  for (const size of sizes) before.unshift({ size, text: await seeInSize(app, size, () => screen.text()) });
  let hasQuit = false;
  void app.result.then(() => {
    hasQuit = true;
  });
  const actions = () => JSON.stringify([hasQuit, calls(services)]);
  const earlier = actions();
  app.press(SENT[key] ?? key);
  // Not all that is done is shown.
  const recheck = setInterval(() => screen.changed(), 5);
  try {
    for (const { size, text } of before) {
      if (size !== before[0]!.size) app.resize(...size);
      const isDone = () => actions() !== earlier || (isWhole(screen, size) && screen.text() !== text);
      await screen.waitFor(isDone, `${key} to do something`);
    }
    return true;
  } catch {
    return false;
  } finally {
    clearInterval(recheck);
  }
}

function calls(services: FakeServices) {
  const { fetches, runs, evaluations, drawOptions, servers, opened, cleaned, deleted, statusCalls } = services;
  const { learnRuns, chosenDefaults, deletedSamples, assessments } = services;
  return [
    fetches.length,
    runs.map((run) => run.calls),
    evaluations.length,
    drawOptions.length,
    servers.map((server) => [server.labelCalls, server.modes]),
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
