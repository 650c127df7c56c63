import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { acquireLock, describeHolder, describeHolding, isLockFile, LockedError } from '../../../src/core/files/lock.ts';
import type { LockHolder } from '../../../src/core/files/lock-holder.ts';
import { thisProcess } from '../../../src/core/files/process-identity.ts';
import { named, ON_WINDOWS } from '../../helpers/skip.ts';

const SOURCE = new URL('../../../src/core/files/lock.ts', import.meta.url).href;
/** Short, so that tests do not take long. Locks are checked five times a second. */
const STALE_AFTER = 600;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-lock-'));
  file = path.join(folder, 'training.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const now = () => new Date();

/** Writes the lock of another process, with the identity of this one except for the fields given. */
async function writeLock(fields: Record<string, unknown>, target = file): Promise<void> {
  const since = now().toISOString();
  await writeFile(target, JSON.stringify({ id: 'x', ...(await thisProcess()), started: '1', since, ...fields }));
}

/** Runs code that uses `file` and `acquireLock` in another process. */
function startProcess(code: string) {
  const prelude = `const file = ${JSON.stringify(file)}; const { acquireLock } = await import(${JSON.stringify(SOURCE)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + code]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, line: async () => ((await lines.next()).value as string | undefined) ?? `ended: ${errors}` };
}

const HOLD = `await acquireLock(file); console.log('locked'); process.stdin.resume();`;

describe('a lock', () => {
  test('has one holder at a time, and leaves nothing behind', async () => {
    {
      await using _lock = await acquireLock(file);
      const error = await acquireLock(file).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(LockedError);
      expect(error.holder).toEqual({ host: os.hostname(), process: process.pid, since: expect.any(String) });
    }
    expect(await readdir(folder)).toEqual([]);
    await using _again = await acquireLock(file);
  });

  test('can be waited for, and reports its holder once', async () => {
    const first = await acquireLock(file);
    const holders: LockHolder[] = [];
    let isLocked = false;
    const waiting = acquireLock(file, { wait: true, onWait: (holder) => holders.push(holder) }).then((lock) => {
      isLocked = true;
      return lock;
    });
    await expect.poll(() => holders).toHaveLength(1);
    // Another one that waits for a while does not get it either.
    const limited = acquireLock(file, { wait: true, signal: AbortSignal.timeout(500) });
    await expect(limited).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
    expect(isLocked).toBe(false);
    await first[Symbol.asyncDispose]();
    await (await waiting)[Symbol.asyncDispose]();
    expect(holders).toEqual([{ host: os.hostname(), process: process.pid, since: expect.any(String) }]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('stops waiting when aborted, with the reason of the signal', async () => {
    await using _lock = await acquireLock(file);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = acquireLock(file, {
      wait: true,
      signal: controller.signal,
      onWait: () => controller.abort(reason),
    });
    await expect(waiting).rejects.toBe(reason);
  });

  test('creates its folder, even if another process keeps removing it', async () => {
    const nested = path.join(folder, 'a', 'b.lock');
    let isDone = false;
    const removing = (async () => {
      while (!isDone) {
        await rm(path.join(folder, 'a'), { recursive: true, force: true }).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let count = 0; count < 20; count++) await acquireLock(nested).then((lock) => lock[Symbol.asyncDispose]());
    isDone = true;
    await removing;
  });

  test('is renewed while it is held', async () => {
    await using _lock = await acquireLock(file);
    await utimes(file, 0, 0);
    await expect.poll(async () => (await stat(file)).mtimeMs, { timeout: 5000 }).toBeGreaterThan(0);
  });

  test('reports when it is lost, and does not remove the lock of another process', async () => {
    let lost = 0;
    const lock = await acquireLock(file, { onLost: () => lost++ });
    await writeLock({ id: 'another' });
    await expect.poll(() => lost, { timeout: 5000 }).toBe(1);
    await lock[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual(['training.lock']);
  });
});

describe('a lock of another process', () => {
  test('is held while the process is running, and free as soon as it is killed', async () => {
    const { child, line } = startProcess(HOLD);
    expect(await line()).toBe('locked');
    const error = await acquireLock(file).catch((thrown) => thrown);
    expect(error).toMatchObject({ holder: { process: child.pid } });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const start = performance.now();
    await using _lock = await acquireLock(file);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test.skipIf(ON_WINDOWS)(named('is held while the process is suspended', ON_WINDOWS), async () => {
    const { child, line } = startProcess(HOLD);
    expect(await line()).toBe('locked');
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 2 * STALE_AFTER));
    await expect(acquireLock(file, { staleAfter: STALE_AFTER })).rejects.toBeInstanceOf(LockedError);
  });

  test('is stale if a later process has its number', async () => {
    await writeLock({ pid: process.ppid });
    await using _lock = await acquireLock(file);
  });

  test('is stale if this process has its number, as processes of containers do', async () => {
    await writeLock({ pid: process.pid });
    await using _lock = await acquireLock(file);
  });
});

describe.each([
  ['on another machine', { host: 'elsewhere' }],
  ['in another container or before a restart', { boot: 'another' }],
])('a lock of a process %s', (_where, fields) => {
  test('is held if it is renewed, whatever its clock says', async () => {
    await writeLock(fields);
    const waited: LockHolder[] = [];
    let time = 1e6;
    const renewing = setInterval(() => void utimes(file, time, time++).catch(() => {}), 100);
    onTestFinished(() => clearInterval(renewing));
    const locking = acquireLock(file, { staleAfter: STALE_AFTER, onWait: (holder) => waited.push(holder) });
    await expect(locking).rejects.toBeInstanceOf(LockedError);
    expect(waited).toHaveLength(1);
  });

  test.each([
    ['from a clock that is ahead', 1],
    ['from a clock that is behind', -1],
  ])('is stale if it is not renewed: one %s', async (_clock, sign) => {
    const time = new Date(Date.now() + sign * 365 * 24 * 3600 * 1000);
    await writeLock({ ...fields, since: time.toISOString() });
    await utimes(file, time, time);
    const start = performance.now();
    await using _lock = await acquireLock(file, { staleAfter: STALE_AFTER });
    expect(performance.now() - start).toBeGreaterThan(STALE_AFTER - 1);
    expect(JSON.parse(await readFile(file, 'utf8')).pid).toBe(process.pid);
  });
});

test.each([
  ['an empty file left by a power failure', () => writeFile(file, '')],
  ['the process number that older versions wrote', () => writeFile(file, String(process.ppid))],
  ['the folder that older versions created', () => mkdir(file)],
])('%s is stale if it is not renewed', async (_what, create) => {
  await create();
  await using _lock = await acquireLock(file, { staleAfter: STALE_AFTER });
  expect(await readdir(folder)).toEqual(['training.lock']);
});

test('a thread that was terminated leaves a stale lock', async () => {
  const code = `
    import(${JSON.stringify(SOURCE)}).then(async ({ acquireLock }) => {
      await acquireLock(${JSON.stringify(file)});
      require('node:worker_threads').parentPort.postMessage('locked');
    });
    setInterval(() => {}, 1000);`;
  const worker = new Worker(code, { eval: true });
  await once(worker, 'message');
  // It is renewed every two seconds.
  await expect(acquireLock(file)).rejects.toBeInstanceOf(LockedError);
  await worker.terminate();
  await using _lock = await acquireLock(file, { staleAfter: STALE_AFTER });
});

describe('a stale lock', () => {
  /** Lets processes take over the lock at the same time, and returns their results. */
  async function contend(count: number): Promise<string[]> {
    const contenders = Array.from({ length: count }, () =>
      startProcess(`
        process.stdin.once('data', async () => {
          await acquireLock(file).then(() => console.log('mine'), ({ name, message }) => console.log(message));
          process.stdin.on('end', () => process.exit());
        });
        console.log('ready');`),
    );
    for (const { line } of contenders) expect(await line()).toBe('ready');
    for (const { child } of contenders) child.stdin.write('go\n');
    return Promise.all(contenders.map(({ line }) => line()));
  }

  test('is taken over by one of many processes', async () => {
    await writeLock({ pid: 2 ** 30 });
    const busy = `${file} is locked`;
    expect((await contend(5)).sort()).toEqual([busy, busy, busy, busy, 'mine']);
    expect(await readdir(folder)).toEqual(['training.lock']);
  });

  test('is taken over by one of many in the same process', async () => {
    for (let round = 0; round < 5; round++) {
      await writeLock({ pid: 2 ** 30, id: String(round) });
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => acquireLock(file)));
      const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(locks).toHaveLength(1);
      await locks[0]![Symbol.asyncDispose]();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test('is taken over although a process was killed while doing so, and another while repairing that', async () => {
    const digest = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 16);
    await writeLock({ pid: 2 ** 30, id: 'first' });
    const claim = `${file}.takeover-${digest('first')}`;
    await writeLock({ pid: 2 ** 30, id: 'second' }, claim);
    await writeLock({ pid: 2 ** 30, id: 'third' }, `${claim}-${digest('second')}`);
    const busy = `${file} is locked`;
    expect((await contend(4)).sort()).toEqual([busy, busy, busy, 'mine']);
    expect(await readdir(folder)).toEqual(['training.lock']);
  });
});

test('never has two holders, however many processes take turns', async () => {
  const shared = path.join(folder, 'held');
  const turns = `
    const { mkdir, rmdir } = await import('node:fs/promises');
    for (let turn = 0; turn < 5; turn++) {
      await using lock = await acquireLock(file, { wait: true });
      // Fails if another process is here.
      await mkdir(${JSON.stringify(shared)});
      await new Promise((resolve) => setTimeout(resolve, 5));
      await rmdir(${JSON.stringify(shared)});
    }
    console.log('done');`;
  const processes = Array.from({ length: 4 }, () => startProcess(turns));
  for (const { line } of processes) expect(await line()).toBe('done');
});

test('a holder is described by what is known of it', () => {
  const since = '2026-03-01T12:00:05.123Z';
  // A container with the same host name and process number.
  expect(describeHolder({ host: os.hostname(), process: process.pid, since })).toBe(
    `process ${process.pid} on ${os.hostname()}`,
  );
  expect(describeHolder({ host: 'elsewhere', process: 12, since })).toBe('process 12 on elsewhere');
  expect(describeHolding({ host: 'elsewhere', process: 12, since })).toBe(
    `process 12 on elsewhere, since ${new Date(since).toLocaleString('sv-SE')}`,
  );
  expect(describeHolder({ host: null, process: 12, since: null })).toBe('process 12');
  expect(describeHolder({ host: null, process: null, since: null })).toBe('another process');
  expect(describeHolding({ host: null, process: null, since: null })).toBe('another process');
});

test('names of locks and of the files that a takeover creates', () => {
  expect(isLockFile('training.lock', 'training.lock')).toBe(true);
  expect(isLockFile('training.lock.takeover-0123456789abcdef', 'training.lock')).toBe(true);
  expect(isLockFile('training.lock.txt', 'training.lock')).toBe(false);
});
