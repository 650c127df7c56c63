import { expect, test } from 'vitest';
import { createRun } from '../../src/library/run.ts';

/** A run that counts to three, with a log of its start and end. */
function counting({ failAt }: { failAt?: number } = {}) {
  const log: string[] = [];
  const run = createRun(async function* () {
    log.push('start');
    try {
      for (let n = 1; n <= 3; n++) {
        if (n === failAt) throw new Error(`failed at ${n}`);
        yield n;
      }
      return 'result';
    } finally {
      log.push('end');
    }
  });
  return { run, log };
}

test('does nothing until it is awaited or iterated', async () => {
  const { run, log } = counting({ failAt: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(log).toEqual([]);
  await expect(run).rejects.toThrow('failed at 1');
  expect(log).toEqual(['start', 'end']);
});

test('returns its result when awaited, any number of times', async () => {
  const { run, log } = counting();
  expect(await run).toBe('result');
  expect(await Promise.all([run, run.then((result) => result.length)])).toEqual(['result', 6]);
  expect(log).toEqual(['start', 'end']);
});

test('yields its events when iterated, and then has its result', async () => {
  const { run, log } = counting();
  expect(await Array.fromAsync(run)).toEqual([1, 2, 3]);
  expect(await run).toBe('result');
  expect(log).toEqual(['start', 'end']);
});

test('can be awaited while it is iterated', async () => {
  const { run } = counting();
  const [events, result] = await Promise.all([Array.fromAsync(run), run]);
  expect({ events, result }).toEqual({ events: [1, 2, 3], result: 'result' });
});

test('stops when the iteration is left early, and then rejects', async () => {
  const { run, log } = counting();
  for await (const n of run) if (n === 2) break;
  expect(log).toEqual(['start', 'end']);
  await expect(run).rejects.toMatchObject({ name: 'EmnistError', code: 'run-left' });
});

test('throws the same error when iterated and when awaited', async () => {
  const { run } = counting({ failAt: 2 });
  await expect(Array.fromAsync(run)).rejects.toThrow('failed at 2');
  await expect(run).rejects.toThrow('failed at 2');
  await expect(run.catch((error) => error.message)).resolves.toBe('failed at 2');
  let last = '';
  await expect(run.finally(() => (last = 'called'))).rejects.toThrow('failed at 2');
  expect(last).toBe('called');
});

test('an error thrown by the iteration is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', listener);
  try {
    await expect(Array.fromAsync(counting({ failAt: 1 }).run)).rejects.toThrow('failed at 1');
    for await (const _ of counting().run) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', listener);
  }
});

test('can be iterated only once', async () => {
  const { run, log } = counting();
  await run;
  await expect(Array.fromAsync(run)).rejects.toMatchObject({ name: 'EmnistError', code: 'run-started' });
  expect(log).toEqual(['start', 'end']);
});
