import { afterEach, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FAKE_READER } from '../helpers/fake-server.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus, fakeUnfinishedRun } from '../helpers/fake-status.ts';
import { mouseDrag, mousePress, mouseRelease } from '../helpers/mouse.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../helpers/run-events.ts';
import { LETTER_R, letterImage } from './scenes/fixtures.ts';

/* A training run continues while its user does something else. */

const ESCAPE = '\u001B';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const digits = () => fakeStatus({ present: ['digits'], models: [fakeModel({ name: 'digits-cnn' })] });
const END: Extract<TrainEvent, { event: 'end' }> = {
  event: 'end',
  reason: 'completed',
  model: 'balanced-cnn',
  epochs: 10,
  seconds: 70,
  validationAccuracy: 0.892,
};

/** The app in the middle of a run's second epoch. */
async function training(services = new FakeServices(digits()), options: Parameters<typeof openApp>[1] = {}) {
  app = openApp(services, { initialScreen: 'train', ...options });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const run = services.runs[0]!;
  run.push(trainStart(), ...trainEpoch(1), trainEpochEnd(1), ...trainEpoch(2).slice(0, 20));
  await app.screen.waitForText(/298\/595/);
  return run;
}

const statusRow = () => app.screen.lines().at(-2)!;

test('after Esc, every screen says how far the run is, and t shows it again', async () => {
  const run = await training();
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  await app.screen.waitFor(
    () => /● balanced-cnn · 15% · epoch 2\/10 · .*left · validation 85\.2%/.test(statusRow()),
    'it',
  );
  app.press('m');
  await app.screen.waitForText(/❯ digits-cnn/);
  expect(statusRow()).toMatch(/^─ ● balanced-cnn · .* t show ─+$/);
  expect(run.calls).toEqual([]);
  app.press('t');
  await app.screen.waitForText(/Train balanced-cnn[\s\S]*298\/595/);
  expect(statusRow()).toMatch(/^─+$/);
});

test('the line follows the run, in the background too, until its result has been seen', async () => {
  const run = await training();
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  run.push({ event: 'paused', epoch: 2 });
  await app.screen.waitForText(/● balanced-cnn · \d+% · paused/);
  run.push({ event: 'resumed', epoch: 2 }, trainEpochEnd(2), ...trainEpoch(3).slice(0, 20));
  await app.screen.waitForText(/epoch 3\/10/);
  run.push(END);
  run.end();
  await app.screen.waitForText(/✓ balanced-cnn done: 89\.2% validation accuracy · t show/);
  app.press('t');
  await app.screen.waitForText(/Done\. The model is balanced-cnn/);
  app.press('m');
  await app.screen.waitForText(/❯ digits-cnn/);
  expect(statusRow()).toMatch(/^─+$/);
  app.press('t');
  await app.screen.waitForText(/Train a network[\s\S]*Epochs/);
});

test('a result whose model has been deleted is forgotten', async () => {
  const services = new FakeServices(digits());
  const run = await training(services);
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  services.currentStatus = fakeStatus({ present: ['digits'], models: [fakeModel()] });
  run.push(END);
  run.end();
  await app.screen.waitForText(/✓ balanced-cnn done/);
  app.press('m');
  await app.screen.waitForText(/❯ balanced-cnn/);
  app.press('delete', 'y');
  await app.screen.waitForText(/No models yet/);
  expect(statusRow()).toMatch(/^─+$/);
});

test('m in the result opens Models at the model that was trained', async () => {
  const others = ['a', 'b', 'balanced-cnn', 'c'].map((name) => fakeModel({ name }));
  const run = await training(new FakeServices(fakeStatus({ present: ['digits'], models: others })));
  run.push(END);
  run.end();
  await app.screen.waitForText(/Done\. The model is balanced-cnn/);
  app.press('m');
  await app.screen.waitForText(/❯ balanced-cnn/);
});

test('a run that fails in the background says so, and t says why', async () => {
  const run = await training();
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  run.end(new Error('out of order'));
  await app.screen.waitForText(/! balanced-cnn failed · t show/);
  app.press('t');
  await app.screen.waitForText(/out of order/);
});

test('what has been saved is known on the other screens', async () => {
  const services = new FakeServices(digits());
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const run = services.runs[0]!;
  run.push(trainStart());
  app.press('m');
  await app.screen.waitForText(/❯ digits-cnn/);
  services.currentStatus = { ...digits(), models: [fakeModel(), fakeModel({ name: 'digits-cnn' })] };
  run.push(...trainEpoch(1), trainEpochEnd(1));
  await app.screen.waitForText(/balanced-cnn +balanced/);
  services.currentStatus = { ...digits(), models: [fakeModel({ name: 'at-the-end' })] };
  run.push(END);
  run.end();
  await app.screen.waitForText(/at-the-end/);
});

