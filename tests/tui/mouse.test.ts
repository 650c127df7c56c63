import { afterEach, describe, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';
import { click, mouseDrag, mousePress, wheel } from '../helpers/mouse.ts';

/* The mouse where there is something to click on. Drawing with it is in `draw-here.test.ts`. */

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const names = Array.from({ length: 40 }, (_, index) => `m${String(index + 1).padStart(3, '0')}`);
const manyModels = () => fakeStatus({ present: ['digits'], models: names.map((name) => fakeModel({ name })) });

/** The line that matches, from 0. */
function lineOf(pattern: RegExp): number {
  const line = app.screen.lines().findIndex((text) => pattern.test(text));
  expect(line).toBeGreaterThanOrEqual(0);
  return line;
}

/** Whether the terminal was last asked to report its mouse. */
function isReported(): boolean {
  const { raw } = app.screen;
  return raw.lastIndexOf('\u001B[?1002h') > raw.lastIndexOf('\u001B[?1002l');
}

describe('a list', () => {
  test('a click moves the focus, and a click on the focused entry opens it', async () => {
    app = openApp(new FakeServices());
    await app.screen.waitForText(/❯ f {2}Fetch/);
    app.press(click(5, lineOf(/c {2}Clean/)));
    await app.screen.waitForText(/❯ c {2}Clean/);
    app.press(click(5, lineOf(/e {2}Evaluate/)));
    await app.screen.waitForText(/❯ e {2}Evaluate/);
    app.press(wheel(1), wheel(1), wheel(-1));
    await app.screen.waitForText(/❯ m {2}Models/);
    app.press(click(5, lineOf(/m {2}Models/)));
    await app.screen.waitForText(/^ Models/);
  });

  test('a double click opens what its first click focused', async () => {
    app = openApp(new FakeServices());
    await app.screen.waitForText(/❯ f {2}Fetch/);
    const clean = click(5, lineOf(/c {2}Clean/));
    app.press(clean + clean);
    await app.screen.waitForText(/Free disk space/);
  });

  test('the second click does nothing on a screen that the first one opened', async () => {
    const services = new FakeServices();
    app = openApp(services);
    await app.screen.waitForText(/❯ f {2}Fetch/);
    const fetch = click(5, lineOf(/f {2}Fetch/));
    app.press(fetch + fetch, 'down');
    // Balanced had the focus when it was opened.
    await app.screen.waitForText(/Split \(training[\s\S]*❯ ○ byclass/);
    expect(services.fetches).toEqual([]);
  });

  test('a long list that scrolls under the mouse opens what was clicked on', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'draw' });
    await app.screen.waitForText(/Draw with shipped/);
    app.press('m');
    await app.screen.waitForText(/❯ . m001[\s\S]*1 of 40/);
    const last = click(8, lineOf(/m015/));
    app.press(last);
    await app.screen.waitForText(/❯ . m015[\s\S]*15 of 40/);
    app.press(last + last);
    await app.screen.waitForText(/^ Draw with m0/);
    expect(services.servers[0]!.models).toHaveLength(1);
  });

  test('in the form for fetching, a click on the source field focuses it', async () => {
    app = openApp(new FakeServices(), { initialScreen: 'fetch' });
    await app.screen.waitForText(/❯ ● balanced/);
    app.press(click(10, lineOf(/From {2}/)));
    await app.screen.waitForText(/❯ From/);
    app.press(click(10, lineOf(/○ digits/)));
    await app.screen.waitForText(/❯ ○ digits/);
  });

  test('in the form for cleaning, a click on the focused entry selects it', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'clean' });
    await app.screen.waitForText(/❯ \[ \] Data sets/);
    // On its path, below its name.
    app.press(click(8, lineOf(/Models/) + 1));
    await app.screen.waitForText(/❯ \[ \] Models/);
    app.press(click(8, lineOf(/Models/)));
    await app.screen.waitForText(/❯ \[x\] Models/);
  });
});

