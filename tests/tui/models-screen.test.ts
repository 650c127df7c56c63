import { afterEach, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeEvaluation, fakeModel, fakeStatus, fakeUnfinishedRun } from '../helpers/fake-status.ts';
import { click } from '../helpers/mouse.ts';

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
  expect(hints()).toMatch(/d draw/);
  app.press('down', 'down');
  await app.screen.waitForText(/❯ broken( +-)+ +unusable[\s\S]*broken cannot be used: model\.json is damaged/);
  expect(hints()).not.toMatch(/draw|evaluate|resume/);
  app.press('d', 'e', 'r', 'down');
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
  app.press('u');
  await app.screen.waitForText(/❯ mine .*default\n/);
  app.press('end', 'u');
  await app.screen.waitForText(/❯ shipped .*default, built-in/);
  expect(app.screen.text()).not.toMatch(/mine .*default\n/);
  app.press('enter');
  await app.screen.waitForText(/u use by default/);
  app.press('escape', 'up', 'enter');
  await app.screen.waitForText(/broken cannot be used[\s\S]*Del delete/);
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

test('a model that is being trained is not deleted, nor is that offered', async () => {
  const fake = services();
  const holder = { host: null, process: process.pid, since: null };
  fake.currentStatus.unfinished.push(fakeUnfinishedRun({ name: 'mine', split: 'digits', epochsDone: 1, holder }));
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('delete');
  expect(await app.screen.waitForText(/"mine" is in use/)).toMatch(/press t, then x to stop it/);
  app.press('y', 'escape');
  await app.screen.waitForText(/❯ mine/);
  expect(fake.deleted).toEqual([]);
});

test('names are shown in full where there is room', async () => {
  const names = ['a-rather-long-name-of-a-model-trained-in-spring', 'a-rather-long-name-of-a-model-trained-in-fall'];
  const fake = new FakeServices(fakeStatus({ models: names.map((name) => fakeModel({ name })) }));
  app = openApp(fake, { initialScreen: 'models', columns: 100, rows: 30 });
  const text = await app.screen.waitForText(/❯ a-rather/);
  for (const name of names) expect(text.split(name).length).toBeGreaterThan(1);
});

describe('the preview', () => {
  const NOTED = fakeModel({
    name: 'noted',
    note: 'the one with more dropout',
    training: { epochs: 12, epochsAsked: 30, keptEpoch: 7, stoppedEarly: true, parent: 'shipped', limit: 5000 },
    evaluations: [fakeEvaluation({ accuracy: 0.8634 })],
  });

  test.each([
    [80, 24],
    [120, 36],
  ])('shows the figures and the curve of the focused model at %dx%d', async (columns, rows) => {
    const fake = new FakeServices(fakeStatus({ models: [NOTED, fakeModel({ name: 'other' })] }));
    app = openApp(fake, { initialScreen: 'models', columns, rows });
    const text = await app.screen.waitForText(/❯ noted .*87\.1% +86\.3% of 18,800/);
    expect(text).toMatch(/Note +the one with more dropout/);
    expect(text).toMatch(/Accuracy/);
    app.press('down');
    await app.screen.waitForText(/❯ other[\s\S]*Test +not measured yet: press e/);
    expect(app.screen.text()).not.toMatch(/dropout/);
  });

  test('Enter shows all of it, to scroll through, and leads back to the list', async () => {
    app = openApp(new FakeServices(fakeStatus({ models: [NOTED] })), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ noted/);
    app.press('enter');
    const text = (await app.screen.waitForText(/Enter draw/)).replace(/\n +/g, ' ');
    expect(text).toMatch(/Kept +epoch 7 of 12: best validation accuracy; stopped early after 5 epochs without/);
    expect(text).toMatch(/Trained on +balanced: 76,072 images, 8,452 held out, limited to 5,000, seed 1/);
    expect(text).toMatch(/From +shipped/);
    app.press('end');
    await app.screen.waitForText(/conv2d +26×26×32 +320[\s\S]*total +\d+,\d+/);
    app.press('escape');
    await app.screen.waitForText(/❯ noted/);
  });
});

