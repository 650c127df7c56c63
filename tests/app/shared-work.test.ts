import { expect, test, vi } from 'vitest';
import { SharedWork } from '../../src/app/shared-work.ts';

test('work is done once for each key, and its result kept', async () => {
  const shared = new SharedWork<string>();
  const start = vi.fn(async () => 'done');
  expect(await Promise.all([shared.get('a', start), shared.get('a', start)])).toEqual(['done', 'done']);
  expect(await shared.get('a', start)).toBe('done');
  expect(start).toHaveBeenCalledTimes(1);
  await shared.get('b', start);
  expect(start).toHaveBeenCalledTimes(2);
});

test('a failure is not kept', async () => {
  const shared = new SharedWork<string>();
  await expect(shared.get('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await shared.get('a', async () => 'done')).toBe('done');
});

test('it is stopped when all have given up, and not before', async () => {
  const shared = new SharedWork<string>();
  const work = Promise.withResolvers<string>();
  let stop: AbortSignal | undefined;
  const start = (signal: AbortSignal) => {
    stop = signal;
    signal.addEventListener('abort', () => work.reject(signal.reason));
    return work.promise;
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const results = [shared.get('a', start, first.signal), shared.get('a', start, second.signal)];
  first.abort(new Error('first left'));
  await expect(results[0]).rejects.toThrow('first left');
  expect(stop!.aborted).toBe(false);
  second.abort(new Error('second left'));
  await expect(results[1]).rejects.toThrow('second left');
  expect(stop!.aborted).toBe(true);
  // Whoever asks now does not get what was stopped.
  expect(await shared.get('a', async () => 'done')).toBe('done');
  await expect(shared.get('a', async () => 'done', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});
