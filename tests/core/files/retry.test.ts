import { expect, test } from 'vitest';
import { retryWhileBusy } from '../../../src/core/files/retry.ts';

/** An operation that fails a number of times, then succeeds. */
function failing(times: number, code: string) {
  const calls = { count: 0 };
  const operation = async () => {
    if (++calls.count <= times) throw Object.assign(new Error(code), { code });
    return 'done';
  };
  return { calls, operation };
}

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'Windows: %s is retried until the other program closes the file',
  async (code) => {
    const { calls, operation } = failing(3, code);
    expect(await retryWhileBusy(operation, 'win32')).toBe('done');
    expect(calls.count).toBe(4);
  },
);

test('Windows: other errors are not retried', async () => {
  const { calls, operation } = failing(1, 'ENOSPC');
  await expect(retryWhileBusy(operation, 'win32')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(calls.count).toBe(1);
});

test('Windows: a file that stays open is given up on after 2.5 seconds, with the original error', async () => {
  const { calls, operation } = failing(100, 'EBUSY');
  const start = performance.now();
  await expect(retryWhileBusy(operation, 'win32')).rejects.toMatchObject({ code: 'EBUSY' });
  expect(calls.count).toBe(9);
  expect(performance.now() - start).toBeGreaterThan(2400);
});

test('other systems: permission errors are not retried', async () => {
  const { calls, operation } = failing(1, 'EACCES');
  await expect(retryWhileBusy(operation, 'linux')).rejects.toMatchObject({ code: 'EACCES' });
  expect(calls.count).toBe(1);
});
