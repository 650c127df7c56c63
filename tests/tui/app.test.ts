import { afterEach, describe, expect, test } from 'vitest';
import { isOwnSource } from '../../src/core/dataset/source.ts';
import { SPLITS } from '../../src/core/dataset/splits.ts';
import { EmnistError } from '../../src/core/errors.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FAKE_READER } from '../helpers/fake-server.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../helpers/run-events.ts';

const ESCAPE = '\u001B';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

/** The app in the middle of a run's fourth epoch. */
async function training(services: FakeServices, size: { columns?: number; rows?: number; depth?: number } = {}) {
  app = openApp(services, { initialScreen: 'train', ...size });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const run = services.runs[0]!;
  run.push(trainStart());
  for (let epoch = 1; epoch <= 3; epoch++) run.push(...trainEpoch(epoch), trainEpochEnd(epoch));
  run.push(...trainEpoch(4).slice(0, 20));
  await app.screen.waitForText(/Epoch +4\/10/);
  await app.screen.waitForText(/298\/595/);
  return run;
}

const digits = () =>
  fakeStatus({ present: ['digits'], models: [fakeModel({ name: 'digits-cnn', training: { split: 'digits' } })] });

/** The frame fills the terminal: rules on the second and the second-to-last line, key hints on the last. */
function isFullFrame(lines: string[], columns: number, rows: number): boolean {
  const rule = '─'.repeat(columns);
  return lines.length === rows && lines[1] === rule && lines[rows - 2] === rule && / \S/.test(lines[rows - 1]!);
}

function expectFullFrame(lines: string[], columns: number, rows: number): void {
  expect(isFullFrame(lines, columns, rows), lines.join('\n')).toBe(true);
}

describe('home', () => {
  test('shows the menu, the status and the next step', async () => {
    app = openApp(new FakeServices());
    const text = await app.screen.waitForText(/Next: press f to fetch images/);
    for (const entry of [
      'f  Fetch',
      't  Train',
      'd  Draw',
      'e  Evaluate',
      'm  Models',
      'c  Clean',
      '?  Help',
      'q  Quit',
    ]) {
      expect(text).toContain(entry);
    }
    expect(text).toContain('2 threads, WebAssembly relaxed SIMD');
    expectFullFrame(app.screen.lines(), 80, 24);
  });

  test('on the narrowest screen, it counts the data sets that it cannot name, and says their size', async () => {
    app = openApp(new FakeServices(fakeStatus({ present: SPLITS })), { columns: 60, rows: 20 });
    await app.screen.waitForText(/Data sets balanced, byclass, bymerge, 3 more \(180 MB\)/);
  });

  test('opens screens with the arrow keys and Enter, returns with Esc', async () => {
    app = openApp(new FakeServices());
    await app.screen.waitForText(/❯ f {2}Fetch/);
    app.press('up', 'up', 'enter');
    await app.screen.waitForText(/Everywhere/);
    app.press('escape');
    await app.screen.waitForText(/❯ \? {2}Help/);
  });

  test('keys that arrive together are handled one after the other', async () => {
    app = openApp(new FakeServices());
    await app.screen.waitForText(/❯ f {2}Fetch/);
    app.press('down', 'down', 'down', 'down', 'down', 'down', 'down', 'enter', 'space', 'down');
    await app.screen.waitForText(/❯ \[ \] Models/);
  });

  test('says why the status could not be loaded', async () => {
    const services = new FakeServices();
    services.status = async () => {
      throw new EmnistError('file-forbidden', 'cannot read the models folder', { path: '/models' });
    };
    app = openApp(services);
    const text = await app.screen.waitForText(/Error: cannot read the models folder/);
    expect(text).toContain('What to do: change its permissions');
  });
});