describe('a confirmation', () => {
  test('its answers can be clicked, and what it covers cannot', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'clean' });
    await app.screen.waitForText(/❯ \[ \] Data sets/);
    app.press('down', 'space', 'enter');
    await app.screen.waitForText(/Delete models\?[\s\S]*\[n\] keep everything/);
    app.press(wheel(-1), wheel(-1), click(8, 2));
    app.press(click(8, lineOf(/\[n\] keep/)));
    await app.screen.waitForText(/❯ \[x\] Models/);
    expect(services.cleaned).toEqual([]);
    app.press('enter');
    await app.screen.waitForText(/\[y\] delete/);
    app.press(click(8, lineOf(/\[y\] delete/)));
    await app.screen.waitForText(/Freed/);
  });
});

test('hints can be clicked', async () => {
  app = openApp(new FakeServices(manyModels()), { initialScreen: 'clean' });
  await app.screen.waitForText(/❯ \[ \] Data sets/);
  const hints = app.screen.lines().at(-1)!;
  app.press(click(hints.indexOf('Space'), 23));
  await app.screen.waitForText(/❯ \[x\] Data sets/);
  app.press(click(app.screen.lines().at(-1)!.indexOf('back'), 23));
  await app.screen.waitForText(/Next:/);
});

test('the wheel scrolls help', async () => {
  app = openApp(new FakeServices(), { initialScreen: 'help', columns: 60, rows: 20 });
  await app.screen.waitForText(/emnist-tui fetches/);
  app.press(wheel(1));
  await app.screen.waitForText(/↑ 3 more/);
  app.press(wheel(-1));
  await app.screen.waitForText(/emnist-tui fetches/);
});

test('keys and the mouse are handled in the order in which they arrive', async () => {
  app = openApp(new FakeServices(manyModels()));
  await app.screen.waitForText(/❯ f {2}Fetch/);
  // The list of storage has its second entry on the third line of the body.
  app.press(`c${click(8, 4)}${wheel(1)} `);
  await app.screen.waitForText(/❯ \[[x ]\] Samples/);
});

test('no part of a sequence becomes text', async () => {
  app = openApp(new FakeServices(), { initialScreen: 'fetch' });
  await app.screen.waitForText(/❯ ● balanced/);
  app.press('tab', 'a');
  await app.screen.waitForText(/From {2}a/);
  const burst = `/data${mouseDrag(3, 3)}/x${mousePress(60, 20)}.zip${mouseDrag(70, 20)}`;
  app.press(burst.slice(0, 8), burst.slice(8, 13), burst.slice(13));
  await app.screen.waitForText(/From {2}a\/data\/x\.zip ?$/m);
});

describe('the mouse is reported', () => {
  test('only where it is used, and not after the end', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services);
    await app.screen.waitForText(/❯ f {2}Fetch/);
    await app.screen.waitFor(isReported, 'the mouse');
    // Its address is there to be selected.
    app.press('d');
    await app.screen.waitForText(/Waiting for the page/);
    await app.screen.waitFor(() => !isReported(), 'no mouse');
    app.press('h');
    await app.screen.waitForText(/drawing here/);
    await app.screen.waitFor(isReported, 'the mouse');
    await app.end();
    expect(isReported()).toBe(false);
  });

  test.each([
    { TERM: 'linux', LANG: 'C.UTF-8' },
    { TERM: 'dumb', LANG: 'C.UTF-8' },
    { TERM: 'xterm-256color', LANG: 'C.UTF-8', EMNIST_TUI_MOUSE: '0' },
  ])('never with %j', async (env) => {
    app = openApp(new FakeServices(), { env });
    await app.screen.waitForText(/f {2}Fetch/);
    app.press('down', click(5, 8), '?');
    await app.screen.waitForText(/Everywhere/);
    expect(app.screen.text()).not.toContain('click');
    expect(app.screen.raw).not.toContain('\u001B[?1002h');
  });
});
