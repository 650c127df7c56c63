import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { bootId, findProcess, isRunning, thisProcess } from '../../../src/core/files/process-identity.ts';
import { named } from '../../helpers/skip.ts';

const { platform } = process;
const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]);
const noPs = ps.status === 0 ? null : '`ps` is not installed';

/** No process has this number: the largest on Linux is 2^22. */
const NO_PID = 2 ** 30;

test('this process is running', async () => {
  expect(await isRunning(await thisProcess())).toBe(platform === 'win32' ? null : true);
});

test('an ended process is not running, even while its parent has not waited for it', async () => {
  expect(await isRunning({ ...(await thisProcess()), pid: NO_PID })).toBe(false);
  if (platform === 'win32') return;
  // `sleep` inherits a child of the shell and never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const child = { ...(await thisProcess()), pid: Number(line) };
  child.started = (await findProcess(child.pid))!.started;
  expect(await isRunning(child)).toBe(true);
  process.kill(child.pid, 'SIGKILL');
  await expect.poll(() => isRunning(child)).toBe(false);
  // It is still listed.
  expect(() => process.kill(child.pid, 0)).not.toThrow();
});

const noStartTimes = platform === 'win32' ? 'Windows gives no start times' : null;
test.skipIf(noStartTimes)(
  named('a process that started at another time is another process', noStartTimes),
  async () => {
    const self = await thisProcess();
    expect(await isRunning({ ...self, started: '1' })).toBe(false);
    expect(await isRunning({ ...self, started: null })).toBeNull();
  },
);

test('whether a process of another machine, boot or container is running is unknown', async () => {
  const self = await thisProcess();
  for (const pid of [process.pid, NO_PID]) {
    expect(await isRunning({ ...self, pid, host: `not-${self.host}` })).toBeNull();
    expect(await isRunning({ ...self, pid, boot: 'another' })).toBeNull();
  }
});

test('where /proc is hidden, as in some containers, whether a process is running is unknown', async () => {
  const boots = [await bootId('linux', '/nowhere'), await bootId('linux', '/nowhere')];
  expect(new Set(boots).size).toBe(2);
  for (const boot of boots) expect(await isRunning({ ...(await thisProcess()), boot, pid: NO_PID })).toBeNull();
});

test('boot times that differ by an adjusted clock count as one boot', async () => {
  const self = await thisProcess();
  if (!Number.isNaN(Number(self.boot))) {
    expect(await isRunning({ ...self, boot: String(Number(self.boot) + 5000), pid: NO_PID })).toBe(false);
    expect(await isRunning({ ...self, boot: String(Number(self.boot) + 500_000), pid: NO_PID })).toBeNull();
  } else {
    expect(self.boot).toContain((await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
  }
});

test.skipIf(noPs)(named('where there is no /proc, `ps` says when a process started', noPs), async () => {
  const own = await findProcess(process.pid, 'darwin');
  const started = Date.parse(`${own!.started} UTC`);
  expect(Math.abs(started - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000);
  expect(await findProcess(process.pid, 'darwin')).toEqual(own);
  expect(await findProcess(NO_PID, 'darwin')).toBeNull();
});
