import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import { heldReader, openPage, send, startServer, updatesUntil } from './server-helpers.ts';

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
    const rest = Array.fromAsync(server);
    await server.close();
    expect(await rest).toEqual([]);
  });

  test('throws when recognition fails, which closes the server', async () => {
    const broken = new EmnistError('engine-failed', 'the engine has failed', 'try again');
    const server = await startServer({ recognize: () => Promise.reject(broken) });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await expect(Array.fromAsync(server)).rejects.toBe(broken);
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
    let isRead = false;
    const { recognize, began, release } = heldReader(() => {
      isRead = true;
    });
    const server = await startServer({ recognize });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began;
    const closed = server.close().then(() => isRead);
    release();
    expect(await closed).toBe(true);
  });

  test('happens when the signal aborts', async () => {
    const controller = new AbortController();
    const server = await startServer({ signal: controller.signal });
    const page = await openPage(server.url);
    controller.abort();
    await page.closed;
    expect((await Array.fromAsync(server)).at(-1)!.event).toEqual({ event: 'client', clients: 1 });
    await expect(startServer({ signal: controller.signal })).rejects.toThrow('abort');
  });
});
