import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { DrawSession } from '../../src/app/draw-session.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';

test('a later server takes the address of the one before, even while that one is closing', async () => {
  const session = new DrawSession(resolvePaths(await temporaryFolder()));
  const first = await session.start({});
  const closed = first.close();
  const second = await session.start({});
  onTestFinished(() => second.close());
  await closed;
  expect(second.url).toBe(first.url);
});

test('if the port has been taken, it gets another one', async () => {
  const session = new DrawSession(resolvePaths(await temporaryFolder()));
  const first = await session.start({});
  await first.close();
  const other = createServer().listen({ host: '127.0.0.1', port: first.port });
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const second = await session.start({});
  onTestFinished(() => second.close());
  expect(second.port).not.toBe(first.port);
  expect(second.token).toBe(first.token);
});
