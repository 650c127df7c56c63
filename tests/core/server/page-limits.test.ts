import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_CLIENTS } from '../../../src/core/server/draw-clients.ts';
import { MAX_MESSAGE_BYTES, MAX_POINTS_PER_STROKE } from '../../../src/core/server/protocol.ts';
import { hasClients, isPrediction, openPage, Page, startServer, updatesUntil } from './server-helpers.ts';

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
      const read = await updatesUntil(updates, (update) => isPrediction(update) || hasClients(0)(update));
      if (hasClients(0)(read.at(-1)!)) return;
    }
    await updatesUntil(updates, hasClients(0));
  });
});
