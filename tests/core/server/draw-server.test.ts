import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import type { Recognition } from '../../../src/core/server/draw-options.ts';
import { MAX_POINTS, PING } from '../../../src/core/server/protocol.ts';
import {
  countStrokes,
  hasClients,
  heldReader,
  isPrediction,
  model,
  openPage,
  Page,
  startServer,
  updatesUntil,
} from './server-helpers.ts';

/** Waits until the server has read everything that a page has sent, since a ping is answered in order. */
async function allRead(page: Page): Promise<void> {
  const answered = once(page.socket, 'pong');
  page.socket.ping();
  await answered;
}

describe('drawing', () => {
  test('a page receives the model and predictions, which are also yielded as events', async () => {
    const server = await startServer();
    const page = new Page(server.url);
    expect(await page.next('hello')).toEqual({ type: 'hello', model: model.name, labels: model.labels });
    page.draw(7, 3);
    const answer = await page.next('prediction');
    expect(answer).toMatchObject({ id: 7, predictions: [{ label: '3', probability: 1 }] });
    expect(Buffer.from(answer.image, 'base64')).toEqual(Buffer.alloc(784, 7));

    const updates = await updatesUntil(server[Symbol.asyncIterator](), isPrediction);
    expect(updates.map(({ event }) => event)).toEqual([
      { event: 'listening', url: server.url, model: model.name, labels: model.labels, split: null },
      { event: 'client', clients: 1 },
      {
        event: 'prediction',
        client: 1,
        strokes: 3,
        predictions: answer.predictions,
        milliseconds: answer.milliseconds,
        model: model.name,
        labels: model.labels,
      },
    ]);
    expect(updates[2]!.drawing?.strokes).toHaveLength(3);
    expect(updates[2]!.drawing?.image).toHaveLength(784);
  });

  test('an empty canvas is answered without being recognized', async () => {
    let calls = 0;
    const server = await startServer({
      recognize: async (strokes) => {
        calls++;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 0);
    expect(await page.next('prediction')).toMatchObject({ id: 1, predictions: [], image: '' });
    const [last] = (await updatesUntil(server[Symbol.asyncIterator](), isPrediction)).slice(-1);
    expect(last).toMatchObject({ event: { strokes: 0, predictions: [] }, drawing: { strokes: [] } });
    expect(calls).toBe(0);
  });

  test('a drawing is read as what its page expects; what a model cannot answer is said, and any character is read', async () => {
    const asked: unknown[] = [];
    const server = await startServer({
      expected: { characters: 'digits' },
      recognize: async (strokes, expected) => {
        asked.push(expected);
        const unknown = { characters: '+', source: null, labels: '123' };
        if (expected?.characters === '+') throw new EmnistError('characters-unknown', 'no class for "+"', unknown);
        return { ...(await countStrokes(strokes)), noCharacter: 0.25 };
      },
    });
    const page = new Page(server.url);
    expect(await page.next('hello')).toMatchObject({ characters: 'digits' });
    const expecting = (id: number, expected: object) =>
      page.socket.send(JSON.stringify({ type: 'drawing', id, strokes: [[[1, 1]]], ...expected }));
    expecting(1, { characters: 'digits', prior: 'uniform' });
    const read = await page.next('prediction');
    expect(read).toMatchObject({ id: 1, noCharacter: 0.25 });
    expect(read.problem).toBeUndefined();
    expecting(2, { characters: '+', prior: 'forms' });
    expect(await page.next('prediction')).toMatchObject({
      ...{ id: 2, problem: 'no class for "+"', predictions: [{ label: '1' }] },
    });
    // As pages did before they could say what they expect.
    expecting(3, {});
    await page.next('prediction');
    expect(asked).toEqual([{ characters: 'digits' }, { characters: '+', prior: 'forms' }, {}, {}]);
    let answers = 0;
    const updates = await updatesUntil(
      server[Symbol.asyncIterator](),
      (update) => isPrediction(update) && ++answers === 3,
    );
    const [first, ...others] = updates.filter(isPrediction).map(({ event }) => event);
    expect(first).toMatchObject({ characters: 'digits', noCharacter: 0.25 });
    for (const event of [first, ...others]) expect(event).not.toHaveProperty('prior');
    for (const event of others) expect(event).not.toHaveProperty('characters');
  });

  test('pages are told at once what they are to expect', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    server.setExpected({ prior: 'forms' });
    expect(await page.next('hello')).toMatchObject({ model: model.name, prior: 'forms' });
    const later = new Page(server.url);
    expect(await later.next('hello')).toMatchObject({ prior: 'forms' });
  });

  test('while a drawing is being recognized, only the latest one after it is kept', async () => {
    const seen: number[] = [];
    const { recognize, began, release } = heldReader((strokes) => seen.push(strokes.length));
    const server = await startServer({ recognize });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began;
    for (let id = 2; id <= 40; id++) page.draw(id, id);
    await allRead(page);
    release();
    expect((await page.next('prediction')).id).toBe(1);
    expect((await page.next('prediction')).id).toBe(40);
    expect(seen).toEqual([1, 40]);
  });

  test('pages take turns, so that one that keeps sending does not starve another', async () => {
    const order: number[] = [];
    const { recognize, release } = heldReader((strokes) => order.push(strokes.length));
    const server = await startServer({ recognize });
    const [busy, quiet] = [await openPage(server.url), await openPage(server.url)];
    busy.draw(1, 10);
    await allRead(busy);
    // No more expensive than those of the other page, which would otherwise come first on a machine that stalls.
    quiet.draw(1, 5);
    await allRead(quiet);
    busy.draw(2, 11);
    busy.draw(3, 12);
    await allRead(busy);
    release();
    while ((await busy.next('prediction')).id !== 3);
    expect(order).toEqual([10, 5, 12]);
  });

  test('a page gets a sign of life at once, even while its drawing is being recognized', async () => {
    const recognition = Promise.withResolvers<Recognition>();
    const server = await startServer({ recognize: () => recognition.promise });
    const page = await openPage(server.url);
    page.draw(1, 1);
    page.socket.send(PING);
    await page.next('pong');
    recognition.resolve({ predictions: [], image: new Uint8Array(784) });
    expect(await page.next('prediction')).toMatchObject({ id: 1 });
  });

  test('expensive drawings wait for cheap ones, even if they were there before', async () => {
    const order: number[] = [];
    const { recognize, began, release } = heldReader((strokes) => order.push(strokes.flat().length));
    const server = await startServer({ recognize });
    const pages = await Promise.all(Array.from({ length: 4 }, () => openPage(server.url)));
    const points = [1, MAX_POINTS - 1, MAX_POINTS, 2];
    for (const [index, page] of pages.entries()) {
      const stroke = Array.from({ length: points[index]! }, () => [0, 0]);
      page.socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes: [stroke] }));
      await allRead(page);
      if (index === 0) await began;
    }
    release();
    await Promise.all(pages.map((page) => page.next('prediction')));
    expect(order).toEqual([1, 2, MAX_POINTS - 1, MAX_POINTS]);
  });

  test('only the newest message of a page is parsed', async () => {
    const { recognize, began, release } = heldReader();
    const server = await startServer({ recognize });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began;
    page.socket.send('not even JSON');
    page.draw(2, 2);
    await allRead(page);
    release();
    expect((await page.next('prediction')).id).toBe(1);
    expect((await page.next('prediction')).id).toBe(2);
  });

  test('reports the number of pages when one connects or disconnects', async () => {
    const server = await startServer();
    const updates = server[Symbol.asyncIterator]();
    const first = await openPage(server.url);
    await updatesUntil(updates, hasClients(1));
    await openPage(server.url);
    await updatesUntil(updates, hasClients(2));
    first.socket.close();
    await updatesUntil(updates, hasClients(1));
  });
});

