import { afterEach, describe, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { fakeEvaluation, fakeMistakes } from '../helpers/fake-evaluation.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';
import { click, mouseDrag, mousePress, wheel } from '../helpers/mouse.ts';
import { withImages } from './scenes/images.ts';
import { withSamples } from './scenes/learn.ts';
import { ownData } from './scenes/own-data.ts';

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

  test.each([
    [60, 20],
    [60, 24],
    [80, 20],
  ])('the menu is whole at %dx%d, and its entries are where they are clicked', async (columns, rows) => {
    const status = fakeStatus({ models: [fakeModel({ name: 'shipped', shipped: true })] });
    app = openApp(new FakeServices(status), { columns, rows });
    await app.screen.waitForText(/❯ f {2}Fetch[\s\S]*q {2}Quit[\s\S]*Data sets none[\s\S]*for training\./);
    app.press(click(5, lineOf(/q {2}Quit/)));
    await app.screen.waitForText(/❯ q {2}Quit/);
  });

  test('a long list of models above a notice focuses what was clicked on', async () => {
    const services = new FakeServices(manyModels());
    services.currentStatus.defaultProblem = 'The default model is gone';
    app = openApp(services, { initialScreen: 'models', columns: 120, rows: 36 });
    await app.screen.waitForText(/❯ m001[\s\S]*The default model is gone/);
    app.press('end');
    await app.screen.waitForText(/❯ m040/);
    app.press(click(8, lineOf(/m030/)));
    await app.screen.waitForText(/❯ m030/);
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
    await app.screen.waitForText(/Split \(training[\s\S]*❯ ● byclass/);
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
    // Another click is not Enter.
    app.press(click(20, lineOf(/From {2}/)), 'a.zip');
    await app.screen.waitForText(/❯ From +a\.zip/);
    app.press(click(10, lineOf(/○ digits/)));
    await app.screen.waitForText(/❯ ● digits/);
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

describe('a form', () => {
  test('for an evaluation: a click on the focused model starts it, on a focused field changes it', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'evaluate' });
    await app.screen.waitForText(/❯ ● m001[\s\S]*1 of 40/);
    app.press(click(8, lineOf(/Part {2}/)));
    await app.screen.waitForText(/❯ Part .*test/);
    app.press(click(8, lineOf(/Part {2}/)));
    await app.screen.waitForText(/❯ Part .*train/);
    app.press(click(8, lineOf(/m003/)));
    await app.screen.waitForText(/❯ ● m003/);
    expect(services.evaluations).toEqual([]);
    app.press(click(8, lineOf(/m003/)));
    await app.screen.waitForText(/Loading images/);
    expect(services.evaluations[0]!.options).toMatchObject({ model: 'm003', part: 'train' });
  });

  test.each([
    [80, 24],
    [60, 20],
    [120, 36],
  ])('for training at %dx%d: rows, fields, options, and not the layers beside it', async (columns, rows) => {
    const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits', 'letters'] }));
    app = openApp(services, { initialScreen: 'train', columns, rows });
    await app.screen.waitForText(/❯ ● balanced/);
    app.press(click(8, lineOf(/○ letters/)));
    await app.screen.waitForText(/❯ ● letters/);
    app.press(click(8, lineOf(/Epochs/)));
    await app.screen.waitForText(/❯ Epochs .* 10 /);
    app.press(click(8, lineOf(/Epochs/)));
    await app.screen.waitForText(/❯ Epochs .* 11 /);
    if (columns === 120) app.press(click(100, lineOf(/Network/)));
    app.press(wheel(1));
    await app.screen.waitForText(/❯ Name/);
    // A word is often selected with a double click.
    app.press(click(8, lineOf(/Name/)), click(8, lineOf(/Name/)));
    app.press(wheel(1), wheel(1));
    await app.screen.waitForText(/❯ Options/);
    app.press(click(8, lineOf(/❯ Options/)));
    await app.screen.waitForText(/❯ Limit/);
    app.press(click(8, lineOf(/Batch size/)));
    await app.screen.waitForText(/❯ Batch size .* 128 /);
    app.press(click(8, lineOf(/Batch size/)));
    await app.screen.waitForText(/❯ Batch size .*256/);
    expect(services.runs).toEqual([]);
  });

  test('for own data: a click on a data set shows it, and its samples can be scrolled', async () => {
    const services = ownData();
    app = openApp(services, { initialScreen: 'ownData' });
    await app.screen.waitForText(/❯ From/);
    app.press(click(8, lineOf(/Stored/)));
    await app.screen.waitForText(/❯ Stored .*detected/);
    app.press(click(8, lineOf(/Stored/)));
    await app.screen.waitForText(/❯ Stored .*upright/);
    app.paste('/home/user/new');
    await app.screen.waitForText(/❯ From +\/home\/user\/new/);
    const kanji = click(8, lineOf(/kanji/));
    app.press(kanji);
    await app.screen.waitForText(/❯ kanji/);
    app.press(kanji);
    await app.screen.waitForText(/Your data: kanji[\s\S]*↓ \d+ more/);
    app.press(wheel(1));
    await app.screen.waitForText(/↑ 3 more/);
  });
});

describe('the result of an evaluation', () => {
  /** Shows the result of an evaluation. */
  async function evaluated() {
    const services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] }));
    app = openApp(services, { initialScreen: 'evaluate' });
    await app.screen.waitForText(/● balanced-cnn/);
    app.press('enter');
    await app.screen.waitForText(/Loading images/);
    const end = fakeEvaluation();
    const { feed, onMistake } = services.evaluations[0]!;
    for (const mistake of fakeMistakes(end)) onMistake!(mistake);
    feed.push(end);
    feed.end();
    await app.screen.waitForText(/❯ 1 .* 71\.5% +286 +400/);
  }

  test('in both lists, a click moves the cursor, and a second one opens the mistakes, which the wheel leafs through', async () => {
    await evaluated();
    const confusion = click(50, lineOf(/I read as L/));
    app.press(confusion);
    await app.screen.waitForText(/❯ I read as L/);
    const at = lineOf(/❯ 1|^ {3}1 /);
    app.press(click(5, at + 1));
    await app.screen.waitFor(() => /^ ❯ \w/.test(app.screen.lines()[at + 1]!), 'the next class');
    app.press(wheel(1), wheel(-1), confusion);
    await app.screen.waitForText(/❯ I read as L/);
    app.press(confusion);
    await app.screen.waitForText(/I read as L +· +1 of \d+/);
    app.press(wheel(1), wheel(1));
    await app.screen.waitForText(/I read as L +· +3 of \d+/);
    app.press(wheel(-1));
    await app.screen.waitForText(/I read as L +· +2 of \d+/);
  });

  test('in the heat map, a click moves the cursor, and a second one opens the mistakes', async () => {
    await evaluated();
    app.press('h');
    await app.screen.waitForText(/Confusion matrix[\s\S]*0 read as O/);
    const row = lineOf(/❯ 0/);
    const column = app.screen.lines()[row - 1]!.indexOf('O');
    app.press(click(column + 1, row));
    await app.screen.waitForText(/0 read as P/);
    app.press(wheel(1));
    await app.screen.waitForText(/1 read as P|1: /);
    // The matrix may have scrolled with the cursor.
    app.press(click(app.screen.lines()[lineOf(/❯ 1/) - 2]!.indexOf('O'), lineOf(/^ {3}0/)));
    await app.screen.waitForText(/0 read as O/);
    const cell = click(column, lineOf(/❯ 0/));
    app.press(cell);
    await app.screen.waitForText(/0 read as O +· +1 of/);
  });
});

