import { afterEach, expect, test, vi } from 'vitest';
import type { Split } from '../../src/core/dataset/splits.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { EmnistError } from '../../src/core/errors.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';
import { styledText } from '../helpers/styled-text.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const MODELS = [
  fakeModel({ name: 'mine', classes: 10, training: { split: 'digits', validationAccuracy: 0.9871 } }),
  fakeModel({ name: 'shipped', shipped: true, training: { split: 'bymerge' } }),
];

const reader = (model: string, split: Split) => ({ model, labels: [...splitLabels(split)] });

/** An answer to a drawing of one stroke. */
function answer(
  model: string,
  split: Split,
  label: string,
  notice?: 'several-characters' | 'no-character',
): DrawUpdate {
  return {
    event: {
      ...{ event: 'prediction', client: 1, strokes: 1, milliseconds: 3.1, ...reader(model, split) },
      predictions: [{ label, probability: 0.908 }],
      ...(notice && { notice }),
    },
    drawing: { strokes: [[[0, 0]]], image: new Uint8Array(784) },
  };
}

/** The text below or to the right of the pictures, as one line. */
function besidePictures({ screen }: AppTerminal): string {
  return screen
    .lines()
    .map((line) => line.replace(/^.*[⠀-⣿▀] /, ''))
    .join(' ')
    .replace(/\s+/g, ' ');
}

const page: DrawUpdate = { event: { event: 'client', clients: 1 } };

test('says which model reads although none was chosen, what it knows, and lets it be changed', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  services.reader = { ...reader('mine', 'digits'), split: 'digits' };
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/^ Draw with mine/);
  expect(app.screen.text()).toContain('mine: 10 classes, trained on digits');
  expect(services.drawOptions).toEqual([{ model: undefined }]);
  const server = services.servers[0]!;
  server.push(page, answer('mine', 'digits', '8'));
  await app.screen.waitForText(/8 .*90\.8%/);

  app.press('m');
  await app.screen.waitForText(/[❯>] ● mine[\s\S]*○ shipped/);
  app.press('escape');
  await app.screen.waitForText(/90\.8%/);
  app.press('m', 'down', 'enter');
  const changed = await app.screen.waitForText(/^ Draw with shipped/);
  expect(server.models).toEqual(['shipped']);
  expect(changed).toContain('·  47 classes, trained on balanced');
  expect(changed).not.toMatch(/90\.8%/);
  server.push(answer('shipped', 'bymerge', 'R'));
  await app.screen.waitForText(/R .*90\.8%/);
  // The same server: the page stays open.
  expect(services.servers).toHaveLength(1);
});

test('a model that cannot be loaded is reported, and the previous one keeps reading', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Draw with shipped/);
  const server = services.servers[0]!;
  server.switchModel = async () => {
    throw new EmnistError('model-damaged', 'mine/model.json is damaged', { file: 'model.json', reason: 'empty' });
  };
  server.push(page);
  await app.screen.waitForText(/1 page connected/);
  app.press('m', 'up', 'enter');
  await app.screen.waitForText(/Error: mine\/model\.json is damaged/);
  server.push(answer('shipped', 'bymerge', 'R'));
  await app.screen.waitForText(/R .*90\.8%/);
  expect(app.screen.text()).not.toContain('Error');
});

test('a change of the model that failed can be tried again, or given up', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Draw with shipped/);
  const server = services.servers[0]!;
  const { switchModel } = server;
  const asked: (string | undefined)[] = [];
  server.switchModel = async (name) => {
    asked.push(name);
    if (name === 'mine') throw new EmnistError('engine-failed', 'a compute thread failed', {});
    return switchModel.call(server, name);
  };
  app.press('m', 'up', 'enter');
  await app.screen.waitForText(/a compute thread failed[\s\S]*press r to try again[\s\S]*r try again/);
  app.press('r');
  await vi.waitFor(() => expect(asked).toEqual(['mine', 'mine']), 20_000);
  app.press('m', 'down', 'enter');
  await vi.waitFor(() => expect(asked).toEqual(['mine', 'mine', 'shipped']), 20_000);
  await app.screen.waitForText(/shipped: 47 classes/);
  await app.screen.waitFor(() => !/Error|r try again/.test(app.screen.text()), 'the error to go');
});

test('the models to choose from are up to date', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Draw with shipped/);
  services.currentStatus = fakeStatus({ models: [fakeModel({ name: 'just-trained' }), ...MODELS] });
  app.press('m');
  await app.screen.waitForText(/○ just-trained[\s\S]*● shipped/);
});

