import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { EmnistError } from '../../../src/core/errors.ts';
import { MAX_CLIENTS } from '../../../src/core/server/draw-clients.ts';
import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import type { Recognition } from '../../../src/core/server/draw-options.ts';
import { MAX_MESSAGE_BYTES, MAX_POINTS, MAX_POINTS_PER_STROKE, PING } from '../../../src/core/server/protocol.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { countStrokes, model, openPage, Page, send, startServer, updatesUntil } from './server-helpers.ts';

const isPrediction = ({ event }: DrawUpdate) => event.event === 'prediction';
const clients =
  (count: number) =>
  ({ event }: DrawUpdate) =>
    event.event === 'client' && event.clients === count;

/** Waits until the server has read everything that a page has sent, since a ping is answered in order. */
async function allRead(page: Page): Promise<void> {
  const answered = once(page.socket, 'pong');
  page.socket.ping();
  await answered;
}

async function collect(updates: AsyncIterable<DrawUpdate>): Promise<DrawUpdate[]> {
  const collected: DrawUpdate[] = [];
  for await (const update of updates) collected.push(update);
  return collected;
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
    const gate = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const server = await startServer({
      recognize: async (strokes: Drawing): Promise<Recognition> => {
        seen.push(strokes.length);
        began.resolve();
        await gate.promise;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began.promise;
    for (let id = 2; id <= 40; id++) page.draw(id, id);
    await allRead(page);
    gate.resolve();
    expect((await page.next('prediction')).id).toBe(1);
    expect((await page.next('prediction')).id).toBe(40);
    expect(seen).toEqual([1, 40]);
  });

  test('pages take turns, so that one that keeps sending does not starve another', async () => {
    const order: number[] = [];
    const gate = Promise.withResolvers<void>();
    const server = await startServer({
      recognize: async (strokes) => {
        order.push(strokes.length);
        await gate.promise;
        return await countStrokes(strokes);
      },
    });
    const [busy, quiet] = [await openPage(server.url), await openPage(server.url)];
    busy.draw(1, 10);
    await allRead(busy);
    // No more expensive than those of the other page, which would otherwise come first on a machine that stalls.
    quiet.draw(1, 5);
    await allRead(quiet);
    busy.draw(2, 11);
    busy.draw(3, 12);
    await allRead(busy);
    gate.resolve();
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
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const server = await startServer({
      recognize: async (strokes) => {
        order.push(strokes.flat().length);
        began.resolve();
        await gate.promise;
        return await countStrokes(strokes);
      },
    });
    const pages = await Promise.all(Array.from({ length: 4 }, () => openPage(server.url)));
    const points = [1, MAX_POINTS - 1, MAX_POINTS, 2];
    for (const [index, page] of pages.entries()) {
      const stroke = Array.from({ length: points[index]! }, () => [0, 0]);
      page.socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes: [stroke] }));
      await allRead(page);
      if (index === 0) await began.promise;
    }
    gate.resolve();
    await Promise.all(pages.map((page) => page.next('prediction')));
    expect(order).toEqual([1, 2, MAX_POINTS - 1, MAX_POINTS]);
  });

  test('only the newest message of a page is parsed', async () => {
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const server = await startServer({
      recognize: async (strokes) => {
        began.resolve();
        await gate.promise;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began.promise;
    page.socket.send('not even JSON');
    page.draw(2, 2);
    await allRead(page);
    gate.resolve();
    expect((await page.next('prediction')).id).toBe(1);
    expect((await page.next('prediction')).id).toBe(2);
  });

  test('reports the number of pages when one connects or disconnects', async () => {
    const server = await startServer();
    const updates = server[Symbol.asyncIterator]();
    const first = await openPage(server.url);
    await updatesUntil(updates, clients(1));
    await openPage(server.url);
    await updatesUntil(updates, clients(2));
    first.socket.close();
    await updatesUntil(updates, clients(1));
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
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const server = await startServer({
      recognize: async (strokes) => {
        began.resolve();
        await gate.promise;
        order.push('read');
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 3);
    await began.promise;
    page.draw(2, 3);
    await allRead(page);
    const overtaken = server.switchReader({ model: { ...other, name: 'overtaken' }, recognize: readA });
    const switched = server.switchReader({ model: other, recognize: readA }).then(() => order.push('switched'));
    await overtaken;
    gate.resolve();
    await switched;
    expect(order).toEqual(['read', 'switched']);
    expect(await page.next('prediction')).toMatchObject({ id: 1, model: model.name });
    expect(await page.next('hello')).toMatchObject({ model: other.name });
    expect(await page.next('prediction')).toMatchObject({ id: 2, model: other.name });
  });

  test('ends when the server is closed meanwhile', async () => {
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const server = await startServer({
      recognize: async (strokes) => {
        began.resolve();
        await gate.promise;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 3);
    await began.promise;
    const switched = server.switchReader({ model: other, recognize: readA });
    const closed = server.close();
    gate.resolve();
    await Promise.all([switched, closed]);
  });
});

describe('gets an error and is disconnected', () => {
  const longStroke = [Array.from({ length: MAX_POINTS_PER_STROKE + 1 }, (_, index) => [index, 1])];
  test.each<[string, string | Buffer]>([
    ['a page that sends garbage', 'draw me a sheep'],
    ['a page that sends half a message', '{"type":"drawing","id":1,"strokes":[[[1,2]'],
    ['a page that sends a message of another type', '{"type":"shutdown"}'],
    ['a page that sends null', 'null'],
    ['a page that sends binary data', Buffer.from('{"type":"drawing","id":1,"strokes":[]}')],
    ['a page that sends too many points', JSON.stringify({ type: 'drawing', id: 1, strokes: longStroke })],
    ['a page that sends numbers out of range', '{"type":"drawing","id":1,"strokes":[[[1e300,0]]]}'],
    ['a page that tries to pollute the prototype', '{"type":"drawing","id":1,"strokes":[],"__proto__":{"x":1}}'],
  ])('%s', async (_, data) => {
    const server = await startServer();
    const page = await openPage(server.url);
    page.socket.send(data);
    expect((await page.next('error')).message).toContain('Reload');
    expect((await page.closed).code).toBe(1008);
    const other = await openPage(server.url);
    other.draw(1, 1);
    expect((await other.next('prediction')).id).toBe(1);
  });

  test('a page that sends too large a message', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    page.socket.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    expect((await page.closed).code).toBe(1009);
  });

  test('a page that floods the server with messages', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    for (let id = 0; id < 2000; id++) page.draw(id, 1);
    expect((await page.next('error')).message).toContain('too many messages');
    expect((await page.closed).code).toBe(1008);
  });

  test('a page beyond the maximum number of pages', async () => {
    const server = await startServer();
    const pages = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    const extra = new Page(server.url);
    expect((await extra.next('error')).message).toContain('already open');
    expect((await extra.closed).code).toBe(1013);
    pages[0]!.socket.close();
    await pages[0]!.closed;
    await openPage(server.url);
  });

  test('a page that has been silent, when there is no place for another one', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startServer();
    const pages = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    pages[0]!.draw(1, 1);
    await pages[0]!.next('prediction');
    vi.advanceTimersByTime(31_000);
    const [, ...idle] = pages;
    for (const page of idle.slice(1)) {
      page.draw(1, 1);
      await page.next('prediction');
    }
    const newcomer = await openPage(server.url);
    newcomer.draw(1, 1);
    await newcomer.next('prediction');
    expect((await idle[0]!.next('error')).message).toContain('Another page');
    expect((await idle[0]!.closed).code).toBe(1013);
    // The others have drawn something, but the oldest of these was a long time ago.
    const extra = new Page(server.url);
    expect((await extra.next('error')).message).toContain('already open');
    vi.advanceTimersByTime(10 * 60_000 - 31_000 + 1);
    await openPage(server.url);
    expect((await pages[0]!.closed).code).toBe(1013);
  });

  test('a page that sends more than it is read is slowed down, not disconnected', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    const other = await openPage(server.url);
    // Each is as large as a message can be, and 20 of them are more than may be sent at once.
    const drawing = JSON.stringify({ type: 'drawing', id: 1, strokes: [[[1, 2]]] });
    for (let count = 0; count < 20; count++) page.socket.send(drawing.padEnd(MAX_MESSAGE_BYTES));
    other.draw(1, 1);
    await other.next('prediction');
    page.draw(2, 2);
    while ((await page.next('prediction')).id !== 2);
    expect(page.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('a page that is being slowed down, when there is no place for another one', async () => {
    const server = await startServer();
    const pages = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    const greedy = pages[3]!;
    const drawing = JSON.stringify({ type: 'drawing', id: 1, strokes: [[[1, 2]]] }).padEnd(MAX_MESSAGE_BYTES);
    for (let count = 0; count < 40; count++) greedy.socket.send(drawing);
    // All that may be sent at once has been read by then.
    await greedy.next('prediction');
    for (;;) {
      const extra = new Page(server.url);
      const [type] = await Promise.race([
        extra.next('hello').then(() => ['hello']),
        extra.closed.then(() => ['closed']),
      ]);
      if (type === 'hello') break;
    }
    expect((await greedy.closed).code).toBe(1013);
  });

  test('a page that floods the server with pings', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    for (let count = 0; count < 1000; count++) page.socket.ping();
    await page.closed;
  });

  test('a page that vanished without closing the connection', async () => {
    const server = await startServer({ heartbeatMilliseconds: 50 });
    const alive = await openPage(server.url);
    const dead = await openPage(server.url, { autoPong: false });
    expect((await dead.closed).code).toBe(1006);
    alive.draw(1, 1);
    await alive.next('prediction');
  });

  test('a page that does not read its answers', async () => {
    const image = new Uint8Array(784);
    // Much larger than real answers, so that the system's buffers fill up soon.
    const predictions = Array.from({ length: 40_000 }, () => ({ label: 'x'.repeat(50), probability: 0 }));
    const server = await startServer({ recognize: async () => ({ predictions, image }) });
    const updates = server[Symbol.asyncIterator]();
    const page = await openPage(server.url);
    page.socket.pause();
    for (let id = 0; id < 10; id++) {
      page.draw(id, 1);
      const read = await updatesUntil(updates, (update) => isPrediction(update) || clients(0)(update));
      if (clients(0)(read.at(-1)!)) return;
    }
    await updatesUntil(updates, clients(0));
  });
});

describe('the iteration of updates', () => {
  test('keeps a bounded number for a slow reader, including the latest of each page', async () => {
    const server = await startServer();
    const [first, second] = [await openPage(server.url), await openPage(server.url)];
    first.draw(1, 1);
    await first.next('prediction');
    for (let id = 1; id <= 100; id++) {
      second.draw(id, 1 + (id % 3));
      await second.next('prediction');
    }
    const updates = await updatesUntil(
      server[Symbol.asyncIterator](),
      ({ event }) => event.event === 'prediction' && event.client === 2 && event.strokes === 2,
    );
    expect(updates.length).toBeLessThanOrEqual(32);
    expect(updates[0]!.event.event).toBe('listening');
    expect(updates.some(({ event }) => event.event === 'prediction' && event.client === 1)).toBe(true);
  });

  test('can end early while the server keeps running, and ends when the server is closed', async () => {
    const server = await startServer();
    for await (const { event } of server) {
      expect(event.event).toBe('listening');
      break;
    }
    expect((await send(server.url)).status).toBe(200);
    const rest = collect(server);
    await server.close();
    expect(await rest).toEqual([]);
  });

  test('throws when recognition fails, which closes the server', async () => {
    const broken = new EmnistError('engine-failed', 'the engine has failed', 'try again');
    const server = await startServer({ recognize: () => Promise.reject(broken) });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await expect(collect(server)).rejects.toBe(broken);
    await page.closed;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe('closing the server', () => {
  test('closes open pages, idle connections, and unfinished requests, and frees the port', async () => {
    const server = await startServer();
    const { hostname, port } = new URL(server.url);
    const page = await openPage(server.url);
    const idle = connect(Number(port), hostname);
    idle.write('GET / HTTP/1.1\r\nHost: ');
    const ended = new Promise((resolve) => idle.on('error', () => {}).on('close', resolve));
    await once(idle, 'connect');
    await server.close();
    await server.close();
    await Promise.all([page.closed, ended]);
    await startServer({ port: Number(port) });
  });

  test('tells all pages before the connections end, also those that do not confirm it', async () => {
    const server = await startServer();
    const pages = await Promise.all(Array.from({ length: 5 }, () => openPage(server.url)));
    const deaf = await openPage(server.url);
    deaf.socket.pause();
    await server.close();
    for (const page of pages) {
      expect(await page.closed).toEqual({ code: 1001, reason: 'emnist-tui has stopped' });
    }
    deaf.socket.resume();
    await deaf.closed;
  });

  test('waits for the drawing being recognized, so that the model can be disposed of', async () => {
    const began = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let done = false;
    const server = await startServer({
      recognize: async (strokes) => {
        began.resolve();
        await gate.promise;
        done = true;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began.promise;
    const closed = server.close().then(() => done);
    gate.resolve();
    expect(await closed).toBe(true);
  });

  test('happens when the signal aborts', async () => {
    const controller = new AbortController();
    const server = await startServer({ signal: controller.signal });
    const page = await openPage(server.url);
    controller.abort();
    await page.closed;
    expect((await collect(server)).at(-1)!.event).toEqual({ event: 'client', clients: 1 });
    await expect(startServer({ signal: controller.signal })).rejects.toThrow('abort');
  });
});
