import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { unlessAborted } from '../../src/app/unless-aborted.ts';

const reason = new Error('stopped');

test('passes on what a promise comes to', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
  await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test('does not wait for a promise after the signal aborts', async () => {
  const controller = new AbortController();
  const result = unlessAborted(new Promise(() => {}), controller.signal);
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
});

test('takes care of a promise that rejects after the signal aborted', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled);
  });
  const late = Promise.withResolvers<never>();
  await expect(unlessAborted(late.promise, AbortSignal.abort(reason))).rejects.toBe(reason);
  late.reject(new Error('closed'));
  await setImmediate();
  expect(unhandled).not.toHaveBeenCalled();
});