test('another run cannot be resumed in the meantime, and Models says why', async () => {
  const services = new FakeServices(
    fakeStatus({ present: ['digits'], unfinished: [fakeUnfinishedRun({ name: 'mine', split: 'digits' })] }),
  );
  const run = await training(services);
  app.press('m');
  await app.screen.waitForText(/❯ mine/);
  app.press('r');
  await app.screen.waitForText(
    /mine can be resumed once balanced-cnn is done or stopped\. Press t to see that\s+run\./,
  );
  app.press('enter');
  await app.screen.waitForText(/Enter resume/);
  app.press('r');
  await app.screen.waitForText(/❯ mine[\s\S]*mine can be resumed once/);
  app.press('t');
  await app.screen.waitForText(/Train balanced-cnn[\s\S]*298\/595/);
  expect(services.runs).toEqual([run]);
});

test('training on other images in the meantime shows the run, and says that it has to end first', async () => {
  const services = new FakeServices(digits());
  const run = await training(services);
  app.press('i');
  await app.screen.waitForText(/t train on it/);
  app.press('t');
  await app.screen.waitForText(/Training on digits can start once this run is done or stopped\.[\s\S]*298\/595/);
  run.push(END);
  run.end();
  await app.screen.waitForText(/Done\./);
  app.press('r');
  await app.screen.waitForText(/❯ ● digits/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(app.screen.text()).not.toMatch(/Training on digits can start/);
});

test('so it does before the run has begun', async () => {
  app = openApp(new FakeServices(digits()), { initialScreen: 'train' });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  app.press('i');
  await app.screen.waitForText(/t train on it/);
  app.press('t');
  await app.screen.waitForText(/Training on digits can start once[\s\S]*Loading\s+images/);
});

test('the key is not offered where it is text, or where something else keeps the user', async () => {
  const services = new FakeServices(digits());
  await training(services);
  app.press('f');
  await app.screen.waitForText(/Split \(training/);
  app.press('tab');
  await app.screen.waitForText(/❯ From/);
  expect(statusRow()).toMatch(/● balanced-cnn/);
  expect(statusRow()).not.toMatch(/t show/);
  app.press('enter');
  await app.screen.waitForText(/Fetching balanced/);
  expect(statusRow()).not.toMatch(/t show/);
  app.press('t', 'q');
  const text = await app.screen.waitForText(/Quit\?/);
  expect(text).toMatch(/The training run is still running\.[\s\S]*The download is still running\./);
  app.press('y');
  expect(await app.result).toMatchObject({ exitCode: 0 });
  expect(services.runs[0]!.calls).toEqual(['stop batch stopped']);
  expect(services.fetches[0]!.signal.aborted).toBe(true);
});

test('q asks on any screen, and Ctrl-C interrupts the run, which is reported', async () => {
  const run = await training();
  app.press('m');
  await app.screen.waitForText(/❯ digits-cnn/);
  app.press('q');
  await app.screen.waitForText(/Quit\?[\s\S]*It can be resumed/);
  app.press('n');
  await app.screen.waitForText(/❯ digits-cnn/);
  run.onStop = (_when, reason) => {
    run.push({ ...END, reason, epochs: 1 });
    run.end();
  };
  app.press('ctrl+c');
  const { exitCode, summary } = await app.result;
  expect(exitCode).toBe(130);
  expect(run.calls).toEqual(['stop batch interrupted']);
  expect(summary).toMatch(/Interrupted training balanced-cnn: 1 of 10 epochs/);
});

test('a model that another program has made meanwhile is asked about once the user returns', async () => {
  const services = new FakeServices(digits());
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Epochs/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  app.press('m');
  await app.screen.waitForText(/❯ digits-cnn/);
  services.runs[0]!.end(
    new EmnistError('model-exists', 'the model "digits-vgg" already exists', {
      ...{ model: 'digits-vgg', operation: 'train', resumable: false },
    }),
  );
  await app.screen.waitForText(/! digits-vgg failed · t show/);
  app.press('t');
  await app.screen.waitForText(/Replace digits-vgg\?/);
  app.press('y');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[1]!.options).toMatchObject({ overwrite: true });
});

describe('drawing meanwhile', () => {
  const read = (label: string, probability: number) => ({
    event: {
      ...({ event: 'prediction', client: 1, strokes: 2, milliseconds: 2.1, ...FAKE_READER } as const),
      ...{ model: 'balanced-cnn', predictions: [{ label, probability }] },
    },
    drawing: { strokes: LETTER_R, image: letterImage() },
  });

  test('d draws with the model, and each epoch replaces its weights', async () => {
    const services = new FakeServices(digits());
    services.reader = { ...FAKE_READER, model: 'balanced-cnn', split: 'balanced' };
    const run = await training(services);
    app.press('d');
    await app.screen.waitForText(/Draw with balanced-cnn, epoch 1/);
    expect(services.drawOptions).toMatchObject([{ model: 'balanced-cnn' }]);
    const server = services.servers[0]!;
    server.push({ event: { event: 'client', clients: 1 } }, read('P', 0.41));
    await app.screen.waitForText(/1\. P/);
    run.push(trainEpochEnd(2));
    await app.screen.waitForText(/Draw with balanced-cnn, epoch 2/);
    server.push(read('R', 0.63));
    await app.screen.waitForText(/epoch 1: P 41% · epoch 2: R 63%/);
    // The last epoch comes with the end.
    run.push(trainEpochEnd(3), END);
    run.end();
    await app.screen.waitForText(/Draw with balanced-cnn, epoch 3/);
    server.push(read('R', 0.97));
    await app.screen.waitForText(/epoch 1: P 41% · epoch 2: R 63% · epoch 3: R 97%/);
    expect(server.models).toEqual(['balanced-cnn', 'balanced-cnn', 'balanced-cnn']);
    app.press('escape');
    await app.screen.waitForText(/Done\. The model is balanced-cnn/);
  });

  test('a drawing made in the terminal is read and inspected again after each epoch', async () => {
    const services = new FakeServices(digits());
    services.reader = { ...FAKE_READER, model: 'balanced-cnn', split: 'balanced' };
    const run = await training(services);
    app.press('d');
    await app.screen.waitForText(/Draw with balanced-cnn, epoch 1/);
    const server = services.servers[0]!;
    const answer = (label: string, probability: number) => {
      server.answers = [{ label, probability }];
    };
    answer('K', 0.51);
    app.press('h');
    await app.screen.waitForText(/drawing here/);
    app.press(mousePress(6, 8), mouseDrag(14, 8), mouseRelease(20, 8));
    await app.screen.waitForText(/1\. K/);
    answer('R', 0.78);
    run.push(trainEpochEnd(2));
    await app.screen.waitForText(/Draw with balanced-cnn, epoch 2/);
    await app.screen.waitForText(/drawing here {2}· {2}epoch 1: K 51% · epoch 2: R 78%/);
    app.press('i');
    await app.screen.waitForText(/Why R\? \(1 of 5\)/);
    answer('P', 0.97);
    run.push(trainEpochEnd(3));
    await app.screen.waitForText(/Why P\? \(1 of 5\)/);
    app.press('escape');
    await app.screen.waitForText(/epoch 1: K 51% · epoch 2: R 78% · epoch 3: P 97%/);
    app.press('delete');
    await app.screen.waitFor(() => !app.screen.text().includes('epoch 1:'), 'no readings of what is gone');
  });

  test('another model is left alone', async () => {
    const services = new FakeServices(digits());
    const run = await training(services);
    app.press('escape', 'd');
    await app.screen.waitForText(/Draw with shipped/);
    run.push(trainEpochEnd(2));
    await app.screen.waitForText(/validation 85\.4%/);
    expect(services.servers[0]!.models).toEqual([]);
  });

  test('before the first epoch, d says when there is a model', async () => {
    const services = new FakeServices(digits());
    app = openApp(services, { initialScreen: 'train' });
    await app.screen.waitForText(/Epochs/);
    app.press('enter');
    await app.screen.waitForText(/Loading images/);
    services.runs[0]!.push(trainStart());
    await app.screen.waitForText(/Validation after this epoch/);
    app.press('d');
    await app.screen.waitForText(/after epoch 1: then there is a model to draw with/);
    expect(services.servers).toEqual([]);
  });
});

describe('the title of the terminal', () => {
  const SET = `${ESCAPE}]2;`;
  /** The titles that were set so far. */
  const titles = () =>
    app.screen.raw
      .split(SET)
      .slice(1)
      .map((text) => text.slice(0, text.indexOf(ESCAPE)));
  /** How often a sequence was written. */
  const count = (sequence: string) => app.screen.raw.split(ESCAPE + sequence).length - 1;

  test('says how far the run is; the title from before is brought back', async () => {
    const run = await training();
    await app.screen.waitFor(() => /^\d+% · balanced-cnn$/.test(titles().at(-1) ?? ''), 'the title');
    run.push(END);
    run.end();
    await app.screen.waitForText(/Done\./);
    await app.screen.waitFor(() => titles().at(-1) === 'emnist-tui', 'the title');
    await app.end();
    expect([count('[22;0t'), count('[23;0t')]).toEqual([1, 1]);
  });

  test('is ASCII where nothing else is shown', async () => {
    await training(undefined, { env: { TERM: 'xterm', LANG: 'C' } });
    await app.screen.waitFor(() => /^\d+% \| balanced-cnn$/.test(titles().at(-1) ?? ''), 'the title');
  });

  test.each(['linux', 'dumb'])('TERM=%s has none', async (TERM) => {
    await training(undefined, { env: { TERM, LANG: 'C.UTF-8' } });
    await app.end();
    expect([titles().length, count('[22;0t'), count('[23;0t')]).toEqual([0, 0, 0]);
  });
});