describe('changing the model', () => {
  const other = { name: 'other-model', labels: ['a', 'b'], split: 'letters' } as const;
  const readA = async (): Promise<Recognition> => ({
    predictions: [{ label: 'a', probability: 1 }],
    image: new Uint8Array(784),
  });
  const isModel = ({ event }: DrawUpdate) => event.event === 'model';

  test('tells the pages and the reader of the updates, and drawings name the model that read them', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    await server.switchReader({ model: other, recognize: readA });
    expect(await page.next('hello')).toEqual({ type: 'hello', model: other.name, labels: other.labels });
    page.draw(1, 2);
    expect(await page.next('prediction')).toMatchObject({ model: other.name, predictions: [{ label: 'a' }] });
    const updates = server[Symbol.asyncIterator]();
    const [change] = (await updatesUntil(updates, isModel)).slice(-1);
    expect(change!.event).toEqual({ event: 'model', model: other.name, labels: other.labels, split: 'letters' });
    const [prediction] = (await updatesUntil(updates, isPrediction)).slice(-1);
    expect(prediction!.event).toMatchObject({ model: other.name, labels: other.labels });
    const later = new Page(server.url);
    expect(await later.next('hello')).toMatchObject({ model: other.name });
  });

  test('lets the previous model finish its drawing, and says when it is not needed anymore', async () => {
    const order: string[] = [];
    const { recognize, began, release } = heldReader(() => order.push('read'));
    const server = await startServer({ recognize });
    const page = await openPage(server.url);
    page.draw(1, 3);
    await began;
    page.draw(2, 3);
    await allRead(page);
    const overtaken = server.switchReader({ model: { ...other, name: 'overtaken' }, recognize: readA });
    const switched = server.switchReader({ model: other, recognize: readA }).then(() => order.push('switched'));
    await overtaken;
    release();
    await switched;
    expect(order).toEqual(['read', 'switched']);
    expect(await page.next('prediction')).toMatchObject({ id: 1, model: model.name });
    expect(await page.next('hello')).toMatchObject({ model: other.name });
    expect(await page.next('prediction')).toMatchObject({ id: 2, model: other.name });
  });

  test('ends when the server is closed meanwhile', async () => {
    const { recognize, began, release } = heldReader();
    const server = await startServer({ recognize });
    const page = await openPage(server.url);
    page.draw(1, 3);
    await began;
    const switched = server.switchReader({ model: other, recognize: readA });
    const closed = server.close();
    release();
    await Promise.all([switched, closed]);
  });
});

