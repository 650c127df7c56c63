import { describe, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { styledText } from '../helpers/styled-text.ts';
import { SCENES, type Scene } from './golden-scenes.ts';

/* However the terminal got its size, the app looks as if it had been started in it. */

type Size = readonly [columns: number, rows: number];

async function play(scene: Scene, [columns, rows]: Size, then: (app: AppTerminal) => Promise<string>): Promise<string> {
  const services = scene.services?.() ?? new FakeServices();
  const app = openApp(services, { columns, rows, initialScreen: scene.initialScreen });
  try {
    await scene.play(app, services);
    return await then(app);
  } finally {
    await app.end();
    for (const run of services.runs) run.end();
  }
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

const SMALLER: Size = [60, 20];
const WAYS: readonly (readonly [string, Size, readonly Size[]])[] = [
  ['narrower', [100, 24], [[64, 24]]],
  ['wider', [64, 24], [[100, 24]]],
  ['lower', [80, 40], [[80, 20]]],
  ['higher', [80, 20], [[80, 40]]],
  ['narrower and higher', [120, 24], [[60, 50]]],
  ['narrower and lower, in steps', [140, 45], [[120, 40], [101, 33], [85, 28], SMALLER]],
  [
    'too small and back',
    [80, 24],
    [
      [20, 5],
      [5, 1],
      [80, 24],
    ],
  ],
  [
    'back and forth',
    [100, 30],
    [
      [64, 30],
      [100, 30],
      [60, 20],
      [200, 60],
      [64, 22],
    ],
  ],
];

describe.each(WAYS)('%s', (_name, start, sizes) => {
  test.concurrent.for(Object.keys(SCENES))('%s', async (name, { expect }) => {
    const scene = SCENES[name]!;
    const last = sizes.at(-1)!;
    const expected = await play(scene, last, async (app) => styledText(app.screen));
    expect(await play(scene, start, (app) => resized(app, sizes, expected))).toBe(expected);
  });
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
