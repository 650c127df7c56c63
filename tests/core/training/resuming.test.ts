import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockModel } from '../../../src/core/model/model-lock.ts';
import { checkpointPath, findModel, loadModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { train } from '../../../src/core/training/trainer.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { listUnfinishedRuns, readUnfinishedRun } from '../../../src/core/training/unfinished-runs.ts';
import { installDatasets } from '../../helpers/archive.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-resuming-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 100, test: 20 }, mnist: { train: 100, test: 20 } });
});
afterEach(() => rm(home, { recursive: true }));

const SMALL = { split: 'digits', architecture: 'cnn', batchSize: 32 } satisfies TrainOptions;

/** Trains a model, stopping after its first epoch, at a time that counts for which run is the latest. */
async function cutOff(name: string, options: TrainOptions = {}, minute = 0): Promise<void> {
  const control = new TrainingControl();
  for await (const event of train({ ...SMALL, epochs: 3, ...options, name }, paths, control)) {
    if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
  }
  const time = new Date(Date.UTC(2026, 0, 1, 0, minute));
  await utimes(checkpointPath(paths, name), time, time);
}

async function finished(name: string, options: TrainOptions = {}): Promise<void> {
  await Array.fromAsync(startTraining({ ...SMALL, epochs: 1, ...options, name }, paths));
}

async function resume(options: TrainOptions): Promise<TrainEvent[]> {
  return Array.fromAsync(startTraining({ ...options, resume: true }, paths));
}

function startOf(events: readonly TrainEvent[]) {
  return events.find(({ event }) => event === 'start');
}

describe('a run is resumed', () => {
  test('by its name alone, for the epochs it was started with', async () => {
    await cutOff('mine', { split: 'mnist', seed: 5 });
    const events = await resume({ name: 'mine' });
    expect(startOf(events)).toMatchObject({ model: 'mine', split: 'mnist', epochsDone: 1, epochs: 3 });
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', epochs: 3 });
    await expect(resume({ name: 'mine' })).rejects.toMatchObject({ code: 'training-finished' });
  });

  test('without a name, if it is the one that was interrupted last', async () => {
    await cutOff('newer', {}, 2);
    await cutOff('older', {}, 1);
    await finished('done');
    expect(startOf(await resume({}))).toMatchObject({ model: 'newer', epochsDone: 1, epochs: 3 });
    expect(startOf(await resume({}))).toMatchObject({ model: 'older', epochsDone: 1, epochs: 3 });
    await expect(resume({})).rejects.toMatchObject({
      code: 'nothing-to-resume',
      message: 'there is no interrupted training run',
    });
  });

  test('by what it trains', async () => {
    await cutOff('mnist', { split: 'mnist' }, 1);
    await cutOff('digits', {}, 2);
    expect(startOf(await resume({ split: 'mnist' }))).toMatchObject({ model: 'mnist' });
    await expect(resume({ split: 'letters' })).rejects.toMatchObject({ code: 'nothing-to-resume' });
  });

  test('but not another one than that with the default name, which may go on for more epochs', async () => {
    await finished('digits-cnn');
    await cutOff('mine');
    expect(startOf(await resume({ split: 'digits', architecture: 'cnn', epochs: 2 }))).toMatchObject({
      model: 'digits-cnn',
      epochsDone: 1,
      epochs: 2,
    });
  });

  test('unless another process is training it: then the one before', async () => {
    await cutOff('busy', {}, 2);
    await cutOff('free', {}, 1);
    await using _lock = await lockModel(path.join(paths.models, 'busy'), 'busy');
    expect(await listUnfinishedRuns(paths)).toMatchObject([
      { name: 'busy', holder: { process: process.pid } },
      { name: 'free', holder: null },
    ]);
    expect(startOf(await resume({}))).toMatchObject({ model: 'free' });
    await expect(resume({})).rejects.toMatchObject({ code: 'model-busy', data: { model: 'busy' } });
  });
});

test('a resumed run says how it went before, and ends with the curve of one that was never interrupted', async () => {
  await finished('whole', { epochs: 3 });
  const { history, curve } = (await loadModel('whole', paths)).training!;
  expect(curve).toMatchObject({ span: 0.5, learningRate: new Array(6).fill(0.001) });
  expect(history!.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);

  // Batches of the second epoch are lost.
  const control = new TrainingControl();
  for await (const event of train({ ...SMALL, epochs: 3, name: 'cut' }, paths, control)) {
    if (event.event === 'start') expect(event).not.toHaveProperty('history');
    if (event.event === 'batch' && event.epoch === 2)
      control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
  }
  const start = startOf(await resume({ name: 'cut' }))!;
  const { loss } = curve!;
  expect(start).toMatchObject({ history: [{ epoch: 1, loss: history![0]!.loss }], curve: { loss: loss.slice(0, 2) } });
  const resumed = (await loadModel('cut', paths)).training!;
  expect(resumed.curve).toEqual(curve);
  expect(resumed.history!.map((record) => record.validationLoss)).toEqual(
    history!.map((record) => record.validationLoss),
  );
});