test('s sorts by name and by accuracies, and the focus stays on its model', async () => {
  const models = [
    fakeModel({ name: 'b-new', training: { date: '2026-03-03T00:00:00.000Z', validationAccuracy: 0.9 } }),
    fakeModel({
      name: 'a-old',
      training: { validationAccuracy: 0.8 },
      evaluations: [fakeEvaluation({ accuracy: 0.79 })],
    }),
  ];
  app = openApp(new FakeServices(fakeStatus({ models })), { initialScreen: 'models' });
  const order = () => /\b([ab])-\w+ +balanced.*\n.*\b[ab]-\w+ +balanced/.exec(app.screen.text())?.[1];
  await app.screen.waitForText(/Date ↓[\s\S]*❯ b-new/);
  for (const [heading, first] of [
    [/Name ↑/, 'a'],
    [/Validation ↓/, 'b'],
    [/Test ↓/, 'a'],
    [/Date ↓/, 'b'],
  ] as const) {
    app.press('s');
    await app.screen.waitForText(heading);
    expect(order()).toBe(first);
    expect(app.screen.text()).toMatch(/❯ b-new/);
  }
});

test('Space selects up to four models; a fifth is refused, and so is a run without a model', async () => {
  const fake = services();
  fake.currentStatus.models.unshift(...['m1', 'm2', 'm3', 'm4'].map((name) => fakeModel({ name })));
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ m1/);
  expect(hints()).toMatch(/Enter details/);
  app.press('space', 'down', 'space', 'down', 'space', 'down', 'space');
  await app.screen.waitForText(/◆ {3}m1[\s\S]*● {3}m2[\s\S]*▲ {3}m3[\s\S]*■ ❯ m4/);
  expect(hints()).toMatch(/Enter overlay/);
  app.press('down', 'space');
  await app.screen.waitForText(/At most 4 models can be selected/);
  app.press('up', 'space', 'down', 'space');
  await app.screen.waitForText(/■ ❯ mine/);
  expect(app.screen.text()).not.toMatch(/At most|■.* m4/);
  app.press('down', 'space');
  await app.screen.waitForText(/❯ begun[\s\S]*begun has no model to overlay/);
});

