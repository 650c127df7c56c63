import { afterEach, describe, expect, test, vi } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { LearnEvent } from '../../src/core/training/learn-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import type { FakeServices } from '../helpers/fake-services.ts';
import { learnEpochEnd, learnStart } from '../helpers/run-events.ts';
import { withSamples } from './scenes/learn.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const dotted = () => withSamples({ a: '+?-', g: '-+++++', π: '--' });

async function open(services = dotted(), options = {}): Promise<FakeServices> {
  app = openApp(services, { initialScreen: 'learn', ...options });
  await app.screen.waitForText(/Next:/);
  return services;
}

const end = (overrides: Partial<Extract<LearnEvent, { event: 'end' }>> = {}): LearnEvent => ({
  ...{ event: 'end', reason: 'completed', model: 'shipped-hand', from: 'shipped', samples: 11, seconds: 20 },
  ...{ own: { before: 0.5, after: 1, count: 2 }, general: { before: 0.87, after: 0.868, count: 500 }, accepted: true },
  ...overrides,
});

async function learn(services: FakeServices, last: LearnEvent) {
  app.press('enter');
  await vi.waitFor(() => expect(services.learnRuns.length).toBeGreaterThan(0));
  const run = services.learnRuns.at(-1)!;
  run.push(learnStart(), learnEpochEnd(0), learnEpochEnd(1), last);
  run.end();
}

describe('samples', () => {
  test('are counted by label, each with a dot that says how it is read', async () => {
    const services = dotted();
    services.unknownLabels = ['π'];
    await open(services);
    const text = app.screen.text();
    expect(text).toMatch(/11 samples of 3 labels +· +shipped reads 7 right \(63\.6%\)/);
    expect(text).toMatch(/❯ a +3 +●◐○\n +g +6 +○●●●●●\n +π +2 +○○ +new to the model/);
  });

  test('show the latest where there are more than fit', async () => {
    await open(withSamples({ a: `${'-'.repeat(300)}++` }));
    expect(app.screen.lines().find((line) => /❯ a/.test(line))).toMatch(/ 302 +○{60,}●●$/);
  });

  test('are deleted after a confirmation, and those that cannot be are reported', async () => {
    const services = await open();
    app.press('down', 'delete');
    expect(await app.screen.waitForText(/Delete the samples of g\?/)).toContain('This deletes 6 samples.');
    app.press('y');
    await app.screen.waitForText(/5 samples of 2 labels/);
    expect(services.deletedSamples).toEqual(['g']);
    services.samplesError = new EmnistError('file-read-only', 'the disk is read-only', {
      path: '/',
      systemCode: 'EROFS',
    });
    app.press('delete', 'y');
    await app.screen.waitForText(/the disk is read-only/);
    services.samplesError = null;
    app.press('r');
    await app.screen.waitForText(/samples of 1 label/);
  });

  test('are filtered by label', async () => {
    await open();
    app.press('/', 'G');
    await app.screen.waitFor(() => !/ a +3/.test(app.screen.text()), 'the filter');
    app.press('enter', 'delete');
    await app.screen.waitForText(/Delete the samples of g\?/);
  });

  test('say what to do without any, and how many are missing', async () => {
    const services = await open(withSamples({}));
    expect(app.screen.text()).toMatch(/No samples yet[\s\S]*press p to practice[\s\S]*press d to draw/);
    services.userSamples = [{ label: 'a', reading: 'wrong' }];
    app.press('p');
    await app.screen.waitForText(/Waiting for the page/);
    app.press('escape');
    // Loaded again.
    expect(await app.screen.waitForText(/1 sample of 1 label/)).toContain('4 more');
    app.press('l');
    await app.screen.waitForText(/Learn your handwriting/);
    expect(services.learnRuns).toEqual([]);
  });

  test('are practiced on the page, which is opened for it', async () => {
    const services = await open();
    app.press('p');
    expect(await app.screen.waitForText(/Waiting for the page/)).toContain('?token=abc#practice');
    expect(services.opened).toEqual(['http://127.0.0.1:4321/launch/once#practice']);
    app.press('escape');
    await app.screen.waitForText(/11 samples/);
    expect(services.servers[0]!.closed).toBe(true);
  });

  test('are exported and imported; an existing file is overwritten after a confirmation', async () => {
    const services = await open();
    services.transferError = new EmnistError('file-exists', '/tmp/x exists', { path: '/tmp/x' });
    app.press('x');
    await app.screen.waitForText(/Export to[\s\S]*\n Enter export {3}Esc cancel *$/);
    app.press('/tmp/x', 'enter');
    await app.screen.waitForText(/Overwrite the file\?/);
    services.transferError = null;
    app.press('y');
    await app.screen.waitForText(/Exported 11 samples to \/tmp\/x \(12\.3 kB\)/);
    expect(services.transfers).toEqual([
      { export: '/tmp/x', force: false },
      { export: '/tmp/x', force: true },
    ]);
    services.transferError = new EmnistError('file-missing', '/tmp/y: no such file', { path: '/tmp/y' });
    app.press('i');
    await app.screen.waitForText(/Import from[\s\S]*\n Enter import {3}Esc cancel *$/);
    app.paste("'/tmp/y'");
    app.press('enter');
    await app.screen.waitForText(/no such file/);
    services.transferError = null;
    app.press('r');
    await app.screen.waitForText(/\/tmp\/y/);
    app.press('enter');
    await app.screen.waitForText(/12 samples[\s\S]*Imported 1 sample \(skipped: 2 drawings already there\)/);
  });
});

