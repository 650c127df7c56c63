import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import { startDrawServer } from '../../../src/core/server/draw-server.ts';
import { listenError } from '../../../src/core/server/listen-error.ts';
import { MemorySampleBook } from '../../helpers/memory-sample-book.ts';
import { countStrokes, model, send, startServer } from './server-helpers.ts';

const start = (options: { host?: string; port?: number }) =>
  startDrawServer({ recognize: countStrokes, model, ...options }).then(
    () => expect.unreachable('the server started'),
    (error: unknown) => error,
  );

let other: Server | null = null;
afterEach(() => other?.close());

describe('a server that cannot start says why', () => {
  test('the port is in use', async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const error = await start({ port });
    expect(error).toBeInstanceOf(EmnistError);
    expect(error).toMatchObject({ code: 'port-taken', data: { port } });
    expect(String(error)).toContain(String(port));
  });

  test.each(['192.0.2.1', 'no-such-host.invalid'])('the host %s is not this machine', async (host) => {
    expect(await start({ host })).toMatchObject({ code: 'host-unknown', data: { host } });
  });

  // Tests only how the error is mapped, since root, and on some systems everyone, may use any port.
  test('the port is forbidden', () => {
    const error = listenError(Object.assign(new Error('listen EACCES'), { code: 'EACCES' }), '127.0.0.1', 80);
    expect(error).toMatchObject({ code: 'port-forbidden' });
    const bug = new TypeError('something else');
    expect(listenError(bug, '127.0.0.1', 80)).toBe(bug);
  });
});

test('a server that cannot start leaves its port free', async () => {
  const { port, close } = await startServer();
  await close();
  const samples = new MemorySampleBook();
  samples.onChange = () => {
    throw new Error('the samples cannot be watched');
  };
  await expect(startServer({ port, samples })).rejects.toThrow('cannot be watched');
  await startServer({ port });
});

test('the URL has the given port and token', async () => {
  const first = await startServer({ token: 'a-token-of-my-own' });
  const { port } = new URL(first.url);
  expect(first.url).toBe(`http://127.0.0.1:${port}/?token=a-token-of-my-own`);
  await first.close();
  const second = await startServer({ token: 'a-token-of-my-own', port: Number(port) });
  expect(second.url).toBe(first.url);
  expect((await send(second.url)).status).toBe(200);
});

test('the URL has IPv6 addresses in brackets', async ({ skip }) => {
  const server = await startServer({ host: '::1' }).catch((error: unknown) => error);
  if (server instanceof EmnistError && server.code === 'host-unknown') return skip(`no IPv6 here: ${server.message}`);
  const { url } = server as { url: string };
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+\//);
  const { hostname, port, search } = new URL(url);
  expect((await fetch(`http://${hostname}:${port}/${search}`)).status).toBe(200);
});