describe('what is drawn on the terminal', () => {
  const STROKES = [[[0, 0]], [[5, 5]]] as const;
  const isReading = (label: string) => (update: DrawUpdate) =>
    update.event.event === 'prediction' && update.event.predictions[0]?.label === label;

  test('is read without a page, as what is expected, by the same reader', async () => {
    const asked: unknown[] = [];
    const server = await startServer({
      expected: { characters: 'digits' },
      recognize: async (strokes, expected) => {
        asked.push(expected);
        return await countStrokes(strokes);
      },
    });
    const updates = server[Symbol.asyncIterator]();
    server.read(STROKES);
    const [reading] = (await updatesUntil(updates, isPrediction)).slice(-1);
    expect(reading).toMatchObject({
      event: { event: 'prediction', client: 0, strokes: 2, predictions: [{ label: '2' }], characters: 'digits' },
      drawing: { strokes: STROKES },
    });
    server.read([]);
    const [blank] = (await updatesUntil(updates, isPrediction)).slice(-1);
    expect(blank).toMatchObject({ event: { client: 0, strokes: 0, predictions: [] } });
    expect(asked).toEqual([{ characters: 'digits' }]);
  });

  test('is read again when the model or what is expected changes, until it is cleared', async () => {
    const server = await startServer();
    const updates = server[Symbol.asyncIterator]();
    server.read(STROKES);
    await updatesUntil(updates, isReading('2'));
    server.setExpected({ characters: '12' });
    const again = await updatesUntil(updates, isPrediction);
    expect(again.at(-1)!.event).toMatchObject({ client: 0, characters: '12' });
    await server.switchReader({
      model: { name: 'other', labels: ['x'] },
      recognize: async () => ({ predictions: [{ label: 'x', probability: 1 }], image: new Uint8Array(784) }),
    });
    await updatesUntil(updates, isReading('x'));
    server.read([]);
    await updatesUntil(updates, isPrediction);
    server.setExpected({});
    const page = await openPage(server.url);
    page.draw(1, 1);
    const later = await updatesUntil(updates, isPrediction);
    expect(later.at(-1)!.event).toMatchObject({ client: 1 });
  });

  test('takes turns with pages', async () => {
    const reader = heldReader();
    const server = await startServer({ recognize: reader.recognize });
    const updates = server[Symbol.asyncIterator]();
    const page = await openPage(server.url);
    page.draw(1, 1);
    await reader.began;
    server.read(STROKES.slice(0, 1));
    server.read(STROKES);
    reader.release();
    const readings = (await updatesUntil(updates, isReading('2'))).filter(isPrediction);
    expect(readings.map(({ event }) => 'client' in event && event.client)).toEqual([1, 0]);
  });
});
