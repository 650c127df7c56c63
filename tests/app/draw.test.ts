import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDrawing } from '../../src/app/draw.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { SHIPPED, saveModel } from '../../src/core/model/model-store.ts';
import type { Network } from '../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { writeBy } from '../accuracy/characters.ts';
import { temporaryFolder } from '../cli/run.ts';
import { openPage, Page, updatesUntil } from '../core/server/server-helpers.ts';
import { ODD_E, PI, writeOften } from '../helpers/hand.ts';

/** A home with an untrained model of digits. */
async function homeWithModel(name: string): Promise<Paths> {
  const paths = resolvePaths(await temporaryFolder());
  const labels = splitLabels('digits');
  const network = architecture('cnn', labels.length);
  await saveModel({ name, network, labels, weights: initialWeights(network, 1), training: null }, paths);
  return paths;
}

test('another model takes over while the page is open, and stays when a third cannot be loaded', async () => {
  const paths = await homeWithModel('digits-of-mine');
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const updates = server[Symbol.asyncIterator]();
  const page = await openPage(server.url);
  page.draw(1, 3);
  expect((await page.next('prediction')).model).toBe(SHIPPED);

  const [switched, failed] = await Promise.allSettled([
    server.switchModel('digits-of-mine'),
    server.switchModel('no-such-model'),
  ]);
  expect(switched.status).toBe('fulfilled');
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'model-missing' } });
  expect(await page.next('hello')).toMatchObject({ model: 'digits-of-mine', labels: splitLabels('digits') });
  page.draw(2, 3);
  expect((await page.next('prediction')).model).toBe('digits-of-mine');

  const changes = await updatesUntil(updates, ({ event }) => event.event === 'model');
  expect(changes.at(-1)!.event).toMatchObject({ model: 'digits-of-mine', split: null });
  await server.switchModel(SHIPPED);
  expect((await page.next('hello')).model).toBe(SHIPPED);
});

test('looks into the model that reads, also while another one takes its place, until the server closes', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const image = new Uint8Array(784);
  for (let y = 4; y < 24; y++) image.fill(255, y * 28 + 13, y * 28 + 16);
  const { label, layers } = await server.inspect(image);
  expect([label, layers.length]).toEqual([expect.stringMatching(/^[1IlL]$/), 8]);
  const [inspected] = await Promise.all([server.inspect(image, { label: '7' }), server.switchModel(SHIPPED)]);
  expect(inspected.label).toBe('7');
  const [, ended] = await Promise.allSettled([server.close(), server.inspect(image)]);
  expect(ended).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
});

test('reads what is expected, and says what the model cannot answer', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED, characters: 'letters', prior: 'forms' }, { paths });
  onTestFinished(() => server.close());
  const page = new Page(server.url);
  expect(await page.next('hello')).toMatchObject({ characters: 'letters', prior: 'forms' });
  const read = async (id: number, expected: object) => {
    const line = Array.from({ length: 20 }, (_, index) => [500, 200 + 30 * index]);
    page.socket.send(JSON.stringify({ type: 'drawing', id, strokes: [line], ...expected }));
    const { predictions, problem } = await page.next('prediction');
    return { labels: predictions.map(({ label }) => label).join(''), problem };
  };
  expect(await read(1, { characters: 'digits' })).toEqual({ labels: expect.stringMatching(/^1\d{4}$/) });
  expect(await read(2, { characters: 'yn' })).toEqual({ labels: expect.stringMatching(/^[yn]{2}$/) });
  expect(await read(3, {})).toEqual({ labels: expect.stringMatching(/^.{5}$/) });
  for (const characters of ['7+', '']) {
    const { labels, problem } = await read(4, { characters });
    expect(labels).toHaveLength(5);
    expect(problem).toMatch(/no class for "\+"|invalid characters/);
  }
});

test('a drawing that the model rejects has a notice, whatever is expected', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const labels = splitLabels('digits');
  const network: Network = {
    input: [28, 28, 1],
    layers: [{ type: 'flatten' }, { type: 'dense', units: labels.length + 1, useBias: true }],
  };
  // Rejects three in four, whatever the image: with ten classes, by a logit of log(30).
  const weights = [
    new Float32Array(784 * 11),
    Float32Array.from({ length: 11 }, (_, k) => (k === 10 ? Math.log(30) : 0)),
  ];
  await saveModel({ name: 'doubting', network, labels, weights, training: null }, paths);
  const server = await startDrawing({ model: 'doubting' }, { paths });
  onTestFinished(() => server.close());
  const page = await openPage(server.url);
  for (const characters of [undefined, '17']) {
    const strokes = [[...'0123'].map((digit) => [500, 200 * Number(digit)])];
    page.socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes, characters }));
    const { notice, noCharacter } = await page.next('prediction');
    expect(notice).toBe('not-sure');
    expect(noCharacter).toBeCloseTo(0.75, 5);
  }
});

test('is not started to expect what the model cannot answer', async () => {
  const paths = await homeWithModel('digits-of-mine');
  const start = (options: object) => startDrawing({ model: 'digits-of-mine', ...options }, { paths });
  await expect(start({ characters: 'letters' })).rejects.toMatchObject({ code: 'characters-unknown' });
  await expect(start({ characters: '7'.repeat(1000) })).rejects.toMatchObject({ code: 'usage' });
});

test('a model can be changed while the server is closed', async () => {
  const paths = await homeWithModel('digits-of-mine');
  const server = await startDrawing({ model: SHIPPED }, { paths });
  const switched = server.switchModel('digits-of-mine');
  await server.close();
  await switched;
  await server.switchModel(SHIPPED);
});