test('an export that fails after Esc does not come back', async () => {
  const services = await open();
  const failed = Promise.withResolvers<never>();
  services.transferSamples = () => failed.promise;
  app.press('x');
  await app.screen.waitForText(/Export to/);
  app.press('/tmp/x', 'enter');
  await app.screen.waitForText(/Exporting/);
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  failed.reject(new EmnistError('file-read-only', 'the disk is read-only', { path: '/', systemCode: 'EROFS' }));
  app.press('down');
  await app.screen.waitForText(/❯ g/);
  expect(app.screen.text()).not.toMatch(/read-only|try again/);
});

describe('learning', () => {
  test('shows its progress, then before and after; the new model is drawn with', async () => {
    const services = await open();
    app.press('l');
    await app.screen.waitForText(/Loading samples/);
    const run = services.learnRuns[0]!;
    expect(run.options).toEqual({});
    run.push(learnStart({ newLabels: ['π'] }), learnEpochEnd(0), learnEpochEnd(1), learnEpochEnd(2));
    const text = await app.screen.waitForText(/60\.0% → 72\.0%/);
    expect(text).toMatch(/from shipped · 14 samples to learn, 3 held out · new: π/);
    expect(text).toMatch(/3\/8/);
    expect(app.screen.lines().filter((line) => /[┤│].*[\u2801-\u28FF◆★]/.test(line)).length).toBeGreaterThanOrEqual(3);
    run.push(end());
    run.end();
    const result = await app.screen.waitForText(/Learned in 20s/);
    expect(result).toMatch(/50\.0% → 100\.0% +of 2 held-out samples[\s\S]*87\.0% → 86\.8% +of 500 generated drawings/);
    app.press('d');
    await app.screen.waitForText(/Waiting for the page/);
    expect(services.drawOptions).toEqual([{ model: 'shipped-hand' }]);
    app.press('escape');
    await app.screen.waitForText(/Learned in 20s/);
    app.press('ctrl+c');
    expect((await app.result).summary).toBe(
      'Learned shipped-hand from 11 samples. Accuracy on 2 held-out samples went from 50.0% to 100.0%.',
    );
  });

  test('starts from another model, under another name, and asks before it replaces one', async () => {
    const services = await open();
    app.press('o');
    await app.screen.waitForText(/the default model/);
    app.press('right', 'down');
    await app.screen.waitForText(/From +shipped/);
    app.press('mine');
    await app.screen.waitForText(/Name +mine/);
    app.press('tab', '1', '2', 'enter');
    await app.screen.waitForText(/Loading samples/);
    const [run] = services.learnRuns;
    expect(run!.options).toEqual({ from: 'shipped', name: 'mine', epochs: 12 });
    const exists = { model: 'mine', operation: 'learn', resumable: false } as const;
    run!.end(new EmnistError('model-exists', 'mine exists', exists));
    await app.screen.waitForText(/Replace mine\?/);
    app.press('y');
    await app.screen.waitForText(/Loading samples/);
    expect(services.learnRuns[1]!.options).toEqual({ ...run!.options, overwrite: true });
  });

  test('is undone by choosing the model before, and redone', async () => {
    const services = await open();
    await learn(services, end());
    await app.screen.waitForText(/It is now the default/);
    services.choiceError = new EmnistError('file-read-only', 'the disk is read-only', {
      path: '/',
      systemCode: 'EROFS',
    });
    app.press('u');
    await app.screen.waitForText(/now the default[\s\S]*the disk is read-only/);
    services.choiceError = null;
    app.press('u');
    await app.screen.waitForText(/shipped is now the default/);
    app.press('u');
    await app.screen.waitForText(/It is now the default/);
    expect(services.chosenDefaults).toEqual(['shipped', 'shipped', 'shipped-hand']);
  });

  test.each<[string, Parameters<typeof end>[0], RegExp]>([
    ['own', { own: { before: 0.5, after: 0.5, count: 2 } }, /Not accepted: it reads your held-out samples no better/],
    [
      'general',
      { general: { before: 0.87, after: 0.86, count: 500 } },
      /Not accepted: in general, its accuracy is 1\.0 points lower/,
    ],
    ['stopped', { reason: 'stopped', own: { before: null, after: null, count: 0 } }, /Stopped\. Nothing was saved/],
  ])('says why there is no new model: %s', async (_why, overrides, text) => {
    const services = await open();
    await learn(services, end({ model: null, accepted: false, ...overrides }));
    await app.screen.waitForText(text);
    expect(app.screen.text()).toMatch(/shipped is unchanged/);
    app.press('l');
    await app.screen.waitForText(/Loading samples/);
    expect(services.learnRuns).toHaveLength(2);
  });

  test('is stopped by x, and by Esc after a confirmation; quitting asks', async () => {
    const services = await open();
    app.press('enter');
    await app.screen.waitForText(/Loading samples/);
    app.press('escape');
    await app.screen.waitForText(/Stop learning\?/);
    app.press('n', 'q');
    await app.screen.waitForText(/Quit\?[\s\S]*Nothing will be saved/);
    app.press('n', 'x');
    await app.screen.waitForText(/Stopped\. Nothing was saved/);
    expect(services.learnRuns[0]!.calls).toEqual(['stop stopped']);
    app.press('escape');
    await app.screen.waitForText(/11 samples/);
  });

  test('that fails says why, and can be tried again', async () => {
    const services = await open();
    app.press('enter');
    await app.screen.waitForText(/Loading samples/);
    services.learnRuns[0]!.end(new EmnistError('engine-failed', 'a compute thread failed', {}));
    await app.screen.waitForText(/a compute thread failed/);
    app.press('r');
    await app.screen.waitForText(/Loading samples/);
    expect(services.learnRuns).toHaveLength(2);
  });
});

test('without UTF-8 or color, dots are told apart', async () => {
  await open(dotted(), { env: { TERM: 'dumb', LANG: 'C' } });
  expect(app.screen.text()).toMatch(/\* right {2}\+ right, not sure {2}- wrong[\s\S]*> a +3 +\*\+-/);
});

test('the menu on the first screen leads there, and l does from anywhere', async () => {
  app = openApp(dotted(), {});
  await app.screen.waitForText(/l {2}Learn/);
  app.press('l');
  await app.screen.waitForText(/11 samples/);
  app.press('e');
  await app.screen.waitForText(/Evaluate a model/);
  app.press('l');
  await app.screen.waitForText(/11 samples/);
});
