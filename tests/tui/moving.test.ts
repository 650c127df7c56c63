import { afterEach, describe, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';
import { trainEpoch, trainStart } from '../helpers/run-events.ts';
import { styledText } from '../helpers/styled-text.ts';

/* Moving about: which screen is shown, which of its keys work, and what Esc returns to. */

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${String(index + 1).padStart(3, '0')}`);
const manyModels = (count = 300) =>
  fakeStatus({ present: ['digits'], models: names(count).map((name) => fakeModel({ name })) });
const digits = () => fakeStatus({ present: ['digits'], models: [fakeModel({ name: 'digits-cnn' })] });

async function training(services = new FakeServices(digits())) {
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const run = services.runs[0]!;
  run.push(trainStart(), ...trainEpoch(1).slice(0, 20));
  await app.screen.waitForText(/298\/595/);
  return run;
}

async function fetching(services = new FakeServices()) {
  app = openApp(services, { initialScreen: 'fetch' });
  await app.screen.waitForText(/Split \(training/);
  app.press('enter');
  await app.screen.waitForText(/Fetching balanced/);
  return services.fetches[0]!;
}

async function evaluating(services = new FakeServices(digits())) {
  app = openApp(services, { initialScreen: 'evaluate' });
  await app.screen.waitForText(/● digits-cnn/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  return services.evaluations[0]!;
}

describe('Esc goes one level back', () => {
  test('from a form or from Draw to the list of models that it was opened from, with its selection', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ m001/);
    app.press('down', 'down', 'pageDown', 'up');
    await app.screen.waitForText(/❯ m0(0[3-9]|[1-9]\d)/);
    app.press('/', '016', 'enter', 'escape');
    await app.screen.waitForText(/❯ m016[\s\S]*16 of 300/);
    app.press('e');
    await app.screen.waitForText(/❯ ● m016[\s\S]*Split/);
    app.press('escape');
    await app.screen.waitForText(/Models .*\n[\s\S]*❯ m016/);
    app.press('d');
    await app.screen.waitForText(/no page/);
    app.press('escape');
    await app.screen.waitForText(/Models .*\n[\s\S]*❯ m016/);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
  });

  test('from a result to the form, with what was entered', async () => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('down', 'tab', '/data/x.zip', 'enter');
    await app.screen.waitForText(/Fetching byclass/);
    services.fetches[0]!.feed.end(new Error('it failed'));
    await app.screen.waitForText(/it failed/);
    app.press('escape');
    await app.screen.waitForText(/● byclass[\s\S]*From +\/data\/x\.zip/);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
  });

  test('from an evaluation to the result of the training run', async () => {
    const run = await training();
    run.push({
      ...{ event: 'end', reason: 'completed', model: 'digits-cnn', epochs: 1, seconds: 1 },
      validationAccuracy: 0.9,
    });
    run.end();
    await app.screen.waitForText(/The model is digits-cnn/);
    app.press('e');
    await app.screen.waitForText(/● digits-cnn[\s\S]*Part/);
    app.press('escape');
    await app.screen.waitForText(/The model is digits-cnn/);
    app.press('escape');
    await app.screen.waitForText(/Epochs/);
  });

  test('a screen opened with a menu key leads home', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ m001/);
    app.press('c');
    await app.screen.waitForText(/Free disk space/);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
    app.press('escape');
    app.press('m');
    await app.screen.waitForText(/❯ m001/);
  });
});

describe('help', () => {
  test('leaves a form as it was', async () => {
    app = openApp(new FakeServices(digits()), { initialScreen: 'train' });
    await app.screen.waitForText(/Epochs/);
    app.press('tab', 'down', '7');
    await app.screen.waitForText(/❯ Epochs +‹ 7 ›/);
    app.press('?');
    await app.screen.waitForText(/On this screen/);
    app.press('escape');
    await app.screen.waitForText(/❯ Epochs +‹ 7 ›/);
  });

  test('leaves something that runs alone; menu keys do not leave it behind', async () => {
    const { signal } = await fetching();
    app.press('?');
    await app.screen.waitForText(/On this screen/);
    app.press('m', 't');
    // The keys of the screen, then help, then the screen again.
    app.press('?');
    await app.screen.waitForText(/Everywhere +/);
    app.press('?');
    await app.screen.waitForText(/Fetching balanced/);
    expect(signal.aborted).toBe(false);
  });

  test('does not close the canvas server', async () => {
    const services = new FakeServices(digits());
    app = openApp(services, { initialScreen: 'draw' });
    await app.screen.waitForText(/no page/);
    app.press('?');
    await app.screen.waitForText(/On this screen/);
    app.press('escape');
    await app.screen.waitForText(/no page/);
    expect(services.servers).toHaveLength(1);
    expect(services.servers[0]!.closed).toBe(false);
  });

  test.each([
    [60, 20],
    [80, 24],
    [200, 60],
  ])('shows all of its text at %dx%d, if need be by scrolling', async (columns, rows) => {
    app = openApp(new FakeServices(), { initialScreen: 'help', columns, rows });
    const first = await app.screen.waitForText(/emnist-tui fetches/);
    app.press('end');
    await app.screen.waitForText(/Drawing +Enter confirm[\s\S]*o browser/);
    expect(/\d more/.test(first)).toBe(rows < 60);
  });
});

describe('the list of keys', () => {
  test('names the keys of the form below, and ? leads to help and back', async () => {
    app = openApp(new FakeServices(digits()), { initialScreen: 'evaluate' });
    await app.screen.waitForText(/● digits-cnn/);
    app.press('?');
    const keys = await app.screen.waitForText(/Keys: Evaluate a model/);
    expect(keys).toMatch(/Home, g +to the first/);
    expect(keys).toMatch(/Menu[\s\S]*t +train/);
    app.press('?');
    await app.screen.waitForText(/emnist-tui fetches/);
    app.press('?');
    await app.screen.waitForText(/● digits-cnn[\s\S]*Part/);
  });

  test('has no keys of the menu where they do not work', async () => {
    await fetching();
    app.press('?');
    const keys = await app.screen.waitForText(/Keys: Fetch/);
    expect(keys).toMatch(/x +stop now/);
    expect(keys).not.toMatch(/models|evaluate/);
  });

  test('T switches between the colors for a light and a dark background, if there are any', async () => {
    app = openApp(new FakeServices(digits()), { initialScreen: 'models' });
    await app.screen.waitForText(/digits-cnn/);
    app.press('?');
    await app.screen.waitForText(/T light\/dark/);
    const looks = [styledText(app.screen)];
    for (let times = 0; times < 2; times++) {
      app.press('T');
      await app.screen.waitFor(() => !looks.includes(styledText(app.screen)), 'other colors');
      looks.push(styledText(app.screen));
    }
    await app.end();
    app = openApp(new FakeServices(digits()), {
      initialScreen: 'help',
      env: { TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '1' },
    });
    expect(await app.screen.waitForText(/Everywhere/)).not.toContain('light/dark');
  });
});

test('g and G go to the ends of a list', async () => {
  app = openApp(new FakeServices(manyModels()), { initialScreen: 'models' });
  await app.screen.waitForText(/❯ m001/);
  app.press('G');
  await app.screen.waitForText(/❯ m300/);
  app.press('g');
  await app.screen.waitForText(/❯ m001/);
});

describe('while something runs, Esc asks, x stops it, and q asks whether to quit', () => {
  const WORK = [
    ['fetching', fetching, /Cancel the download\?/, /Fetching balanced/],
    ['evaluating', evaluating, /Stop the evaluation\?/, /Loading images/],
  ] as const;

  test.each(WORK)('%s', async (_name, start, question, progress) => {
    const { signal } = await start();
    app.press('escape');
    await app.screen.waitForText(question);
    app.press('escape');
    await app.screen.waitForText(progress);
    app.press('q');
    await app.screen.waitForText(/Quit\?/);
    app.press('n');
    await app.screen.waitForText(progress);
    expect(signal.aborted).toBe(false);
    app.press('x');
    await app.screen.waitForText(/Canceled\./);
    expect(signal.aborted).toBe(true);
  });

  test('training continues after Esc, so there x asks', async () => {
    const run = await training();
    app.press('x');
    await app.screen.waitForText(/Stop the training run\?/);
    app.press('escape');
    await app.screen.waitForText(/298\/595/);
    app.press('q');
    await app.screen.waitForText(/Quit\?/);
    app.press('n');
    await app.screen.waitForText(/298\/595/);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
    expect(run.calls).toEqual([]);
    app.press('t', 'x', 'y');
    await app.screen.waitForText(/No epoch was completed/);
    expect(run.calls).toEqual(['stop batch stopped']);
  });
});

describe('a question goes away once its moment has passed', () => {
  test.each([
    ['x', /Stop the training run\?/],
    ['q', /Quit\?/],
  ])('training has ended (%s)', async (key, question) => {
    const run = await training();
    app.press(key);
    await app.screen.waitForText(question);
    run.push({
      ...{ event: 'end', reason: 'completed', model: 'digits-cnn', epochs: 1, seconds: 1 },
      validationAccuracy: 0.9,
    });
    run.end();
    await app.screen.waitForText(/The model is digits-cnn/);
    app.press('y', 'm');
    await app.screen.waitForText(/❯ digits-cnn/);
  });

  test.each([
    ['escape', /Cancel the download\?/],
    ['q', /Quit\?/],
  ])('the download has ended (%s)', async (key, question) => {
    const { feed } = await fetching();
    app.press(key);
    await app.screen.waitForText(question);
    feed.push({ event: 'end', split: 'balanced', trainImages: 84524, testImages: 9400, bytes: 30e6 });
    feed.end();
    await app.screen.waitForText(/84,524 training/);
  });

  test.each([
    ['escape', /Stop the evaluation\?/],
    ['q', /Quit\?/],
  ])('the evaluation has failed (%s)', async (key, question) => {
    const { feed } = await evaluating();
    app.press(key);
    await app.screen.waitForText(question);
    feed.end(new Error('out of order'));
    await app.screen.waitForText(/out of order/);
  });

  test('what would be deleted is gone', async () => {
    const services = new FakeServices(digits());
    app = openApp(services, { initialScreen: 'clean' });
    await app.screen.waitForText(/❯ \[ \] Data sets/);
    app.press('space', 'enter');
    await app.screen.waitForText(/Delete data sets\?/);
    services.currentStatus = fakeStatus();
    await app.screen.waitForText(/Data sets +empty/);
    expect(services.cleaned).toEqual([]);
  });
});

describe('a terminal that is too small', () => {
  test.each([
    [59, 24],
    [40, 10],
    [20, 5],
    [20, 3],
    [20, 1],
    [10, 2],
  ])('%dx%d: q quits if nothing runs', async (columns, rows) => {
    app = openApp(new FakeServices(), { columns, rows });
    await app.screen.waitForText(/q: quit|quit with q/);
    app.press('q');
    expect(await app.result).toMatchObject({ exitCode: 0 });
  });

  test.each([
    [59, 24],
    [40, 10],
    [20, 5],
    [20, 3],
    [20, 2],
    [20, 1],
  ])('%dx%d: a question is shown and can be answered', async (columns, rows) => {
    const run = await training();
    app.resize(columns, rows);
    await app.screen.waitForText(/q: quit|quit with q/);
    app.press('q');
    const text = await app.screen.waitForText(/Quit\?/);
    expect(text).toMatch(rows < 3 ? /y\/N/ : /\[n\][\s\S]*\[y\]/);
    app.press('n');
    await app.screen.waitForText(/q: quit|quit with q/);
    app.press('q', 'down', 'enter');
    expect(await app.result).toMatchObject({ exitCode: 0 });
    expect(run.calls).toEqual(['stop batch stopped']);
  });

  test('shows the question that was open before it was made smaller', async () => {
    await training();
    app.press('x');
    await app.screen.waitForText(/Stop the training run\?/);
    app.resize(30, 4);
    await app.screen.waitForText(/Stop the training run\?[\s\S]*\[y\] stop it/);
    app.press('n');
    await app.screen.waitForText(/q: quit|quit with q/);
  });

  test('no key acts on a screen that is not shown', async () => {
    const run = await training();
    app.resize(40, 10);
    await app.screen.waitForText(/quit with q/);
    app.press('space', 's', 'x', 'escape', '?', 'm', 'q');
    // The last of them shows that the others have been handled.
    await app.screen.waitForText(/Quit\?/);
    app.press('n');
    await app.screen.waitForText(/quit with q/);
    expect(run.calls).toEqual([]);
    app.resize(80, 24);
    await app.screen.waitForText(/298\/595/);
  });

  test('a text field does not keep q from quitting', async () => {
    app = openApp(new FakeServices(), { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('tab', 'x');
    await app.screen.waitForText(/From +x/);
    app.resize(40, 10);
    await app.screen.waitForText(/quit with q/);
    app.press('q');
    expect(await app.result).toMatchObject({ exitCode: 0 });
  });

  test('while a task is being stopped, Ctrl-C says how to force it', async () => {
    const run = await training();
    app.resize(20, 5);
    await app.screen.waitForText(/q: quit/);
    run.onStop = () => {};
    app.press('ctrl+c');
    await app.screen.waitForText(/Shutting down\./);
    app.press('ctrl+c');
    expect(await app.result).toMatchObject({ exitCode: 130, forced: true });
    run.end();
  });
});

describe('a long question', () => {
  test('keeps its answers on the screen', async () => {
    const services = new FakeServices(digits());
    for (const entry of services.currentStatus.storage) entry.path = `/home/${'long-name/'.repeat(60)}`;
    app = openApp(services, { initialScreen: 'clean', columns: 60, rows: 20 });
    await app.screen.waitForText(/❯ \[ \] Data sets/);
    app.press('space', 'down', 'space', 'enter');
    await app.screen.waitForText(/Delete data sets and models\?[\s\S]*❯ \[n\] keep everything\n +\[y\] delete/);
  });
});

describe('a list of 300 models', () => {
  const SIZES = [
    [60, 20],
    [80, 24],
    [200, 60],
  ] as const;

  test.each(SIZES)('the selection is visible at %dx%d, and the position is shown', async (columns, rows) => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models', columns, rows });
    await app.screen.waitForText(/❯ m001[\s\S]* 1 of 300 {2}↓ \d+ more/);
    app.press('end');
    await app.screen.waitForText(/❯ m300[\s\S]* 300 of 300 {2}↑ \d+ more/);
    app.press('pageUp');
    await app.screen.waitForText(/❯ m2\d\d[\s\S]*of 300 {2}↑ \d+ more {2}↓ \d+ more/);
    app.press('home');
    await app.screen.waitForText(/❯ m001/);
    app.press('pageDown', 'pageDown');
    await app.screen.waitForText(/❯ m(0[1-9]|1)\d/);
  });

  test('what is above, shown and below adds up', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ m001/);
    for (let press = 0; press < 20; press++) app.press('pageDown');
    const text = await app.screen.waitForText(/❯ m1\d\d/);
    const [, above, below] = /↑ (\d+) more {2}↓ (\d+) more/.exec(text)!;
    expect(Number(above) + text.match(/\bm\d{3} {2}/g)!.length + Number(below)).toBe(300);
  });

  test('the selection stays visible when the size changes', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models', columns: 200, rows: 60 });
    await app.screen.waitForText(/❯ m001/);
    app.press('end', 'up', 'up');
    await app.screen.waitForText(/❯ m298/);
    for (const [columns, rows] of [
      [60, 20],
      [40, 10],
      [80, 24],
      [60, 30],
    ] as const) {
      app.resize(columns, rows);
      await app.screen.waitForText(columns < 60 ? /quit with q/ : /❯ m298/);
    }
  });

  test.each(['models', 'evaluate'] as const)('/ filters it by name: %s', async (initialScreen) => {
    const status = fakeStatus({
      present: ['digits'],
      models: [...names(300), 'Mine-A', 'mine-b'].map((name) => fakeModel({ name })),
    });
    app = openApp(new FakeServices(status), { initialScreen });
    await app.screen.waitForText(/❯.* m001/);
    app.press('/', 'mine');
    await app.screen.waitForText(/❯.* Mine-A[\s\S]*mine-b[\s\S]*\/mine {3,}1 of 2 matching/);
    app.press('down');
    await app.screen.waitForText(/❯.* mine-b/);
    app.press('qd');
    await app.screen.waitForText(/\/mineqd .*no matches/);
    app.press('backspace', 'backspace', 'enter', 'down');
    await app.screen.waitForText(/❯.* mine-b/);
    app.press('escape');
    await app.screen.waitForText(/❯.* mine-b[\s\S]*302 of 302/);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
  });

  test('an evaluation is of the model that was filtered', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'evaluate' });
    await app.screen.waitForText(/❯ ● m001/);
    app.press('tab', '/', '277', 'enter', 'enter');
    await app.screen.waitForText(/Loading images/);
    expect(services.evaluations[0]!.options).toMatchObject({ model: 'm277' });
  });

  test('without a match, nothing can be started', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'evaluate' });
    await app.screen.waitForText(/❯ ● m001/);
    app.press('/', 'xyz', 'enter', 'enter');
    await app.screen.waitForText(/no matches/);
    app.press('escape');
    await app.screen.waitForText(/❯ ● m001/);
    expect(services.evaluations).toEqual([]);
  });

  test('the chosen model stays in view while a field has the focus', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'evaluate' });
    await app.screen.waitForText(/❯ ● m001/);
    app.press('tab');
    await app.screen.waitForText(/ {3}● m001[\s\S]*❯ Split/);
  });

  test('without Unicode, the marks are ASCII', async () => {
    const env = { TERM: 'xterm', LANG: 'C' };
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models', env });
    await app.screen.waitForText(/> m001/);
    app.press('pageDown', 'pageDown');
    const text = await app.screen.waitForText(/of 300 {2}\^ \d+ more {2}v \d+ more/);
    expect(text).toMatch(/^[\n -~]*$/);
  });

  test('the selection stays on the same model when another program adds one', async () => {
    const services = new FakeServices(manyModels());
    app = openApp(services, { initialScreen: 'evaluate' });
    await app.screen.waitForText(/❯ ● m001/);
    app.press('down', 'down', 'space', '?');
    await app.screen.waitForText(/On this screen/);
    services.currentStatus = manyModels();
    services.currentStatus.models = [fakeModel({ name: 'a-new-one' }), ...services.currentStatus.models];
    app.press('escape');
    await app.screen.waitForText(/○ a-new-one[\s\S]*❯ ● m003/);
  });
});

describe('text is never taken for menu keys', () => {
  const PATHS = [
    '/home/me/gzip.zip',
    '~/gzip.zip',
    './data/gzip.zip',
    'data/gzip.zip',
    'https://example.org/gzip.zip',
    'C:\\data\\gzip.zip',
    '/tmp/été/ダウンロード.zip',
    // Each menu key as the first letter.
    ...['fetch', 'train', 'draw', 'emnist', 'mnist', 'clean', 'quick', 'x'].map((name) => `${name}.zip`),
  ];

  test.each(PATHS)('a path typed in the fetch form goes to its field: %s', async (file) => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/❯ ● balanced/);
    for (const character of file) app.press(character);
    await app.screen.waitForText(/❯ From/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced/);
    expect(services.fetches[0]!.options.from).toBe(file);
  });

  test.each(PATHS)('pasted without bracketed paste: %s', async (file) => {
    app = openApp(new FakeServices(), { initialScreen: 'fetch' });
    await app.screen.waitForText(/❯ ● balanced/);
    app.press(file);
    await app.screen.waitFor(() => app.screen.text().includes(`❯ From  ${file} `), 'the path in the field');
  });

  test.each(['home', 'models', 'images', 'evaluate', 'train', 'draw', 'learn', 'clean', 'help'] as const)(
    'pasted where there is no field, it does nothing: %s',
    async (initialScreen) => {
      const services = new FakeServices(digits());
      app = openApp(services, { initialScreen });
      await app.screen.waitForText(/emnist-tui 0\.1\.0/);
      await app.screen.waitFor(() => !/Checking|Starting/.test(app.screen.text()), 'the screen');
      app.paste('/home/me/gzip.zip\n');
      app.paste('q');
      app.paste('tmedc q\r');
      app.press('home/me/gzip.zip q\r');
      // Arrow keys and Esc are not part of the text. What they do shows that it has been read, and on which screen.
      app.press(...(initialScreen === 'home' ? (['down', 'down'] as const) : (['escape'] as const)));
      await app.screen.waitForText(initialScreen === 'home' ? /❯ d/ : /Next:/);
      expect(services.evaluations).toEqual([]);
      expect(services.runs).toEqual([]);
    },
  );

  test('pasted into a filter, it is looked for', async () => {
    app = openApp(new FakeServices(manyModels()), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ m001/);
    app.press('/');
    await app.screen.waitForText(/Esc clear/);
    app.paste('m123');
    await app.screen.waitForText(/❯ m123/);
  });

  test('help works in a form for a path, until its field has the focus; the last line says so', async () => {
    app = openApp(new FakeServices(), { initialScreen: 'fetch' });
    await app.screen.waitForText(/❯ ● balanced/);
    expect(app.screen.lines().at(-1)).toMatch(/Esc back {3}\? help$/);
    app.press('down', '?');
    await app.screen.waitForText(/On this screen/);
    app.press('escape');
    await app.screen.waitForText(/❯ ● byclass/);
    app.press('tab', '?q');
    await app.screen.waitForText(/From +\?q/);
    expect(app.screen.lines().at(-1)).toMatch(/Esc back$/);
  });

  test('quitting and help work in the form for training, until the name has the focus; the last line says so', async () => {
    app = openApp(new FakeServices(digits()), { initialScreen: 'train' });
    await app.screen.waitForText(/❯ ● digits/);
    app.press('shift+tab', 'shift+tab', 'shift+tab', '?q');
    await app.screen.waitForText(/❯ Name +\?q/);
    expect(app.screen.lines().at(-1)).toMatch(/Esc back$/);
    app.press('up');
    await app.screen.waitForText(/❯ From/);
    expect(app.screen.lines().at(-1)).toMatch(/Esc back {3}\? help {3}q quit$/);
    app.press('q');
    expect(await app.result).toMatchObject({ exitCode: 0 });
  });

  test.each(['models', 'evaluate', 'draw'] as const)('the narrowest screen names the way back: %s', async (screen) => {
    const status = fakeStatus({ present: ['digits'], models: [fakeModel({ resumable: true })] });
    app = openApp(new FakeServices(status), { initialScreen: screen, columns: 60, rows: 20 });
    await app.screen.waitForText(/balanced-cnn|no page/);
    expect(app.screen.lines().at(-1)).toMatch(/Esc back/);
  });
});
