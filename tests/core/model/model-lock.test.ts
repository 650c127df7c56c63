import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockModel } from '../../../src/core/model/model-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'emnist-lock-')), 'a-model');
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

test('a model has one writer at a time, and an empty folder is removed', async () => {
  {
    await using _lock = await lockModel(folder, 'a-model');
    await expect(lockModel(folder, 'a-model')).rejects.toMatchObject({
      code: 'model-busy',
      message: expect.stringMatching('^the model "a-model" is in use by this program'),
      data: {
        model: 'a-model',
        process: process.pid,
        host: os.hostname(),
        since: expect.any(String),
        operation: 'write',
        lost: false,
      },
    });
    expect(await readdir(folder)).toEqual(['training.lock']);
  }
  expect(await readdir(path.dirname(folder))).toEqual([]);
});

test('a folder with a model in it is kept', async () => {
  await lockModel(folder, 'a-model').then(async (lock) => {
    await writeFile(path.join(folder, 'model.json'), '{}');
    await lock[Symbol.asyncDispose]();
  });
  expect(await readdir(folder)).toEqual(['model.json']);
});

test('a folder that cannot be locked is removed', async () => {
  await mkdir(path.dirname(folder), { recursive: true });
  await writeFile(folder, '');
  await expect(lockModel(path.join(folder, 'sub'), 'sub')).rejects.toMatchObject({ code: 'file-not-folder' });
});
