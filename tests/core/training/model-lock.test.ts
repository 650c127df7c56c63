import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCK_FILE } from '../../../src/core/model/store.ts';
import { lockModel } from '../../../src/core/training/model-lock.ts';

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

test('a lock of another process that had our number, as containers give it again, is taken over', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, LOCK_FILE), String(process.pid));
  await using _lock = await lockModel(folder, 'a-model');
});
