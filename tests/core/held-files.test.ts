import { expect, test } from 'vitest';
import { retryWhileHeld } from '../../src/core/held-files.ts';

/** Work on a file that fails some times before it is done. */
function failing(times: number, code: string) {
  const work = { runs: 0, run: async () => {} };
  work.run = async () => {
    if (++work.runs <= times) throw Object.assign(new Error(code), { code });
  };
  return work;
}

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'on Windows a file that gives %s is tried again until it is free',
  async (code) => {
    const work = failing(2, code);
    await retryWhileHeld(work.run, 'win32');
    expect(work.runs).toBe(3);
  },
);

test('what does not pass is thrown at once, and so is everything on other systems', async () => {
  const missing = failing(1, 'ENOENT');
  await expect(retryWhileHeld(missing.run, 'win32')).rejects.toThrow('ENOENT');
  expect(missing.runs).toBe(1);
  for (const platform of ['linux', 'darwin'] as const) {
    const forbidden = failing(1, 'EACCES');
    await expect(retryWhileHeld(forbidden.run, platform)).rejects.toThrow('EACCES');
    expect(forbidden.runs).toBe(1);
  }
});

test('it gives up at last', async () => {
  const held = failing(1000, 'EBUSY');
  await expect(retryWhileHeld(held.run, 'win32')).rejects.toThrow('EBUSY');
  expect(held.runs).toBeGreaterThan(5);
});
