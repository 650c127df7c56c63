import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { thisProcess } from '../../../src/core/files/process-identity.ts';
import { LOCK_FILE } from '../../../src/core/model/model-folder.ts';
import { checkpointPath, loadModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { named, ON_WINDOWS } from '../../helpers/skip.ts';

let home: string;
let paths: Paths;
let lock: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-training-lock-'));
  paths = resolvePaths(home);
  lock = path.join(paths.models, 'mine', LOCK_FILE);
  await installDatasets(paths, { digits: { train: 400, test: 20 } });
});
afterEach(() => rm(home, { recursive: true }));

const OPTIONS = {
  split: 'digits',
  architecture: 'cnn',
  batchSize: 32,
  name: 'mine',
  epochs: 1000,
} satisfies TrainOptions;

/** Writes the lock of a process on another machine. */
async function lockElsewhere(): Promise<void> {
  const content = { id: 'other', ...(await thisProcess()), host: 'elsewhere', since: '2031-01-01T00:00:00.000Z' };
  await writeFile(lock, JSON.stringify(content));
}

/** Creates a model that looks as if another machine were training it. */
async function trainedElsewhere(): Promise<void> {
  await Array.fromAsync(startTraining({ ...OPTIONS, epochs: 1 }, paths));
  await lockElsewhere();
}

describe.each([
  ['taken over by another process', lockElsewhere],
  ['removed', () => rm(lock)],
])('a run whose lock is %s', (_, takeOver) => {
  test('stops with an error, and writes nothing more', async () => {
    let checkpoint: Buffer | null = null;
    const training = startTraining(OPTIONS, paths);
    const outcome = (async () => {
      for await (const { event } of training) {
        if (event !== 'epoch' || checkpoint !== null) continue;
        await takeOver();
        checkpoint = await readFile(checkpointPath(paths, 'mine'));
      }
    })();
    await expect(outcome).rejects.toMatchObject({
      code: 'model-busy',
      message: 'another process has taken over the model "mine" in the meantime',
      data: { model: 'mine', lost: true },
    });
    // The epoch that was being written at that moment may have been completed.
    const left = await readFile(checkpointPath(paths, 'mine'));
    const { training: record } = await loadModel('mine', paths);
    expect(left.length).toBe(checkpoint!.length);
    expect(record!.epochs).toBeLessThan(OPTIONS.epochs);
  });
});

test('the model is free when the last event of its run arrives', async () => {
  const seen: string[] = [];
  for await (const { event } of startTraining({ ...OPTIONS, epochs: 1 }, paths)) {
    seen.push(event);
    if (event === 'epoch') await access(lock);
    if (event === 'end') await expect(access(lock)).rejects.toMatchObject({ code: 'ENOENT' });
  }
  expect(seen).toEqual(expect.arrayContaining(['epoch', 'end']));
});

test('a paused run whose lock is taken over ends, too', async () => {
  const training = startTraining(OPTIONS, paths);
  const events: TrainEvent['event'][] = [];
  const outcome = (async () => {
    for await (const { event } of training) {
      events.push(event);
      if (event === 'start') training.pause();
      if (event === 'paused') await lockElsewhere();
    }
  })();
  await expect(outcome).rejects.toMatchObject({ code: 'model-busy', data: { lost: true } });
  expect(events.at(-1)).toBe('resumed');
});

test('a run says whom it waits for, and can be stopped meanwhile', async () => {
  await trainedElsewhere();
  const training = startTraining({ ...OPTIONS, overwrite: true }, paths);
  const events: TrainEvent[] = [];
  for await (const event of training) {
    events.push(event);
    if (event.event === 'waiting') training.stop('batch', 'interrupted');
  }
  expect(events).toEqual([
    { event: 'waiting', host: 'elsewhere', process: process.pid, since: '2031-01-01T00:00:00.000Z' },
    { event: 'end', reason: 'interrupted', model: null, epochs: 0, seconds: 0, validationAccuracy: null },
  ]);
});

test('a run that is stopped just when its wait has ended does not start', async () => {
  await trainedElsewhere();
  const training = startTraining({ ...OPTIONS, overwrite: true }, paths);
  const events: TrainEvent[] = [];
  for await (const event of training) {
    events.push(event);
    if (event.event !== 'waiting') continue;
    await rm(lock);
    await vi.waitFor(async () => expect(await readFile(lock, 'utf8')).toContain((await thisProcess()).host));
    training.stop('batch', 'interrupted');
  }
  expect(events.map(({ event }) => event)).toEqual(['waiting', 'end']);
  await expect(readFile(lock)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(ON_WINDOWS)(named('what is not a folder is not trained into, and says so', ON_WINDOWS), async () => {
  await mkdir(paths.models, { recursive: true });
  await symlink('nowhere', path.join(paths.models, 'link'));
  await symlink('loop', path.join(paths.models, 'loop'));
  await writeFile(path.join(paths.models, 'file'), '');
  for (const name of ['link', 'loop', 'file']) {
    for (const more of [{}, { overwrite: true }, { resume: true }]) {
      const events = Array.fromAsync(startTraining({ ...OPTIONS, ...more, name }, paths));
      await expect(events).rejects.toMatchObject({
        code: 'model-name-invalid',
        data: { model: name, reason: 'taken' },
      });
    }
  }
  expect((await readdir(paths.models)).sort()).toEqual(['file', 'link', 'loop']);
});

test('leaving a run that waits releases what it waits for', async () => {
  await trainedElsewhere();
  const content = await readFile(lock, 'utf8');
  for await (const { event } of startTraining({ ...OPTIONS, overwrite: true }, paths)) {
    expect(event).toBe('waiting');
    break;
  }
  expect(await readFile(lock, 'utf8')).toBe(content);
});
