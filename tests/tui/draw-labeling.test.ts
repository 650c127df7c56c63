import { afterEach, expect, test, vi } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FAKE_READER, type FakeServer } from '../helpers/fake-server.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeStatus } from '../helpers/fake-status.ts';

/* Labeling drawings in the app. */

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const page: DrawUpdate = { event: { event: 'client', clients: 1 } };

/** A drawing that is read as each of some labels, the most probable first. */
function drawn(labels: string, x = 0): DrawUpdate {
  const strokes = labels === '' ? [] : [[[x, 0] as const, [x, 9] as const]];
  return {
    event: {
      ...{ event: 'prediction', client: 1, strokes: strokes.length, milliseconds: 3.1, ...FAKE_READER },
      predictions: Array.from(labels, (label, index) => ({ label, probability: 0.9 / 4 ** index })),
    },
    drawing: { strokes, image: new Uint8Array(784) },
  };
}

async function open(services = new FakeServices(fakeStatus())): Promise<FakeServer> {
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/Waiting for the page/);
  const server = services.servers[0]!;
  server.push(page, drawn('q9gy4'));
  await app.screen.waitForText(/1\. q/);
  return server;
}

const saved = (server: FakeServer) => server.samples.map(({ label, origin }) => `${label} ${origin}`);

test('Enter confirms the best answer, a digit chooses another one, which replaces it; u undoes it', async () => {
  const server = await open();
  app.press('enter');
  await app.screen.waitForText(/Saved as q · 1/);
  expect(server.samples[0]).toMatchObject({
    readAs: 'q',
    origin: 'confirmed',
    strokes: [
      [
        [0, 0],
        [0, 9],
      ],
    ],
  });
  app.press('3');
  await app.screen.waitForText(/Saved as g · 1/);
  await vi.waitFor(() => expect(saved(server)).toEqual(['g corrected']));
  app.press('3', 'u');
  await app.screen.waitForText(/No longer saved/);
  expect(saved(server)).toEqual([]);
  expect(app.screen.lines().at(-1)).not.toMatch(/undo/);
});

test('l asks for a label: keys are text until it is saved or left', async () => {
  const server = await open();
  app.press('l');
  await app.screen.waitForText(/It is[\s\S]*Enter save/);
  app.press('q', 'u');
  await app.screen.waitForText(/It is qu/);
  // What is drawn meanwhile waits.
  server.push(drawn('O', 5));
  app.press('escape');
  await app.screen.waitForText(/1\. O/);
  expect(saved(server)).toEqual([]);
  app.press('l');
  await app.screen.waitForText(/Enter save/);
  app.press('π', 'enter');
  await app.screen.waitForText(/Saved as π/);
  expect(server.samples[0]).toMatchObject({ label: 'π', readAs: 'O', origin: 'corrected' });
});

test('an empty canvas has no label, and l does not leave the screen', async () => {
  const server = await open();
  server.push(drawn(''));
  await app.screen.waitForText(/Draw a character in the browser/);
  app.press('enter', 'l', 'u', 'p');
  await app.screen.waitForText(/Draw with shipped[\s\S]*expecting digits/);
  expect(server.samples).toEqual([]);
});

test('a label that cannot be saved is not lost: it is tried again', async () => {
  const server = await open();
  server.sampleError = new EmnistError('file-read-only', 'the disk is read-only', {
    path: '/home',
    systemCode: 'EROFS',
  });
  app.press('2');
  await app.screen.waitForText(/the disk is read-only[\s\S]*What to do[\s\S]*r try again/);
  server.sampleError = null;
  app.press('r');
  await app.screen.waitForText(/Saved as 9/);
  expect(saved(server)).toEqual(['9 corrected']);
});

test('samples that cannot be read are reported; drawing continues without labels', async () => {
  const services = new FakeServices(fakeStatus());
  services.samplesProblem = new EmnistError('samples-invalid', 'samples.jsonl:3 is damaged', {
    ...{ file: 'samples.jsonl', line: 3, problem: 'line' },
  });
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/samples\.jsonl:3 is damaged/);
  app.press('escape');
  services.servers[0]!.push(page, drawn('q9'));
  await app.screen.waitForText(/1\. q/);
  expect(app.screen.lines().at(-1)).not.toMatch(/confirm|label/);
  app.press('enter', 'p');
  await app.screen.waitForText(/expecting digits/);
  expect(services.servers[0]!.samples).toEqual([]);
});

test('a key turns the adaptation to samples off and on, for all pages', async () => {
  const services = new FakeServices(fakeStatus());
  const server = await open(services);
  const { event, drawing } = drawn('q9');
  server.push({ event: { ...event, adaptedTo: 14 } as DrawUpdate['event'], drawing });
  await app.screen.waitForText(/Adapted to 14/);
  app.press('a');
  await app.screen.waitForText(/Waiting for the page/);
  expect(services.drawOptions.at(-1)).toMatchObject({ model: 'shipped', adapt: false });
  // The page connects by itself.
  expect(services.opened).toHaveLength(1);
  services.servers[1]!.push(page, drawn('q9'));
  await app.screen.waitForText(/Not adapted/);
  app.press('a');
  await app.screen.waitForText(/Waiting for the page/);
  expect(services.drawOptions.at(-1)).toMatchObject({ adapt: true });
});
