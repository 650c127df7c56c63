import { afterEach, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type InsideState, NO_INSIDE, reduceInside } from '../../src/tui/screens/draw/draw-inside-state.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { fakeInspection } from '../helpers/fake-inspection.ts';
import { FAKE_READER, type FakeServer } from '../helpers/fake-server.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { LETTER_R, letterImage } from './scenes/fixtures.ts';

let app: AppTerminal;
afterEach(async () => {
  await app?.end();
});

function reading(labels: string, fields: object = {}): DrawUpdate {
  const predictions = [...labels].map((label, index) => ({ label, probability: [0.8, 0.1, 0.05][index] ?? 0.01 }));
  return {
    event: {
      ...{ event: 'prediction', client: 1, strokes: 2, milliseconds: 2.1, ...FAKE_READER, predictions },
      ...fields,
    },
    drawing: { strokes: LETTER_R, image: letterImage() },
  };
}

/** The Draw screen once a page has sent a drawing that was read as these labels. */
async function drawn(labels: string, options: { columns?: number; rows?: number } = {}): Promise<FakeServer> {
  const services = new FakeServices();
  app = openApp(services, { initialScreen: 'draw', ...options });
  await app.screen.waitForText(/Waiting for the page/);
  const server = services.servers[0]!;
  server.push({ event: { event: 'client', clients: 1 } }, reading(labels));
  await app.screen.waitForText(/Read in 2\.1 ms/);
  return server;
}

const asked = ({ inspections }: FakeServer) => inspections.map(({ options }) => options.label);

test('nothing is inspected until the view is open, and then each reading is', async () => {
  const server = await drawn('RK');
  expect(server.inspections).toEqual([]);
  app.press('i');
  await app.screen.waitForText(/Why R\?[\s\S]*Without the strongest patch, R has 41\.2% instead of 93\.1%/);
  expect(server.inspections[0]!.image).toEqual(letterImage());
  server.push(reading('PR'));
  await app.screen.waitForText(/Why P\?/);
  expect(asked(server)).toEqual(['R', 'P']);
  app.press('escape');
  await app.screen.waitForText(/Read in 2\.1 ms/);
  server.push(reading('AR', { milliseconds: 7.5 }));
  await app.screen.waitForText(/Read in 7\.5 ms/);
  expect(asked(server)).toEqual(['R', 'P']);
});

test('y asks about the next of the answers, which all stay visible', async () => {
  const server = await drawn('RKA');
  app.press('i', 'y');
  const text = await app.screen.waitForText(/Why not K\?/);
  expect(text).toMatch(/R 80\.0%.*❯ K 10\.0%.*A 5\.0%/);
  app.press('y', 'y');
  await app.screen.waitForText(/Why R\?/);
  expect(asked(server).at(-1)).toBe('R');
});

test('until the other answer has been looked into, the map keeps its own heading', async () => {
  const server = await drawn('RKA');
  app.press('i');
  await app.screen.waitForText(/Why R\?/);
  const release = Promise.withResolvers<void>();
  const inspect = server.inspect.bind(server);
  server.inspect = async (image, options) => {
    await release.promise;
    return inspect(image, options);
  };
  app.press('y');
  await app.screen.waitForText(/❯ K 10\.0%[\s\S]*Why R\?/);
  release.resolve();
  await app.screen.waitForText(/Why not K\?/);
});

test('layers are chosen by Tab and the arrow keys', async () => {
  await drawn('RK');
  app.press('i');
  await app.screen.waitForText(/Why R\?/);
  app.press('tab');
  await app.screen.waitForText(/conv2d {2}28×28×32 \(2 of 5\)[\s\S]*Each map is of one filter/);
  app.press('down');
  await app.screen.waitForText(/conv2d_1, pooled {2}14×14×64 \(3 of 5\)/);
  app.press('up', 'up', 'up', 'shift+tab');
  await app.screen.waitForText(/dense {2}256 \(5 of 5\)[\s\S]*Each cell is one unit/);
  app.press('down', 'down');
  app.press('tab');
  await app.screen.waitForText(/Why R\?/);
});

