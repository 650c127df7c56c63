import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { DrawSession } from '../../src/app/draw-session.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { Page } from '../core/server/server-helpers.ts';

test('a later server takes the address of the one before, even while that one is closing', async () => {
  const session = new DrawSession(resolvePaths(await temporaryFolder()));
  const first = await session.start({});
  const closed = first.close();
  const second = await session.start({});
  onTestFinished(() => second.close());
  await closed;
  expect(second.url).toBe(first.url);
});

test('a later server expects what the one before was told to, even with a model that cannot answer it', async () => {
  const session = new DrawSession(resolvePaths(await temporaryFolder()));
  const first = await session.start({});
  expect(first.expected).toEqual({});
  first.setExpected({ characters: '+' });
  await first.close();
  const second = await session.start({});
  onTestFinished(() => second.close());
  expect(second.expected).toEqual({ characters: '+' });
  const page = new Page(second.url);
  expect((await page.next('hello')).characters).toBe('+');
});

test('pages of a later server start in the mode that those before were switched to, and the terminal knows', async () => {
  const session = new DrawSession(resolvePaths(await temporaryFolder()));
  const first = await session.start({});
  expect(first.mode).toBe('character');
  first.setMode('word');
  await first.close();
  const second = await session.start({});
  onTestFinished(() => second.close());
  expect(second.mode).toBe('word');
  const page = new Page(second.url);
  expect((await page.next('hello')).mode).toBe('word');
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