test('a note on the answer follows the labels of the model: C under byclass is no c', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Draw with shipped/);
  const server = services.servers[0]!;
  server.push(page, answer('own', 'byclass', 'C'));
  await app.screen.waitForText(/Draw with own[\s\S]*C .*90\.8%/);
  expect(app.screen.text()).not.toMatch(/stands for/);
  server.push(answer('shipped', 'bymerge', 'C'));
  await app.screen.waitForText(/C also stands for c/);
});

test.each([
  [80, 24],
  [80, 20],
  [60, 20],
  [200, 60],
])(
  'a drawing that is probably not one character is said to be so, and no answer stands out, at %dx%d',
  async (columns, rows) => {
    const services = new FakeServices(fakeStatus({ models: MODELS }));
    app = openApp(services, { initialScreen: 'draw', columns, rows });
    await app.screen.waitForText(/Draw with shipped/);
    const server = services.servers[0]!;
    const emphasized = /<bold[^>]*>n /;
    server.push(page, answer('shipped', 'bymerge', 'n'));
    await app.screen.waitForText(/n .*90\.8%/);
    expect(styledText(app.screen)).toMatch(emphasized);
    server.push(answer('shipped', 'bymerge', 'n', 'several-characters'));
    await app.screen.waitFor(() => /looks like two characters/.test(besidePictures(app)), 'the notice');
    expect(styledText(app.screen)).not.toMatch(emphasized);
    server.push(answer('shipped', 'bymerge', 'I', 'no-character'));
    await app.screen.waitFor(() => /does not look like a character/.test(besidePictures(app)), 'the notice');
  },
);

test('a key changes what pages expect, which stays for the next server', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Draw with shipped[\s\S]*p expect/);
  expect(app.screen.text()).not.toMatch(/expecting/);
  app.press('p');
  await app.screen.waitForText(/no page connected.*expecting digits/);
  app.press('p', 'p');
  await app.screen.waitForText(/expecting uppercase letters/);
  const [server] = services.servers;
  expect(server!.expectations.map(({ characters }) => characters)).toEqual(['digits', 'letters', 'uppercase']);
  server!.push(page);
  // There is no room for the classes of the model.
  await app.screen.waitForText(/1 page connected.*expecting uppercase letters *$/m);
  app.press('s', 'y');
  await app.screen.waitForText(/Waiting for the page[\s\S]*unshare/);
  expect(services.servers).toHaveLength(2);
  expect(app.screen.text()).toMatch(/expecting uppercase letters/);
  app.press('p', 'p');
  await app.screen.waitFor(() => !/expecting/.test(app.screen.text()), 'any character to be expected');
});

test('a server that could not be started can be tried again', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  services.drawError = new EmnistError('port-taken', 'port 4321 is in use', { port: 4321 });
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/port 4321 is in use/);
  services.drawError = null;
  app.press('r');
  await app.screen.waitForText(/Draw with shipped/);
});

test('over SSH, no browser is opened here; the line that forwards the port is shown in full', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  services.isRemote = true;
  app = openApp(services, { initialScreen: 'draw' });
  const text = await app.screen.waitForText(/ssh -L 4321:127\.0\.0\.1:4321 user@192\.0\.2\.7/);
  expect(text).toContain('no page connected');
  expect(services.opened).toEqual([]);
});

test('others can draw after a question, which says that nothing is encrypted; the model stays', async () => {
  const services = new FakeServices(fakeStatus({ models: MODELS }));
  app = openApp(services, { initialScreen: 'draw', columns: 100, rows: 40 });
  await app.screen.waitForText(/Draw with shipped/);
  app.press('s');
  expect(await app.screen.waitForText(/Let other devices draw\?/)).toContain('not encrypted');
  app.press('escape');
  await app.screen.waitForText(/Waiting for the page/);
  expect(services.drawOptions).toHaveLength(1);
  app.press('s', 'y');
  // A QR code of half blocks.
  expect(await app.screen.waitForText(/█{25}/)).toContain('The connection is not encrypted');
  expect(services.servers[0]!.closed).toBe(true);
  expect(services.drawOptions[1]).toEqual({ model: 'shipped', host: '0.0.0.0' });
  app.press('s');
  await app.screen.waitForText(/s share/);
  expect(app.screen.text()).not.toContain('not encrypted');
  expect(services.drawOptions[2]).toEqual({ model: 'shipped' });
});
