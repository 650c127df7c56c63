import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Connections, MAX_STRANGERS } from '../../../src/core/server/connections.ts';
import { openPage, send, startServer } from './server-helpers.ts';

/** Connections that send the start of a request, or nothing, and never end it. */
async function idleConnections(url: string, count: number, start = ''): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      socket.write(start);
      return socket;
    }),
  );
}

test.each([
  ['idle', ''],
  ['unfinished', 'GET / HTTP/1.1\r\nHost: '],
])('%s connections keep nobody out, and the oldest makes room', async (_, start) => {
  const { url } = await startServer();
  const [oldest] = await idleConnections(url, 1, start);
  const closed = once(oldest!, 'close');
  await idleConnections(url, 3 * MAX_STRANGERS, start);
  await closed;
  expect((await send(url)).status).toBe(200);
  const page = await openPage(url);
  await idleConnections(url, 2 * MAX_STRANGERS, start);
  page.draw(1, 2);
  expect((await page.next('prediction')).id).toBe(1);
});

test('a connection that sends its request byte by byte is closed', async () => {
  const { url } = await startServer();
  const [socket] = await idleConnections(url, 1, 'GET / HTTP/1.1\r\n');
  const timer = setInterval(() => socket!.write('x'), 500);
  onTestFinished(() => clearInterval(timer));
  const [answer] = await once(socket!, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
}, 20_000);

test('no connection is kept after an answer, so that none takes the place of another', async () => {
  const { url } = await startServer();
  const [socket] = await idleConnections(url, 1, `GET /?${new URL(url).search} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  socket!.resume();
  await once(socket!, 'close');
});

test('room is made by the address with the most strangers', () => {
  const destroyed: string[] = [];
  const connections = new Connections();
  const add = (remoteAddress: string, name: string) => {
    const socket = { remoteAddress, on: () => {}, destroy: () => destroyed.push(name) } as unknown as Socket;
    connections.add(socket);
    return socket;
  };
  add('10.0.0.1', 'only one of its address');
  const known = add('10.0.0.2', 'trusted');
  connections.trust(known);
  for (let index = 0; index < MAX_STRANGERS + 2; index++) add('10.0.0.2', `flood ${index}`);
  expect(destroyed).toEqual(['flood 0', 'flood 1', 'flood 2']);
});