test('a large terminal shows the influence map and all layers at once, and the chosen one larger', async () => {
  await drawn('RK', { columns: 200, rows: 60 });
  app.press('i');
  await app.screen.waitForText(/Why R\?/);
  app.press('tab');
  const text = await app.screen.waitForText(/❯ conv2d /);
  for (const shown of [
    /Why R\?/,
    /conv2d_1, pooled/,
    /conv2d_2, pooled/,
    /dense {2}256/,
    /Each map is of one filter/,
  ]) {
    expect(text).toMatch(shown);
  }
});

test('drawings read during an inspection are skipped, except for the latest', async () => {
  const server = await drawn('RK');
  app.press('i');
  await app.screen.waitForText(/Why R\?/);
  const release = Promise.withResolvers<void>();
  const inspect = server.inspect.bind(server);
  server.inspect = async (image, options) => {
    const inspection = await inspect(image, options);
    await release.promise;
    return inspection;
  };
  server.push(reading('P'));
  await app.screen.waitFor(() => asked(server).includes('P'), 'the next question');
  for (const label of ['B', 'D']) server.push(reading(label));
  await app.screen.waitForText(/❯ D 80\.0%[\s\S]*Why R\?/);
  release.resolve();
  await app.screen.waitForText(/Why D\?/);
  expect(asked(server)).not.toContain('B');
});

test('closing the view ends the inspection', async () => {
  const server = await drawn('RK');
  const ended = Promise.withResolvers<void>();
  server.inspect = (_image, options) =>
    new Promise((_, reject) => {
      options!.signal!.addEventListener('abort', () => {
        ended.resolve();
        reject(options!.signal!.reason);
      });
    });
  app.press('i');
  await app.screen.waitForText(/Looking into the network/);
  app.press('i');
  await ended.promise;
  await app.screen.waitForText(/Read in 2\.1 ms/);
});

test('says why the network cannot be inspected, and keeps reading', async () => {
  const server = await drawn('RK');
  server.inspectError = new EmnistError('out-of-memory', 'there is not enough memory', { mebibytes: 64 });
  app.press('i');
  await app.screen.waitForText(/not enough memory/);
  server.inspectError = null;
  server.push(reading('P'));
  await app.screen.waitForText(/Why P\?/);
});

test('an answer that the network has no class for is explained by its best one', async () => {
  const server = await drawn('RK');
  server.inspect = async (image) => fakeInspection(image, { label: 'M' });
  app.press('i');
  await app.screen.waitForText(/The network has no class for R, so this is about M\./);
});

test('without a drawing, says what to do', async () => {
  const server = await drawn('RK');
  app.press('i');
  await app.screen.waitForText(/Why R\?/);
  server.push({
    event: { event: 'prediction', client: 1, strokes: 0, milliseconds: 0, ...FAKE_READER, predictions: [] },
    drawing: { strokes: [], image: new Uint8Array(784) },
  });
  await app.screen.waitForText(/Draw a character to see/);
});

describe('the state', () => {
  const inspected = (layers: number): InsideState => ({
    ...NO_INSIDE,
    isOpen: true,
    shown: {
      ...{ image: letterImage(), label: 'R', answer: 0, model: 'm', error: null },
      inspection: { ...fakeInspection(letterImage()), layers: fakeInspection(letterImage()).layers.slice(0, layers) },
    },
  });

  test('moves among the influence map and the layers', () => {
    const down = (state: InsideState) => reduceInside(state, { event: 'moved', by: 1, wraps: false });
    expect(down(down(inspected(1))).focus).toBe(1);
    expect(reduceInside(inspected(2), { event: 'moved', by: -1, wraps: true }).focus).toBe(2);
    expect(down(NO_INSIDE).focus).toBe(0);
  });

  test('another model with fewer layers moves the focus to its last one', () => {
    const state = { ...inspected(4), focus: 4 };
    expect(reduceInside(state, { event: 'inspected', inspected: inspected(2).shown! }).focus).toBe(2);
  });
});
