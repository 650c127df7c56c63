import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { lockModel } from '../../../src/core/model/model-lock.ts';
import { LOCK_FILE } from '../../../src/core/model/model-store.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'emnist-lock-')), 'a-model');
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

test('one at a time, and nothing left behind', async () => {
  {
    await using _lock = await lockModel(folder, 'a-model');
    await expect(lockModel(folder, 'a-model')).rejects.toMatchObject({ code: 'model-busy' });
  }
  expect(await readdir(path.dirname(folder))).toEqual([]);
  await using _again = await lockModel(folder, 'a-model');
});

test('another process that is running holds it; one that was killed does not', async () => {
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(other, 'spawn');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, LOCK_FILE), String(other.pid));
  await expect(lockModel(folder, 'a-model')).rejects.toThrow(String(other.pid));
  other.kill('SIGKILL');
  await once(other, 'exit');
  await using _lock = await lockModel(folder, 'a-model');
});

test('a lock from before the machine was started is taken over, whoever has that number now', async () => {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, LOCK_FILE);
  await writeFile(file, String(process.ppid));
  await expect(lockModel(folder, 'a-model')).rejects.toMatchObject({ code: 'model-busy' });
  await utimes(file, 0, 0);
  await using _lock = await lockModel(folder, 'a-model');
});

test('of many that find a lock left behind, one takes it over', async () => {
  const takeOver = `
    const { lockModel } = await import(process.argv[1]);
    process.stdin.once('data', async () => {
      await lockModel(process.argv[2], 'a-model').then(() => console.log('mine'), ({ code }) => console.log(code));
      process.stdin.on('end', () => process.exit());
    });
    console.log('ready');`;
  await mkdir(folder, { recursive: true });
  // No process has this number.
  await writeFile(path.join(folder, LOCK_FILE), String(2 ** 30));
  const source = fileURLToPath(new URL('../../../src/core/model/model-lock.ts', import.meta.url));
  const contenders = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', takeOver, source, folder]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { child, line: async () => (await lines.next()).value as string };
  });
  for (const { line } of contenders) expect(await line()).toBe('ready');
  for (const { child } of contenders) child.stdin.write('go\n');
  const answers = await Promise.all(contenders.map(({ line }) => line()));
  expect(answers.sort()).toEqual(['mine', 'model-busy', 'model-busy', 'model-busy']);
});

test('a lock of another process that had our number, as containers give it again, is taken over', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, LOCK_FILE), String(process.pid));
  await using _lock = await lockModel(folder, 'a-model');
});