describe('n renames', () => {
  test('the model keeps the focus, its place in the selection, and its data', async () => {
    const fake = services();
    fake.currentStatus.models.splice(1, 0, fakeModel({ name: 'other', note: 'a note' }));
    app = openApp(fake, { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('down', 'space', 'n');
    await app.screen.waitForText(/Rename other[\s\S]*Name +other/);
    app.press('ctrl+u', 'x', '1', 'enter');
    await app.screen.waitForText(/◆ ❯ x1[\s\S]*a note[\s\S]*Renamed other to x1/);
    expect(fake.currentStatus.models.map(({ name }) => name)).toEqual(['mine', 'x1', 'shipped']);
  });

  test('says while typing what cannot be a name, and does not save it', async () => {
    const fake = services();
    app = openApp(fake, { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('n');
    await app.screen.waitForText(/Rename mine/);
    app.press('ctrl+u');
    await app.screen.waitForText(/invalid model name ""/);
    app.press('b', 'r', 'o', 'k', 'e', 'n');
    await app.screen.waitForText(/"broken" already exists: choose another name/);
    expect(hints()).not.toMatch(/save/);
    app.press('enter', 'escape');
    await app.screen.waitForText(/❯ mine/);
    app.press('end', 'n');
    await app.screen.waitForText(/❯ shipped/);
    expect(fake.currentStatus.models.map(({ name }) => name)).toEqual(['mine', 'shipped']);
  });

  test('says why it failed, and tries again', async () => {
    const fake = services();
    fake.modelError = new Error('the model is in use');
    app = openApp(fake, { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('n');
    await app.screen.waitForText(/Rename mine/);
    app.press('2', 'enter');
    await app.screen.waitForText(/the model is in use/);
    app.press('escape');
    await app.screen.waitForText(/Name +mine2/);
    app.press('enter');
    await app.screen.waitForText(/the model is in use/);
    fake.modelError = null;
    app.press('r');
    await app.screen.waitForText(/❯ mine2/);
  });
});

test('w writes a note, also about the built-in model, from the list and from the details', async () => {
  app = openApp(services(), { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('end', 'w');
  await app.screen.waitForText(/Note about shipped/);
  app.press('h', 'i', 'enter');
  await app.screen.waitForText(/❯ shipped[\s\S]*Note +hi/);
  app.press('p');
  await app.screen.waitForText(/Enter draw/);
  app.press('w');
  await app.screen.waitForText(/Note +hi/);
  app.press('backspace', 'backspace', 'enter');
  await app.screen.waitForText(/Enter draw/);
  await app.screen.waitFor(() => !/Note/.test(app.screen.text()), 'the note to go');
});

/** Another program changes the models while the keys of the screen are listed. */
async function changedMeanwhile(fake: FakeServices, change: () => void): Promise<void> {
  app.press('?');
  await app.screen.waitForText(/On this screen/);
  change();
  const { statusCalls } = fake;
  app.press('escape');
  await app.screen.waitFor(() => fake.statusCalls > statusCalls, 'the status to be loaded');
}

test('the first model keeps the focus when a newer one is listed above it, also in its details', async () => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  const add = (name: string, date: string) => () => {
    const { models } = fake.currentStatus;
    fake.currentStatus = { ...fake.currentStatus, models: [fakeModel({ name, training: { date } }), ...models] };
  };
  await changedMeanwhile(fake, add('newer', '2027-01-01T00:00:00.000Z'));
  await app.screen.waitForText(/ {2}newer[\s\S]*❯ mine/);
  app.press('p');
  await app.screen.waitForText(/^ mine/);
  await changedMeanwhile(fake, add('newest', '2027-02-01T00:00:00.000Z'));
  app.press('escape');
  await app.screen.waitForText(/ {2}newest[\s\S]*❯ mine/);
});

test('the details of a model that another program deletes lead back to the list, not to another model', async () => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('enter');
  await app.screen.waitForText(/^ mine/);
  await changedMeanwhile(fake, () => void fake.deleteModel('mine'));
  await app.screen.waitForText(/^ Models[\s\S]*❯ begun/);
});

describe('x exports', () => {
  async function opened(fake = services()) {
    app = openApp(fake, { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('x');
    await app.screen.waitForText(/❯ ● onnx[\s\S]*To +mine\.onnx/);
    return fake;
  }

  test('in the chosen format, to the name of the model', async () => {
    const fake = await opened();
    app.press('up');
    await app.screen.waitForText(/To +mine\.h5/);
    app.press('enter');
    await app.screen.waitForText(/❯ mine[\s\S]*Exported mine to mine\.h5 \(1\.23 MB\)/);
    expect(fake.exported).toEqual([{ format: 'h5', model: 'mine', out: 'mine.h5', force: false }]);
  });

  test('from the details, which say where to', async () => {
    app = openApp(services(), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('p');
    await app.screen.waitForText(/^ mine/);
    app.press('x');
    await app.screen.waitForText(/Export mine/);
    app.press('enter');
    await app.screen.waitForText(/^ mine[\s\S]*Exported mine to mine\.onnx/);
    app.press('escape');
    await app.screen.waitForText(/❯ mine/);
    expect(app.screen.text()).not.toMatch(/Exported/);
  });

  test('to a path, asking before a file is overwritten', async () => {
    const fake = await opened();
    app.paste('/data/it.onnx');
    await app.screen.waitForText(/To +\/data\/it\.onnx/);
    fake.modelError = new EmnistError('file-exists', '/data/it.onnx already exists', { path: '/data/it.onnx' });
    app.press('enter');
    await app.screen.waitForText(/Overwrite the file\?[\s\S]*\/data\/it\.onnx already exists/);
    app.press('n');
    await app.screen.waitForText(/To +\/data\/it\.onnx/);
    app.press('enter');
    await app.screen.waitForText(/Overwrite the file\?/);
    fake.modelError = null;
    app.press('y');
    await app.screen.waitForText(/Exported mine/);
    expect(fake.exported.map(({ force }) => force)).toEqual([false, false, true]);
  });

  test('says why it failed; the form keeps what was entered', async () => {
    const fake = await opened();
    fake.modelError = new EmnistError('file-is-folder', '/data is a folder, but this format is a file', {
      ...{ path: '/data', option: 'out' },
    });
    app.paste('/data');
    app.press('enter');
    await app.screen.waitForText(/\/data is a folder[\s\S]*enter the path of a file in To/);
    app.press('r');
    await app.screen.waitForText(/To +\/data/);
    app.press('ctrl+u');
    await app.screen.waitForText(/Enter the path of a file/);
    app.press('enter', 'escape');
    await app.screen.waitForText(/❯ mine/);
    expect(fake.exported).toHaveLength(1);
  });

  test('also says why one failed after its form was left, and not as a success', async () => {
    const fake = await opened();
    const { promise, reject } = Promise.withResolvers<never>();
    fake.exportModel = () => promise;
    app.press('enter');
    await app.screen.waitForText(/Exporting/);
    app.press('escape');
    await app.screen.waitForText(/❯ mine/);
    reject(new Error('the disk is full'));
    expect(await app.screen.waitForText(/mine was not exported: the disk is full\./)).not.toContain('✓');
  });
});

test('a model that is deleted from its details leads back to the list', async () => {
  const fake = services();
  app = openApp(fake, { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  app.press('enter');
  await app.screen.waitForText(/Enter draw/);
  app.press('delete', 'y');
  await app.screen.waitForText(/❯ begun/);
  expect(fake.deleted).toEqual(['mine']);
});

describe('the overlay', () => {
  async function overlaid(columns = 80, rows = 24) {
    const models = [
      fakeModel({ name: 'small', training: { validationAccuracy: 0.8712 } }),
      fakeModel({ name: 'large', training: { architecture: 'vgg', epochs: 20, validationAccuracy: 0.9012 } }),
      fakeModel({ name: 'old', training: { history: undefined, seed: 7 } }),
    ];
    const fake = new FakeServices(fakeStatus({ models }));
    app = openApp(fake, { initialScreen: 'models', columns, rows });
    await app.screen.waitForText(/❯ small/);
    app.press('space', 'down', 'space', 'down', 'space');
    await app.screen.waitForText(/▲ ❯ old/);
    app.press('enter');
    await app.screen.waitForText(/Models overlaid/);
    return fake;
  }

  test('shows the curves of the selected models, their best values, and what differs', async () => {
    await overlaid(120, 36);
    const text = app.screen.text();
    expect(text).toMatch(/Validation: accuracy +◆ small +● large +▲ old/);
    expect(text).toMatch(/Without a curve, since no history was kept: old\./);
    expect(text).toMatch(/best accuracy +87\.1% +90\.1% +87\.1%\n/);
    expect(text).toMatch(/network +cnn +vgg +cnn\n/);
    expect(text).toMatch(/seed +1 +1 +7\n/);
    expect(text).not.toMatch(/^ *split/m);
    app.press('a');
    await app.screen.waitForText(/Validation: loss[\s\S]*best loss +0\.\d+ +0\.\d+ +0\.38/);
    app.press('y');
    await app.screen.waitForText(/Validation: loss, log/);
  });

  test('scrolls to the end of a long table, and Esc returns to the list with its selection', async () => {
    await overlaid();
    app.press('end');
    await app.screen.waitForText(/averaging +0 +0\.999 +0\n/);
    app.press('escape');
    await app.screen.waitForText(/◆ {3}small[\s\S]*▲ ❯ old/);
  });

  test('of nothing is refused', async () => {
    app = openApp(services(), { initialScreen: 'models' });
    await app.screen.waitForText(/❯ mine/);
    app.press('o');
    await app.screen.waitForText(/Select up to 4 models with Space first\./);
  });
});

test('a click focuses a model, and a click on the focused one opens its details', async () => {
  app = openApp(services(), { initialScreen: 'models' });
  await app.screen.waitForText(/❯ mine/);
  const onShipped = () =>
    click(
      8,
      app.screen.lines().findIndex((line) => line.includes('shipped')),
    );
  app.press(onShipped());
  await app.screen.waitForText(/❯ shipped/);
  app.press(onShipped());
  await app.screen.waitForText(/Enter draw/);
});