test('in the viewer of images, a click chooses a class, and the wheel leafs through what it is over', async () => {
  app = openApp(withImages(), { initialScreen: 'images' });
  await app.screen.waitForText(/images 1 to 6 of[\s\S]*❯ 0 /);
  app.press(click(4, lineOf(/^ {3}3 /)));
  await app.screen.waitForText(/❯ 3 /);
  app.press(wheel(1, 60));
  await app.screen.waitForText(/3 {2}training images 7 to 12/);
  app.press(click(4, lineOf(/❯ 3 /)));
  await app.screen.waitForText(/3 {2}training images 13 to 18/);
  app.press(wheel(-1, 4));
  await app.screen.waitForText(/❯ 2 /);
  app.press('?', 'end');
  await app.screen.waitForText(/Click +focus; on the focused class: more images/);
});

test('among samples, a click chooses a label and starts nothing', async () => {
  const services = withSamples({ a: '+++++', b: '+++++', c: '+++++' });
  app = openApp(services, { initialScreen: 'learn' });
  await app.screen.waitForText(/❯ a/);
  app.press(click(5, lineOf(/^ {3}c /)));
  await app.screen.waitForText(/❯ c/);
  app.press(click(5, lineOf(/❯ c/)), wheel(-1));
  await app.screen.waitForText(/❯ b/);
  expect(services.learnRuns).toEqual([]);
  app.press('o');
  await app.screen.waitForText(/Epochs/);
  app.press(click(5, lineOf(/Epochs/)));
  await app.screen.waitForText(/❯ Epochs/);
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