/** Draws on a page until the reading is adapted to this many samples; the best answer then. */
async function readAdapted(
  page: Page,
  drawing: Drawing,
  adaptedTo: number | undefined,
  settings = {},
): Promise<string> {
  for (let id = 1; ; id++) {
    page.socket.send(JSON.stringify({ type: 'drawing', id, strokes: drawing, ...settings }));
    const prediction = await page.next('prediction');
    if (prediction.adaptedTo === adaptedTo) return prediction.predictions[0]!.label;
    // Pages are told when that changes.
    await page.next('samples');
  }
}

test('labels turn a reading around on all pages, also with another model and after a restart, and undo turns it back', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const [page, other] = [await openPage(server.url), await openPage(server.url)];
  const drawing = writeBy(1, ODD_E);
  expect(await readAdapted(page, drawing, undefined)).toBe('Z');
  const ids: string[] = [];
  for (const [id, strokes] of writeOften(ODD_E, 10).entries()) {
    page.socket.send(JSON.stringify({ type: 'label', id, label: 'E', strokes, origin: 'corrected', readAs: 'Z' }));
    ids.push((await page.next('labeled')).sample);
  }
  // Without waiting: when a label is confirmed, it counts.
  page.messages.splice(0);
  expect(await readAdapted(page, drawing, 10)).toBe('E');
  expect(await readAdapted(other, drawing, 10)).toBe('E');
  expect(await readAdapted(page, drawing, undefined, { adapt: false })).toBe('Z');

  const restarted = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => restarted.close());
  expect(await readAdapted(await openPage(restarted.url), drawing, 10)).toBe('E');
  await restarted.switchModel(undefined);
  const switched = await openPage(restarted.url);
  switched.socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes: drawing }));
  expect(await switched.next('prediction')).toMatchObject({
    adaptedTo: 10,
    predictions: [{ label: 'E' }, {}, {}, {}, {}],
  });

  for (const [id, sample] of ids.entries()) {
    page.socket.send(JSON.stringify({ type: 'unlabel', id, sample }));
    await page.next('unlabeled');
  }
  page.messages.splice(0);
  expect(await readAdapted(page, drawing, undefined)).toBe('Z');
});

test('pages are told of a label only once readings are adapted to it', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const page = await openPage(server.url);
  while ((await page.next('samples')).samples !== 0);
  const store = await SampleStore.open(paths.samples);
  // By another process.
  await store.add(writeOften(PI, 3).map((strokes) => ({ label: 'π', strokes, origin: 'imported' })));
  while ((await page.next('samples')).samples !== 3);
  page.socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes: writeBy(1, PI), characters: 'πT' }));
  const { predictions, problem, notice, adaptedTo } = await page.next('prediction');
  expect(predictions.map(({ label }) => label)).toEqual(['π', 'T']);
  expect({ problem, notice, adaptedTo }).toEqual({ adaptedTo: 3 });
});

test('samples that cannot be read keep nobody from drawing', async () => {
  const paths = resolvePaths(await temporaryFolder());
  await mkdir(path.dirname(paths.samples), { recursive: true });
  await writeFile(paths.samples, 'not a sample\n');
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  expect(server.samplesProblem).toMatchObject({ code: 'samples-invalid' });
  const page = await openPage(server.url);
  expect(await readAdapted(page, writeBy(1, ODD_E), undefined)).toBe('Z');
  page.socket.send(JSON.stringify({ type: 'label', id: 1, label: 'E', strokes: ODD_E, origin: 'corrected' }));
  await page.next('label-refused');
});

test('without adapting, drawings can be labeled all the same', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED, adapt: false }, { paths });
  onTestFinished(() => server.close());
  expect(server.samplesProblem).toBeNull();
  const page = await openPage(server.url);
  page.socket.send(JSON.stringify({ type: 'label', id: 1, label: 'E', strokes: ODD_E, origin: 'corrected' }));
  await page.next('labeled');
  expect(await readAdapted(page, ODD_E, undefined)).toBe('Z');
});

test('what is drawn on the terminal is read by the model, and again once it is labeled', async () => {
  const paths = resolvePaths(await temporaryFolder());
  const server = await startDrawing({ model: SHIPPED }, { paths });
  onTestFinished(() => server.close());
  const updates = server[Symbol.asyncIterator]();
  const isReading = ({ event }: DrawUpdate) => event.event === 'prediction';
  // As the mouse draws it: along the cells of a terminal.
  const seven = [
    [
      ...Array.from({ length: 17 }, (_, x) => [60 + 8 * x, 70]),
      ...Array.from({ length: 10 }, (_, y) => [180 - 8 * y, 87 + 17 * y]),
    ],
  ] as unknown as Drawing;
  server.read(seven);
  const reading = (await updatesUntil(updates, isReading)).at(-1)!.event;
  expect(reading).toMatchObject({ client: 0, model: SHIPPED });
  expect(reading.event === 'prediction' && reading.predictions[0]!.label).toBe('7');
  await server.addSample({ label: 'seven', strokes: seven, origin: 'corrected', readAs: '7' });
  const adapted = (update: DrawUpdate) =>
    isReading(update) && 'adaptedTo' in update.event && update.event.adaptedTo === 1;
  const again = (await updatesUntil(updates, adapted)).at(-1)!.event;
  expect(again).toMatchObject({ client: 0, strokes: 1 });
});
