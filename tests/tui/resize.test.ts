import { expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { styledText } from '../helpers/styled-text.ts';
import { SCENES, type Scene } from './golden-scenes.ts';

/* However the terminal got its size, the app looks as if it had been started in it. */

type Size = readonly [columns: number, rows: number];

const SMALLEST: Size = [60, 20];
const COMMON: Size = [100, 24];
const LARGE: Size = [140, 45];

/** How an app that was started in a size is resized, one way after the other. Each ends in a size that another one started in. */
const WAYS: readonly (readonly [start: Size, ...ways: (readonly Size[])[]])[] = [
  // Narrower, then lower; higher, then wider.
  [COMMON, [[60, 24], SMALLEST], [[60, 45], LARGE]],
  // Wider and higher; too small and back, higher and back.
  [SMALLEST, [COMMON], [[20, 5], [5, 1], [60, 50], SMALLEST]],
  // Narrower and lower, in steps; far wider and higher, and back.
  [LARGE, [[120, 40], [101, 33], [85, 28], SMALLEST], [[200, 60], LARGE]],
];

/** Plays a scene in a size. Returns what is shown then, a way to resize it, and one to quit. */
async function play(scene: Scene, [columns, rows]: Size) {
  const services = scene.services?.() ?? new FakeServices();
  const app = openApp(services, { columns, rows, initialScreen: scene.initialScreen });
  const end = async () => {
    await app.end();
    for (const run of services.runs) run.end();
  };
  try {
    await scene.play(app, services);
  } catch (error) {
    await end();
    throw error;
  }
  return { app, shown: styledText(app.screen), end };
}

/** Goes through sizes one after the other. Returns the screen when it is as expected, or what it is instead. */
async function resized(app: AppTerminal, sizes: readonly Size[], expected: string): Promise<string> {
  for (const [columns, rows] of sizes) app.resize(columns, rows);
  try {
    await app.screen.waitFor(() => styledText(app.screen) === expected, 'the screen of this size', 5000);
    return expected;
  } catch {
    // The comparison says more.
    return styledText(app.screen);
  }
}

// One after the other, since each runs several apps.
test.for(Object.entries(SCENES).filter(([, { isOfSize }]) => !isOfSize))('%s', async ([, scene]) => {
  const played = await Promise.all(
    WAYS.map(async ([start, ...ways]) => ({ start, ways, ...(await play(scene, start)) })),
  );
  try {
    await Promise.all(
      played.map(async ({ app, start, ways }) => {
        let before = start;
        for (const sizes of ways) {
          const last = sizes.at(-1)!;
          const { shown: expected } = played.find((other) => other.start === last)!;
          const name = [before, ...sizes].map((size) => size.join('x')).join(' → ');
          expect(await resized(app, sizes, expected), name).toBe(expected);
          before = last;
        }
      }),
    );
  } finally {
    await Promise.all(played.map(({ end }) => end()));
  }
});

test('a terminal that was smaller for so short that Node did not notice is drawn again', async () => {
  const app = openApp(new FakeServices());
  try {
    await app.screen.waitForText(/Next:/);
    const before = app.screen.text();
    // What is cut off is lost, as with terminals that do not reflow.
    app.screen.resize(40, 10);
    app.screen.resize(80, 24);
    expect(app.screen.text()).not.toBe(before);
    process.emit('SIGWINCH');
    await app.screen.waitFor(() => app.screen.text() === before, 'the same screen');
  } finally {
    await app.end();
  }
});

test('the screen is never shown empty', async () => {
  const app = openApp(new FakeServices());
  try {
    await app.screen.waitForText(/Next:/);
    const before = app.screen.raw.length;
    app.resize(100, 30);
    await app.screen.waitFor(() => app.screen.lines()[28] === '─'.repeat(100), 'the new size');
    const [first = ''] = app.screen.raw.slice(before).split('\u001B[?2026l');
    expect(first).toMatch(/\[\?2026h[\s\S]*\[2J[\s\S]*Handwriting recognition/);
    expect(first.indexOf('[?2026h')).toBeLessThan(first.indexOf('[2K'));
  } finally {
    await app.end();
  }
});