test('a run that an earlier version began, whose checkpoint has no curve, goes on to the same weights', async () => {
  await finished('whole', { epochs: 3 });
  await cutOff('old');
  const file = checkpointPath(paths, 'old');
  await withoutCurve(file);
  expect(await readUnfinishedRun((await findModel(paths, 'old'))!)).toMatchObject({
    run: { epochsDone: 1, history: [{ epoch: 1 }], curve: null },
  });
  const start = startOf(await resume({ name: 'old' }));
  expect(start).toMatchObject({ history: [{ epoch: 1 }] });
  expect(start).not.toHaveProperty('curve');
  const [whole, old] = await Promise.all(['whole', 'old'].map(async (name) => (await findModel(paths, name))!));
  // Its name has the checksum of the weights.
  expect(old!.weightsFile).toBe(whole!.weightsFile);
  const { training } = old!.model!;
  expect(training!.history!.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const { span, loss } = whole!.model!.training!.curve!;
  expect(training!.curve).toMatchObject({ span, loss: [null, null, ...loss.slice(2)] });
});

/** Makes a checkpoint as it was before there were curves: the rest of the format is the same. */
async function withoutCurve(file: string): Promise<void> {
  const bytes = await readFile(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString('utf8', 8, end));
  const { curve, ...state } = JSON.parse(metadata.state);
  expect(curve).toBeDefined();
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { ...metadata, state: JSON.stringify(state) }, ...tensors }),
  );
  const preamble = Buffer.alloc(8);
  preamble.writeBigUInt64LE(BigInt(header.length));
  await writeFile(file, Buffer.concat([preamble, header, bytes.subarray(end)]));
}

test('unfinished runs are described by their checkpoints, latest first', async () => {
  await cutOff('b', { split: 'mnist' }, 1);
  await cutOff('a', { epochs: 5 }, 2);
  await finished('done');
  await cutOff('damaged');
  await writeFile(checkpointPath(paths, 'damaged'), (await readFile(checkpointPath(paths, 'damaged'))).subarray(0, -4));
  const history = [expect.objectContaining({ epoch: 1 })];
  const curve = expect.objectContaining({ span: 0.5 });
  expect(await listUnfinishedRuns(paths)).toEqual([
    {
      ...{ name: 'a', split: 'digits', architecture: 'cnn', epochsDone: 1, epochs: 5 },
      ...{ date: '2026-01-01T00:02:00.000Z', holder: null, history, curve },
    },
    {
      ...{ name: 'b', split: 'mnist', architecture: 'cnn', epochsDone: 1, epochs: 3 },
      ...{ date: '2026-01-01T00:01:00.000Z', holder: null, history, curve },
    },
  ]);
  const damaged = (await findModel(paths, 'damaged'))!;
  expect(await readUnfinishedRun(damaged)).toMatchObject({ run: null, problem: { code: 'checkpoint-damaged' } });
});

describe.each([
  ['the last weights', {}],
  ['averaged weights', { averaging: 0.5 }],
  ['the best epoch', { patience: 3 }],
])('a model of %s', (_, options) => {
  test('that was not written after the last checkpoint is written when the run is resumed', async () => {
    await finished('mine', { ...options, epochs: 2 });
    const file = path.join(paths.models, 'mine', 'model.json');
    const { date: _date, ...record } = (await loadModel('mine', paths)).training!;
    const { weights } = await loadModel('mine', paths);
    await rm(file);
    expect(await listUnfinishedRuns(paths)).toMatchObject([{ name: 'mine', epochsDone: 2, epochs: 2 }]);

    const events = await resume({});
    expect(events.map(({ event }) => event)).toEqual(['start', 'end']);
    expect(events.at(-1)).toMatchObject({ reason: 'completed', model: 'mine', epochs: 2 });
    const restored = await loadModel('mine', paths);
    expect(restored.weights).toEqual(weights);
    expect(restored.training).toMatchObject(record);
    expect(await listUnfinishedRuns(paths)).toEqual([]);
  });
});
