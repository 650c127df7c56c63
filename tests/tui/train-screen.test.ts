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

test('the form says whether Enter resumes a run or starts a new one, also after something was typed by mistake', async () => {
  const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits'], unfinished: [MINE] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Enter resumes mine after epoch 4\.[\s\S]*\n Enter resume /);
  app.press('5');
  await app.screen.waitForText(/❯ Name +5[\s\S]*Enter starts a new run, 5\.[\s\S]*\n Enter start /);
  app.press('backspace');
  await app.screen.waitForText(/Name +mine[\s\S]*Enter resumes mine after epoch 4\./);
  app.press('home');
  await app.screen.waitForText(/❯ ● balanced[\s\S]*Enter starts a new run, balanced-vgg\./);
  app.press('end');
  await app.screen.waitForText(/❯ Options[\s\S]*\n Enter options /);
  expect(app.screen.text()).not.toMatch(/Enter (?:resumes|starts)/);
  app.press('up', 'enter');
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

test('more options are on a page of their own; only what was changed is passed on', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Preset +default[\s\S]*Options +defaults/);
  app.press('shift+tab', 'enter');
  await app.screen.waitForText(/Train a network: options[\s\S]*❯ Limit +‹ all ›[\s\S]*Threads +one per core/);
  app.press('500', 'down', 'down', 'right');
  await app.screen.waitForText(/Limit +500 +\* default all[\s\S]*❯ Batch size +‹ 256 › +\* default 128/);
  app.press('delete');
  await app.screen.waitForText(/❯ Batch size +‹ 128 ›/);
  app.press('escape');
  await app.screen.waitForText(/Preset +custom[\s\S]*❯ Options +limit 500/);
  app.press('up', 'enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.runs[0]!.options).toEqual({ split: 'digits', architecture: 'vgg', epochs: 10, limit: 500 });
});

test('an invalid option keeps a run from starting, and is shown', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Options +defaults/);
  app.press('shift+tab', 'enter', 'down', 'down', '0');
  await app.screen.waitForText(/Batch size must be a whole number from 1 to 8192/);
  app.press('enter', 'up');
  await app.screen.waitForText(/❯ Preset[\s\S]*Batch size must be/);
  app.press('enter');
  await app.screen.waitForText(/❯ Batch size +‹ 0 ›/);
  expect(services.runs).toEqual([]);
  app.press('backspace', 'enter', 'up', 'enter');
  await app.screen.waitForText(/Loading images/);
});

test('a preset changes several fields at once, and the time', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  services.estimateTraining = async ({ epochs = 0, limit = 0 }) => ({
    ...{ seconds: 60 * epochs, basis: 'measured' as const, images: limit, epochs, imagesKnown: true },
  });
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/Takes about 10m/);
  app.press('shift+tab', 'up', 'left', 'left');
  await app.screen.waitForText(/Network +cnn[\s\S]*Epochs +3[\s\S]*quick look[\s\S]*limit 10,000[\s\S]*Takes about 3m/);
});

test('the layers of the network are shown beside the form, or summed up where there is no room', async () => {
  const services = new FakeServices(fakeStatus({ present: ['digits'] }));
  app = openApp(services, { initialScreen: 'train', columns: 120, rows: 36 });
  await app.screen.waitForText(
    /Layer +Output +Parameters[\s\S]*conv2d +28×28×32 +288[\s\S]*\d\d layers, 586,447 parameters/,
  );
  app.press('tab', 'left');
  await app.screen.waitForText(/cnn[\s\S]*440,751 parameters/);
  app.resize(80, 24);
  const text = await app.screen.waitForText(/Takes .*\. \d+ layers,\s+440,751 parameters\./);
  expect(text).not.toMatch(/Output/);
});

test('the focus stays in view where the form does not fit', async () => {
  const services = new FakeServices(
    fakeStatus({ present: ['balanced', 'byclass', 'bymerge', 'letters', 'digits', 'mnist'] }),
  );
  app = openApp(services, { initialScreen: 'train', columns: 60, rows: 20 });
  await app.screen.waitForText(/❯ ● balanced/);
  app.press('end');
  await app.screen.waitForText(/❯ Options[\s\S]*↑ \d+ more/);
  app.press('home');
  await app.screen.waitForText(/❯ ● balanced[\s\S]*↓ \d+ more/);
  app.press('end', 'enter', 'end');
  await app.screen.waitForText(/❯ Threads/);
});
