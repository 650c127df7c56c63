import { test } from 'vitest';
import type { AppTerminal } from '../helpers/app-terminal.ts';
import { BLACK, WHITE } from '../helpers/contrast.ts';
import { faintText } from '../helpers/faint-text.ts';
import type { FakeServices } from '../helpers/fake-services.ts';
import type { Screen } from '../helpers/screen.ts';
import { SCENES, type Scene } from './golden-scenes.ts';
import { isWhole, look, lookInSizes, type Size, seeInSize } from './look.ts';

/* What holds on every screen of the app. */

const TERMINAL = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

// Each app listens to signals and to the end of the process, and many run at a time.
process.setMaxListeners(0);

const DEFAULT: Size = [80, 24];
/** Large enough for more hints and wider charts. */
const LARGER: Size = [100, 30];
const SIZES = [DEFAULT, LARGER] as const;
const ALL_SIZES = [DEFAULT, [60, 20], LARGER, [200, 60]] as const;

test.concurrent.for(Object.entries(SCENES))(
  'only ASCII where the locale has no UTF-8: %s',
  async ([, scene], { expect }) => {
    const env = { TERM: 'xterm-256color', LANG: 'C' };
    const texts = await lookInSizes(scene, SIZES, env, (screen) => screen.text());
    for (const text of texts) expect(text).toMatch(/^[\n -~]*$/);
  },
);

/** Text with an ellipsis on purpose: what is in progress, and what may be of any length, such as paths and what is typed. */
const MAY_END = /(?:Loading|Checking|Estimating|Starting|Deleting|Canceling)[\w ]*…|[\w/.-]*\/[^ ]*…/g;

// Dark and light backgrounds are up to the golden screens.
const UNKNOWN_BACKGROUND = { ...TERMINAL, EMNIST_TUI_THEME: 'unknown' };
const looks = new Map<Scene, ReturnType<typeof lookOnce>>();

/** What several tests look at. Each scene is played once. */
function seenOf(scene: Scene): ReturnType<typeof lookOnce> {
  const seen = looks.get(scene) ?? lookOnce(scene);
  looks.set(scene, seen);
  return seen;
}

function lookOnce(scene: Scene) {
  return lookInSizes(scene, ALL_SIZES, UNKNOWN_BACKGROUND, (screen, size) => ({
    size,
    lines: screen.lines(),
    keys: keysNamed(screen),
    faint: faintText(screen, [BLACK, WHITE]),
  }));
}

test.concurrent.for(Object.entries(SCENES))('text is whole and legible: %s', async ([name, scene], { expect }) => {
  const names = /^models-(wide-names|overlay)/.test(name) ? /…/g : MAY_END;
  const seen = (await seenOf(scene)).map(({ size, lines, faint }) => ({
    size,
    clipped: lines.filter((line) => line.replace(names, '').includes('…')),
    faint,
  }));
  expect(seen.filter(({ clipped, faint }) => clipped.length > 0 || faint.length > 0)).toEqual([]);
});

test.concurrent.for(Object.entries(SCENES))(
  'every key that is named does something: %s',
  async ([, scene], { expect }) => {
    const named = (await seenOf(scene)).filter(({ size }) => size === DEFAULT || size === LARGER);
    for (const { size, keys } of named) expect(keys.length, `${size}`).toBeGreaterThan(0);
    const all = [...new Set(named.flatMap(({ keys }) => keys))];
    const idle: string[] = [];
    const waiting = all.values();
    const pressNext = async () => {
      for (const key of waiting) {
        const sizes = named.filter(({ keys }) => keys.includes(key)).map(({ size }) => size);
        const isDone = await look(scene, DEFAULT, UNKNOWN_BACKGROUND, (app, services) =>
          doesSomething(key, app, services, sizes),
        );
        if (!isDone) idle.push(key);
      }
    };
    // A few apps at a time: more of them in one process would only wait for each other.
    await Promise.all([pressNext(), pressNext(), pressNext()]);
    expect(idle).toEqual([]);
  },
);

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
  const recheck = setInterval(() => screen.changed(), 50);
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
