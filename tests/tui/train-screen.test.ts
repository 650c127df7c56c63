import { afterEach, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus, fakeUnfinishedRun } from '../helpers/fake-status.ts';
import { trainStart } from '../helpers/run-events.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const MINE = fakeUnfinishedRun({ name: 'mine', split: 'digits', architecture: 'cnn', epochsDone: 4, epochs: 99 });

test('Next: t opens the form with the interrupted run, and Enter resumes that very run', async () => {
  const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits'], unfinished: [MINE] }));
  app = openApp(services);
  await app.screen.waitForText(/Next: press t to resume the interrupted training run of mine \(4 of 99\s+epochs\)/);
  app.press('t');
  const form = await app.screen.waitForText(/❯ ● digits/);
  expect(form).toMatch(/Network +cnn\n/);
  expect(form).toMatch(/Epochs +99/);
  expect(form).toMatch(/Start +resume after epoch 4 of 99 \(mine\)/);
  expect(form).toMatch(/Name +mine/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toEqual({ split: 'digits', name: 'mine', resume: true });
});

test('any interrupted run can be resumed, or none', async () => {
  const other = fakeUnfinishedRun({ name: 'other', split: 'balanced' });
  const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits'], unfinished: [MINE, other] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/\(mine\)/);
  app.press('tab', 'down', 'down', 'right');
  await app.screen.waitForText(/● balanced[\s\S]*Start +‹ resume after epoch 3 of 10 \(other\) ›/);
  app.press('right');
  await app.screen.waitForText(/Start +‹ from scratch ›/);
  app.press('left', 'enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toEqual({ split: 'balanced', name: 'other', resume: true });
});

test('a run that another process is training is not offered first, and it is said who does', async () => {
  const holder = { host: null, process: 4711, since: null };
  const services = new FakeServices(fakeStatus({ present: ['digits'], unfinished: [{ ...MINE, holder }] }));
  app = openApp(services);
  expect(await app.screen.waitForText(/Next:/)).not.toMatch(/to resume/);
  app.press('t');
  await app.screen.waitForText(/Start +from scratch/);
  app.press('tab', 'down', 'down', 'right');
  await app.screen.waitForText(/mine is being trained by process 4711/);
});

test('a model gets the name that was entered; letters are text wherever the focus is', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Name +digits-vgg/);
  app.press('my-digits');
  await app.screen.waitForText(/❯ Name +my-digits/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toMatchObject({ split: 'digits', name: 'my-digits' });
});

test('an invalid name is refused with the reason', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Name +digits-vgg/);
  app.press('a/b', 'enter');
  await app.screen.waitForText(/invalid model name "a\/b"/);
  app.press('backspace', 'backspace', 'enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs.map(({ options }) => options.name)).toEqual(['a']);
});

const old = fakeModel({
  name: 'digits-vgg',
  training: { split: 'digits', validationAccuracy: 0.9871, date: '2026-03-01T12:00:00Z' },
});

test('a finished model is replaced only after a question that says what would be lost', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'], models: [old] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Replaces the model digits-vgg/);
  app.press('enter');
  const question = await app.screen.waitForText(/Replace digits-vgg\?/);
  expect(question).toContain('98.7%');
  expect(question).toContain('2026-03-01');
  // Enter alone does no harm.
  app.press('enter');
  await app.screen.waitForText(/Train a network/);
  expect(services.runs).toEqual([]);
  app.press('enter', 'y');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toMatchObject({ split: 'digits', overwrite: true });
});

test('so is an unfinished run', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'], unfinished: [MINE] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/\(mine\)/);
  app.press('tab', 'down', 'down', 'left', 'down');
  await app.screen.waitForText(/❯ Name/);
  app.press('mine', 'enter');
  const question = await app.screen.waitForText(/Replace mine\?/);
  expect(question).toMatch(/unfinished: 4 of 99 epochs/);
  app.press('y');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toMatchObject({ name: 'mine', overwrite: true });
});

test('a model that another program made in the meantime is not replaced without the question either', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Name +digits-vgg/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  services.currentStatus = fakeStatus({ present: ['digits'], models: [old] });
  services.runs[0]!.end(
    new EmnistError('model-exists', 'the model "digits-vgg" already exists', {
      ...{ model: 'digits-vgg', operation: 'train', resumable: false },
    }),
  );
  await app.screen.waitForText(/Replace digits-vgg\?[\s\S]*lost: the model digits-vgg\./);
  app.press('y');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[1]!.options).toMatchObject({ overwrite: true });
});

test('the time that training will take is shown before it starts, and follows the fields', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits', 'balanced'] }));
  services.estimateTraining = async ({ split, epochs }) => ({
    ...{ seconds: 60 * (epochs ?? 0) * (split === 'digits' ? 2 : 1), basis: 'earlier-run' as const },
    ...{ images: 1000, epochs: epochs ?? 0, imagesKnown: true },
  });
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Takes about 10m, by an earlier run/);
  app.press('tab', 'down', '5');
  await app.screen.waitForText(/Takes about 5m/);
  app.press('up', 'up');
  await app.screen.waitForText(/Takes about 10m/);
});

test('an estimate that never comes keeps no key waiting', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  const signals: AbortSignal[] = [];
  services.estimateTraining = (_options, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Estimating the time/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('says whom a run waits for, and can stop waiting', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Name +digits-vgg/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const since = '2026-03-01T12:00:00.000Z';
  services.runs[0]!.push({ event: 'waiting', host: 'far.example', process: 4711, since });
  expect(await app.screen.waitForText(/locked by process 4711 on far\.example/)).toMatch(/since 20\d\d-\d\d-\d\d/);
  app.press('x');
  await app.screen.waitForText(/Stopped\./);
  expect(services.runs[0]!.calls).toEqual(['stop batch stopped']);
});

test('what is said about stopping is true before the first epoch', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Name +digits-vgg/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  services.runs[0]!.push(trainStart());
  await app.screen.waitForText(/Epoch +1\/10/);
  app.press('x');
  expect(await app.screen.waitForText(/Stop the training run\?/)).toContain('nothing will be saved');
});