describe('fetch', () => {
  test('fetches from a pasted path, shows progress and offers training', async () => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/❯ ● balanced/);
    app.paste(' /data/my archive.zip\n');
    await app.screen.waitForText(/From +\/data\/my archive\.zip/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced/);
    const [fetch] = services.fetches;
    expect(fetch!.options).toMatchObject({ split: 'balanced', from: '/data/my archive.zip' });
    fetch!.feed.push(
      { event: 'start', split: 'balanced', source: '/data/my archive.zip' },
      { event: 'progress', split: 'balanced', bytes: 15e6, total: 30e6, bytesPerSecond: 5e6 },
    );
    const text = await app.screen.waitForText(/50%/);
    expect(text).toMatch(/15 MB of 30 MB {2}· {2}5 MB\/s {2}· {2}3s left/);
    services.currentStatus = fakeStatus({ present: ['balanced'] });
    fetch!.feed.push({ event: 'end', split: 'balanced', trainImages: 84524, testImages: 9400, bytes: 30e6 });
    fetch!.feed.end();
    await app.screen.waitForText(/84,524 training and 9,400 test images/);
    app.press('enter');
    await app.screen.waitForText(/❯ ● balanced .*84,524 images/);
  });

  test('says what it waits for until there is progress', async () => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced/);
    const { feed } = services.fetches[0]!;
    const since = new Date(2026, 2, 1, 12, 0, 5).toISOString();
    const lock = { folder: '/data', host: 'other', process: 4711, since, isRunning: true };
    feed.push(
      { event: 'start', split: 'balanced', source: 'NIST' },
      { event: 'waiting', split: 'balanced', for: 'process', ...lock },
    );
    const text = await app.screen.waitForText(/waiting for it to\s+finish/);
    expect(text).toMatch(
      /Another fetch into \/data is running \(process 4711 on other, since\s+2026-03-01\s+12:00:05\)/,
    );
    expect(text).toMatch(/Or\s+cancel this one/);
    feed.push({ event: 'waiting', split: 'balanced', for: 'server', host: 'example.org', seconds: 11 });
    await app.screen.waitForText(/Waiting for example\.org to send something \(11s\)/);
    feed.push({ event: 'progress', split: 'balanced', bytes: 15e6, total: 30e6, bytesPerSecond: 5e6 });
    expect(await app.screen.waitForText(/50%/)).not.toMatch(/Waiting/);
  });

  test('asks before canceling, and says that the download can be resumed', async () => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced/);
    app.press('escape');
    await app.screen.waitForText(/Cancel the download\?/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced/);
    expect(services.fetches[0]!.signal.aborted).toBe(false);
    app.press('c');
    await app.screen.waitForText(/Cancel the download\?/);
    app.press('y');
    await app.screen.waitForText(/Canceled\. The next fetch resumes the download/);
    expect(services.fetches[0]!.signal.aborted).toBe(true);
  });

  test('shows an error and its hint, and can be retried', async () => {
    const services = new FakeServices();
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('enter');
    await app.screen.waitForText(/Fetching/);
    services.fetches[0]!.feed.end(
      new EmnistError('host-unreachable', 'cannot connect to example.org', {
        host: 'example.org',
        systemCode: 'ECONNREFUSED',
      }),
    );
    const text = await app.screen.waitForText(/Error: cannot connect to example\.org/);
    expect(text).toContain('What to do: check the network connection');
    app.press('enter');
    await app.screen.waitForText(/Split \(training/);
  });

  test('an invalid URL is an error like any other', async () => {
    const services = new FakeServices();
    services.isOwnSource = isOwnSource;
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.paste('ftp://example.org/gzip.zip');
    await app.screen.waitForText(/❯ From +ftp:/);
    app.press('enter');
    await app.screen.waitForText(/Fetching balanced from ftp:/);
    services.fetches[0]!.feed.end(
      new EmnistError('source-invalid', 'cannot fetch from a "ftp" URL', { source: 'ftp://example.org/gzip.zip' }),
    );
    await app.screen.waitForText(/Error: cannot fetch from a "ftp" URL/);
  });

  test('Enter twice fetches once, and nothing is fetched once the screen has been left', async () => {
    const services = new FakeServices();
    const looks: ((isOwn: boolean) => void)[] = [];
    services.isOwnSource = () => new Promise((resolve) => looks.push(resolve));
    app = openApp(services, { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('a.zip', 'enter', 'enter', 'left');
    await app.screen.waitFor(() => looks.length > 0, 'the look at the source');
    looks[0]!(false);
    await app.screen.waitForText(/Fetching balanced from a\.zip/);
    expect([looks.length, services.fetches.length]).toEqual([1, 1]);
    services.fetches[0]!.feed.end(new Error('it failed'));
    await app.screen.waitForText(/it failed/);
    app.press('enter');
    await app.screen.waitForText(/Split \(training/);
    app.press('enter', 'escape');
    await app.screen.waitForText(/❯ f {2}Fetch/);
    looks[1]!(false);
    app.press('m');
    await app.screen.waitForText(/No models yet/);
    expect(services.fetches).toHaveLength(1);
  });

  test('letters typed into the source field are text, even q', async () => {
    app = openApp(new FakeServices(), { initialScreen: 'fetch' });
    await app.screen.waitForText(/Split \(training/);
    app.press('tab', 'qtf.zip', 'backspace', 'left', 'left', 'X');
    await app.screen.waitForText(/From +qtf\.Xzi/);
  });
});

describe('train', () => {
  test.each([
    [80, 24],
    [60, 20],
    [200, 60],
    [66, 50],
  ])('shows progress and both charts at %dx%d', async (columns, rows) => {
    await training(new FakeServices(digits()), { columns, rows });
    const text = app.screen.text();
    expectFullFrame(app.screen.lines(), columns, rows);
    expect(text).toMatch(/Accuracy/);
    expect(text).toMatch(/Loss/);
    // At least three rows have a part of a line or a mark in them.
    expect(app.screen.lines().filter((line) => /[┤│].*[⠁-⣿◆★]/u.test(line)).length).toBeGreaterThanOrEqual(3);
    expect(text).toMatch(/─── Training|── Training +loss 0\.\d{3} +accuracy [\d.]+%/);
    expect(text).toMatch(/◆ {2}Validation +loss 0\.503 +accuracy 85\.60%/);
    expect(text).toMatch(/images\/s/);
    expect(text).toMatch(/\d+[ms] .*left/);
  });

  test('pauses, resumes, stops after the epoch, and stops immediately', async () => {
    const run = await training(new FakeServices(digits()));
    app.press('space');
    await app.screen.waitForText(/paused/);
    app.press('space');
    await app.screen.waitForText(/training ·/);
    run.onStop = () => {};
    app.press('s');
    await app.screen.waitForText(/last epoch/);
    app.press('x', 'y');
    await app.screen.waitForText(/stopping/);
    expect(run.calls).toEqual(['pause', 'resume', 'stop epoch stopped', 'stop batch stopped']);
    run.push(trainEpochEnd(4), {
      ...{ event: 'end', reason: 'stopped', model: 'balanced-cnn', epochs: 4, seconds: 70 },
      validationAccuracy: 0.858,
    });
    run.end();
    const text = await app.screen.waitForText(/Stopped\. The model is balanced-cnn/);
    expect(text).toMatch(/Training .* on 76,072 training images/);
    expect(text).toMatch(/Validation .* on 8,452 held-out images/);
  });

  test('q and x ask first; quitting stops the run and reports it', async () => {
    const run = await training(new FakeServices(digits()));
    app.press('x');
    await app.screen.waitForText(/Stop the training run\?/);
    app.press('n');
    await app.screen.waitForText(/Epoch +4\/10/);
    app.press('q');
    await app.screen.waitForText(/Quit\?/);
    app.press('y');
    const { exitCode, summary } = await app.result;
    expect(exitCode).toBe(0);
    expect(run.calls).toEqual(['stop batch stopped']);
    expect(summary).toContain('ended before its first epoch');
    expect(app.screen.onAlternateScreen).toBe(false);
  });

  test('Ctrl-C interrupts the run and waits for it; a second Ctrl-C does not wait', async () => {
    const services = new FakeServices(digits());
    const run = await training(services);
    run.onStop = () => {};
    app.press('ctrl+c');
    await app.screen.waitForText(/Shutting down/);
    expect(run.calls).toEqual(['stop batch interrupted']);
    expect(app.screen.onAlternateScreen).toBe(true);
    app.press('ctrl+c');
    expect(await app.result).toMatchObject({ exitCode: 130, forced: true });
    expect(app.screen.onAlternateScreen).toBe(false);
    expect(app.raw()).toBe(false);
    run.end();
  });
});

describe('draw', () => {
  test('opens the browser, shows the strokes, the image and five bars, and closes the server on Esc', async () => {
    const services = new FakeServices(digits());
    app = openApp(services, { initialScreen: 'draw' });
    await app.screen.waitForText(/no page connected\n http:\/\/127\.0\.0\.1:4321\/\?token=abc/);
    expect(services.opened).toHaveLength(1);
    app.press('o');
    const server = services.servers[0]!;
    const image = new Uint8Array(784).fill(255, 300, 400);
    server.push(
      { event: { event: 'client', clients: 1 } },
      {
        event: {
          ...{ event: 'prediction', client: 1, strokes: 1, milliseconds: 3.21, ...FAKE_READER },
          predictions: [...'71294'].map((label, index) => ({ label, probability: 0.6 / (index + 1) })),
        },
        drawing: {
          strokes: [
            [
              [0, 0],
              [100, 0],
              [40, 140],
            ],
          ],
          image,
        },
      },
    );
    const text = await app.screen.waitForText(/Read in 3\.2 ms/);
    expect(text).toMatch(/1 page connected/);
    expect(text).toMatch(/[⠁-⣿]{3}/);
    expect(text).toMatch(/▀{28}/);
    expect(text).toMatch(/7 █+[▉-▏]?░+ +60\.0%/);
    expect(text.match(/\d+\.\d%/g)).toHaveLength(5);
    expect(services.opened).toHaveLength(2);
    app.press('escape');
    await app.screen.waitForText(/Next:/);
    expect(server.closed).toBe(true);
  });
});

test('a model from another program can be drawn with and evaluated', async () => {
  const foreign = fakeModel({ name: 'keras', classes: 62, training: null });
  const services = new FakeServices(fakeStatus({ present: ['digits'], models: [foreign] }));
  app = openApp(services, { initialScreen: 'home' });
  await app.screen.waitForText(/Models +keras \(no training record\)/);
  app.press('m');
  expect(await app.screen.waitForText(/❯ keras/)).toMatch(/❯ keras +- [- ]+no record/);
  expect(app.screen.text()).toMatch(/no training record[\s\S]*62 classes/);
  app.press('d');
  await app.screen.waitForText(/no page/);
  expect(services.drawOptions).toEqual([{ model: 'keras' }]);
  app.press('escape');
  await app.screen.waitForText(/❯ keras/);
  app.press('e');
  await app.screen.waitForText(/● keras[\s\S]*may have been trained on test images/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.evaluations[0]!.options).toEqual({ split: 'digits', part: 'test', model: 'keras' });
});

test('an evaluation shows split, part, model and images, the worst classes and the confusions', async () => {
  const services = new FakeServices(digits());
  app = openApp(services, { initialScreen: 'evaluate' });
  await app.screen.waitForText(/● digits-cnn[\s\S]*test \(9,400 images\)/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const { options, feed } = services.evaluations[0]!;
  expect(options).toEqual({ split: 'digits', part: 'test', model: 'digits-cnn' });
  feed.push({
    ...{ event: 'end', split: 'digits', part: 'test', model: 'digits-cnn', images: 9400 },
    ...{ accuracy: 0.9876, top5Accuracy: 0.999, loss: 0.05 },
    calibrationError: 0.021,
    prior: 'uniform',
    perClass: [...'0123456789'].map((label, index) => ({ label, images: 940, accuracy: 0.99 - index / 100 })),
    confusions: [{ truth: '9', predicted: '4', count: 33 }],
  });
  feed.end();
  const text = await app.screen.waitForText(/Accuracy 98\.76%/);
  expect(text).toContain('digits-cnn on the test part of digits, 9,400 images');
  expect(text).toMatch(/^ ❯ 9 .* 10\.0% +94 +940/m);
  expect(text).toMatch(/9 read as 4 .* 33/);
});

test('moving before it is known what can be deleted loses no focus', async () => {
  const services = new FakeServices();
  const known = Promise.withResolvers<void>();
  const status = services.status.bind(services);
  services.status = () => known.promise.then(status);
  app = openApp(services, { initialScreen: 'clean' });
  await app.screen.waitForText(/Checking/);
  app.press('end', '?');
  await app.screen.waitForText(/On this screen/);
  known.resolve();
  app.press('escape');
  await app.screen.waitForText(/❯ \[ \] Data sets/);
});

test('clean deletes what was selected, after a confirmation', async () => {
  const services = new FakeServices(digits());
  app = openApp(services, { initialScreen: 'clean' });
  await app.screen.waitForText(/❯ \[ \] Data sets +30 MB/);
  app.press('enter', 'space', 'enter');
  const question = await app.screen.waitForText(/Delete data sets\?/);
  expect(question).toContain('/home/user/.cache/emnist-tui/datasets');
  app.press('enter');
  await app.screen.waitForText(/❯ \[x\] Data sets/);
  expect(services.cleaned).toEqual([]);
  app.press('enter', 'y');
  await app.screen.waitForText(/Freed 30 MB/);
  expect(services.cleaned).toEqual([['datasets']]);
});

test('clean says how many samples it would delete', async () => {
  const services = new FakeServices(fakeStatus({ samples: 14 }));
  app = openApp(services, { initialScreen: 'clean' });
  await app.screen.waitForText(/Samples +14 kB/);
  app.press('down', 'down', 'space', 'enter');
  const question = await app.screen.waitForText(/Delete 14 samples\?/);
  expect(question).toContain('14 labeled drawings; cannot be recovered');
  app.press('y');
  await app.screen.waitForText(/Freed/);
  expect(services.cleaned).toEqual([['samples']]);
});

describe('the terminal', () => {
  test('is restored when the app crashes, and the error is thrown to the caller', async () => {
    const services = new FakeServices();
    const status = Promise.resolve({
      ...fakeStatus(),
      get models(): never {
        throw new Error('a bug');
      },
    });
    services.status = () => status;
    app = openApp(services);
    await expect(app.result).rejects.toThrow('a bug');
    expect(app.screen.onAlternateScreen).toBe(false);
    expect(app.screen.raw.lastIndexOf('\u001B[?1002l')).toBeGreaterThan(app.screen.raw.lastIndexOf('\u001B[?1002h'));
    expect(app.raw()).toBe(false);
    app = openApp(new FakeServices());
  });

  test('says so when it is too small, and recovers when it is enlarged', async () => {
    await training(new FakeServices(digits()));
    app.resize(40, 10);
    await app.screen.waitForText(/This terminal is 40x10/);
    expect(app.screen.text()).not.toContain('Epoch');
    // A frame that was sent before the terminal changed its size may still arrive, and wrap.
    for (const [columns, rows] of [
      [200, 60],
      [80, 24],
    ] as const) {
      app.resize(columns, rows);
      const isShown = () =>
        isFullFrame(app.screen.lines(), columns, rows) &&
        /Epoch +4\/10[\s\S]*Accuracy[\s\S]*Loss/.test(app.screen.text());
      await app.screen.waitFor(isShown, 'the whole frame in its new size');
    }
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1', TERM: 'xterm-256color', LANG: 'C.UTF-8' }],
    ['TERM=dumb', { TERM: 'dumb', LANG: 'C.UTF-8' }],
  ])('%s gives no colors', async (name, env) => {
    app = openApp(new FakeServices(digits()), { env });
    await app.screen.waitForText(/Next:/);
    const styles = app.screen.raw.matchAll(new RegExp(`${ESCAPE}\\[([\\d;]*)m`, 'g'));
    const codes = [...styles].flatMap(([, list]) => list!.split(';').map(Number));
    expect(codes.filter((code) => code >= 30 && code <= 107)).toEqual([]);
    if (name === 'TERM=dumb') expect(codes).toEqual([]);
  });

  test('without UTF-8, only ASCII is used', async () => {
    const services = new FakeServices(digits());
    app = openApp(services, { env: { TERM: 'xterm', LANG: 'C' }, initialScreen: 'train' });
    await app.screen.waitForText(/Epochs/);
    app.press('enter');
    await app.screen.waitForText(/Loading images/);
    services.runs[0]!.push(trainStart(), ...trainEpoch(1), trainEpochEnd(1), ...trainEpoch(2));
    await app.screen.waitForText(/595\/595/);
    expect(app.screen.text()).toMatch(/^[\n -~]*$/);
  });
});
