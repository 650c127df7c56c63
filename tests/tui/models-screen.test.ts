import { afterEach, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus, fakeUnfinishedRun } from '../helpers/fake-status.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const SHIPPED = fakeModel({ name: 'shipped', shipped: true });
const BROKEN = { name: 'broken', path: '/models/broken', problem: 'model.json is damaged: it is not JSON' };

function services(): FakeServices {
  return new FakeServices(
    fakeStatus({
      present: ['digits'],
      models: [fakeModel({ name: 'mine' }), SHIPPED],
      unusable: [BROKEN],
      unfinished: [fakeUnfinishedRun({ name: 'begun', split: 'digits', epochsDone: 1 })],
    }),
  );
}

/** The keys that the last line names. */
const hints = () => app.screen.lines().at(-1)!;

test('models that cannot be used are listed with the reason; no key opens a screen with them', async () => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  expect(hints()).toMatch(/Enter draw/);
  app.press('down', 'down');
  await app.screen.waitForText(/❯ broken +- +- +- +unusable[\s\S]*broken cannot be used: model\.json is damaged/);
  expect(hints()).not.toMatch(/draw|evaluate|resume/);
  app.press('enter', 'd', 'e', 'r', 'down');
  await app.screen.waitForText(/❯ shipped/);
  expect(fake.servers).toEqual([]);
});

test('home counts them', async () => {
  app = openApp(services());
  await app.screen.waitForText(/Models +mine .*; 1 unusable/);
});

test('r resumes a run, also one that has no model yet', async () => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('down');
  await app.screen.waitForText(/❯ begun[\s\S]*interrupted after 1 of 10 epochs/);
  app.press('r');
  await app.screen.waitForText(/Start +resume after epoch 1 of 10 \(begun\)/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(fake.runs[0]!.options).toEqual({ split: 'digits', name: 'begun', resume: true });
});

test('r also resumes a run whose model cannot be read: that writes a new model', async () => {
  const fake = services();
  fake.currentStatus.unfinished.push(fakeUnfinishedRun({ name: 'broken', split: 'digits', epochsDone: 10 }));
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('end', 'up');
  await app.screen.waitForText(/broken cannot be used[\s\S]*interrupted after 10 of 10 epochs\. Press r to resume it/);
  app.press('delete');
  await app.screen.waitForText(/This deletes the model broken \(unfinished: 10 of 10 epochs, cannot be read\)/);
  app.press('n', 'r');
  await app.screen.waitForText(/Start +resume after epoch 10 of 10 \(broken\)/);
});

test('u uses a model by default, also the built-in one', async () => {
  const fake = services();
  fake.currentStatus.defaultProblem = '/data/default-model.json, which names the default model, is damaged';
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine[\s\S]*is damaged\. Press u\s+on a model to use it by default/);
  expect(hints()).toMatch(/u use by default/);
  app.press('u');
  await app.screen.waitForText(/❯ mine .*default\n/);
  app.press('end', 'u');
  await app.screen.waitForText(/❯ shipped .*default, built-in/);
  expect(app.screen.text()).not.toMatch(/mine .*default\n/);
  app.press('up');
  await app.screen.waitForText(/❯ broken/);
  expect(hints()).not.toMatch(/use by default/);
});

test.each([
  ['mine', 0, /This deletes the model mine \(.*87\.1%/],
  ['begun', 1, /This deletes the unfinished run begun/],
  ['broken', 2, /This deletes the model broken \(cannot be read\)/],
])('%s can be deleted, after a question', async (name, row, question) => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press(...Array.from({ length: row }, () => 'down'), 'delete');
  await app.screen.waitForText(question);
  app.press('enter');
  await app.screen.waitForText(new RegExp(`❯ ${name}`));
  expect(fake.deleted).toEqual([]);
  app.press('backspace', 'y');
  await app.screen.waitFor(() => !app.screen.text().includes(name), 'the model to go');
  expect(fake.deleted).toEqual([name]);
});

test('the built-in model cannot be deleted', async () => {
  app = openApp(services(), { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('end');
  await app.screen.waitForText(/❯ shipped/);
  expect(hints()).not.toMatch(/delete/);
});

test('of a link, only the link is said to be deleted', async () => {
  const fake = services();
  fake.currentStatus.links = ['mine'];
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('delete');
  expect(await app.screen.waitForText(/deletes only the link mine\. What it leads to stays\./)).not.toContain(
    'recovered',
  );
});

test('says why a model could not be deleted, and tries again', async () => {
  const fake = services();
  fake.deleteModel = async (model) => {
    throw new EmnistError('model-busy', `the model "${model}" is in use by process 4711`, {
      ...{ model, operation: 'delete', lost: false, host: null, process: 4711, since: null },
    });
  };
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('backspace', 'y');
  await app.screen.waitForText(/in use by process 4711/);
  app.press('escape');
  await app.screen.waitForText(/❯ mine/);
  app.press('delete', 'y');
  await app.screen.waitForText(/in use by process 4711/);
  fake.deleteModel = FakeServices.prototype.deleteModel;
  app.press('r');
  await app.screen.waitForText(/❯ begun/);
  expect(fake.deleted).toEqual(['mine']);
});

test('names are shown in full where there is room', async () => {
  const names = ['a-rather-long-name-of-a-model-trained-in-spring', 'a-rather-long-name-of-a-model-trained-in-fall'];
  const fake = new FakeServices(fakeStatus({ models: names.map((name) => fakeModel({ name })) }));
  app = openApp(fake, { initialScreen: 'models', columns: 100, rows: 30 });
  const text = await app.screen.waitForText(/❯ a-rather/);
  for (const name of names) expect(text.split(name).length).toBeGreaterThan(1);
});
