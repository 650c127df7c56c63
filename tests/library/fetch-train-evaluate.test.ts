import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import {
  EmnistError,
  evaluate,
  fetchDatasets,
  listModels,
  loadRecognizer,
  type Run,
  type Split,
  type TrainEvent,
  type TrainOptions,
  train,
} from '../../src/library/index.ts';
import { temporaryFolder } from '../cli/run.ts';
import { writeArchive } from '../helpers/archive.ts';

const dataDir = await temporaryFolder(afterAll);
let archive: string;
beforeAll(async () => {
  archive = await writeArchive(path.join(dataDir, 'gzip.zip'), { digits: { train: 400, test: 50 } });
});

const small = { split: 'digits', architecture: 'cnn', batchSize: 32, epochs: 3, limit: 120 } satisfies TrainOptions;

/** The name of a model's weights file, which is a hash of its content. */
async function weightsOf(name: string): Promise<string | undefined> {
  return (await readdir(path.join(resolvePaths(dataDir).models, name))).find((file) => file.endsWith('.bin'));
}

test('fetches a data set, trains a model on it, evaluates it, and loads it', async () => {
  const fetched = await Array.fromAsync(fetchDatasets({ splits: ['digits'], from: archive, dataDir }));
  expect(fetched.map(({ event }) => event)).toEqual(expect.arrayContaining(['start', 'progress', 'end']));
  expect(fetched.at(-1)).toMatchObject({ event: 'end', trainImages: 400, testImages: 50 });

  const trained = await Array.fromAsync(train({ ...small, epochs: 4, limit: 400, name: 'whole', dataDir }));
  expect(trained[0]).toMatchObject({ event: 'start', split: 'digits', trainImages: 360 });
  expect(trained.at(-1)).toMatchObject({ event: 'end', reason: 'completed', model: 'whole', epochs: 4 });

  const measured = await Array.fromAsync(evaluate({ split: 'digits', model: 'whole', dataDir }));
  expect(measured[0]).toMatchObject({ event: 'start', model: 'whole', part: 'test', images: 50 });
  expect(measured.at(-1)).toMatchObject({ event: 'end', images: 50, perClass: { length: 10 } });

  expect((await listModels({ dataDir })).map(({ name }) => name)).toEqual(['whole', 'shipped']);
  // The latest model is the default.
  await using recognizer = await loadRecognizer({ dataDir });
  expect(recognizer).toMatchObject({ model: 'whole', labels: [...'0123456789'] });
});

test('leaving a fetch releases its lock', async () => {
  const home = await temporaryFolder();
  for await (const _ of fetchDatasets({ splits: ['digits'], from: archive, dataDir: home })) break;
  for await (const { event } of fetchDatasets({ splits: ['digits'], from: archive, dataDir: home })) {
    if (event === 'progress') break;
  }
  const whole = await Array.fromAsync(fetchDatasets({ splits: ['digits'], from: archive, dataDir: home }));
  expect(whole.at(-1)).toMatchObject({ event: 'end', trainImages: 400 });
  expect(await readdir(resolvePaths(home).datasets)).toEqual(['digits']);
});

test('leaving a training run stops it, and resuming it leads to the same weights', async () => {
  await Array.fromAsync(train({ ...small, name: 'never-left', dataDir }));
  // A worker has a port to the thread that started it.
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const before = ports();
  for await (const event of train({ ...small, name: 'left', dataDir })) {
    expect(ports()).toBeGreaterThan(before);
    if (event.event === 'epoch') break;
  }
  expect(ports()).toBe(before);
  expect(await readdir(path.join(resolvePaths(dataDir).models, 'left'))).not.toContain('training.lock');

  const resumed = await Array.fromAsync(train({ name: 'left', split: 'digits', resume: true, dataDir }));
  expect(resumed[0]).toMatchObject({ event: 'start', epochs: 3 });
  expect(resumed.at(-1)).toMatchObject({ event: 'end', reason: 'completed', epochs: 3 });
  expect(await weightsOf('left')).toBe(await weightsOf('never-left'));
});

test('runs return their results when awaited', async () => {
  const home = await temporaryFolder();
  const [fetched, ...others] = await fetchDatasets({ splits: ['digits'], from: archive, dataDir: home });
  expect(fetched).toMatchObject({ event: 'end', split: 'digits', trainImages: 400, testImages: 50 });
  expect(others).toEqual([]);
  const trained = await train({ ...small, epochs: 1, name: 'awaited', dataDir: home });
  expect(trained).toMatchObject({ event: 'end', reason: 'completed', model: 'awaited', epochs: 1 });
  const evaluated = await evaluate({ split: 'digits', model: 'awaited', dataDir: home });
  expect(evaluated).toMatchObject({ event: 'end', model: 'awaited', images: 50 });
});

test('pauses, resumes, and stops a training run after an epoch', async () => {
  const run = train({ ...small, epochs: 1000, name: 'stopped', dataDir });
  run.pause();
  const events: string[] = [];
  for await (const { event } of run) {
    events.push(event);
    if (event === 'paused') run.resume();
    if (event === 'resumed') run.stop('epoch');
  }
  expect(events.filter((event) => event !== 'batch' && event !== 'validation')).toEqual([
    'start',
    'paused',
    'resumed',
    'epoch',
    'end',
  ]);
  expect(await run).toMatchObject({ reason: 'stopped', model: 'stopped', epochs: 1 });
});

test('a training run stopped within its first epoch leaves no model', async () => {
  const run = train({ ...small, epochs: 1000, name: 'stopped-at-once', dataDir });
  run.stop();
  expect(await run).toMatchObject({ reason: 'stopped', model: null, epochs: 0 });
});

test('aborting a training run throws the reason and keeps the checkpoint', async () => {
  const controller = new AbortController();
  const events: TrainEvent[] = [];
  const run = train({ ...small, epochs: 1000, name: 'aborted', signal: controller.signal, dataDir });
  const watch = async () => {
    for await (const event of run) {
      events.push(event);
      if (event.event === 'epoch') controller.abort(new Error('enough'));
    }
  };
  await expect(watch()).rejects.toThrow('enough');
  await expect(run).rejects.toBe(controller.signal.reason);
  expect(events.filter(({ event }) => event === 'end')).toEqual([]);
  expect((await listModels({ dataDir })).find(({ name }) => name === 'aborted')).toMatchObject({ resumable: true });
  expect(await readdir(path.join(resolvePaths(dataDir).models, 'aborted'))).not.toContain('training.lock');
});

test('aborting a paused training run throws the reason', async () => {
  const controller = new AbortController();
  const run = train({ ...small, name: 'paused-aborted', signal: controller.signal, dataDir });
  run.pause();
  const watch = async () => {
    for await (const { event } of run) if (event === 'paused') controller.abort(new Error('enough'));
  };
  await expect(watch()).rejects.toThrow('enough');
});

test.each<[string, (signal: AbortSignal, dataDir: string) => Run<unknown, unknown>]>([
  ['train', (signal, dataDir) => train({ ...small, signal, dataDir })],
  ['evaluate', (signal, dataDir) => evaluate({ split: 'digits', model: 'shipped', signal, dataDir })],
  ['fetchDatasets', (signal, dataDir) => fetchDatasets({ from: archive, signal, dataDir })],
])('%s with a signal that is already aborted throws its reason and writes nothing', async (_, work) => {
  const signal = AbortSignal.abort(new Error('not now'));
  const home = await temporaryFolder();
  await expect(work(signal, home)).rejects.toBe(signal.reason);
  await expect(Array.fromAsync(work(signal, home))).rejects.toBe(signal.reason);
  expect(await readdir(home)).toEqual([]);
});

test('aborting an evaluation or a fetch throws the reason', async () => {
  const abortAtStart = async (work: (signal: AbortSignal) => AsyncIterable<unknown>) => {
    const controller = new AbortController();
    for await (const _ of work(controller.signal)) controller.abort(new Error('enough'));
  };
  const home = await temporaryFolder();
  await expect(
    abortAtStart((signal) => evaluate({ split: 'digits', model: 'shipped', signal, dataDir })),
  ).rejects.toThrow('enough');
  await expect(
    abortAtStart((signal) => fetchDatasets({ splits: ['digits'], from: archive, signal, dataDir: home })),
  ).rejects.toThrow('enough');
});

test.each<[string, () => Run<unknown, unknown>]>([
  ['invalid epochs: 0', () => train({ epochs: 0, dataDir })],
  ['invalid epochs: 1.5', () => train({ epochs: 1.5, dataDir })],
  ['invalid batchSize: "32"', () => train({ batchSize: '32' as never, dataDir })],
  ['invalid split: "a/b"', () => train({ split: 'a/b', dataDir })],
  ['invalid optimizer: "lion"', () => train({ optimizer: 'lion' as 'adam', dataDir })],
  ['invalid learningRate: 0', () => train({ learningRate: 0, dataDir })],
  ['invalid seed: -1', () => train({ seed: -1, dataDir })],
  ['invalid limit: -5', () => evaluate({ limit: -5, dataDir })],
  ['invalid prior: "none"', () => evaluate({ prior: 'none' as 'split', dataDir })],
  ['invalid splits: "all"', () => fetchDatasets({ splits: ['all' as Split], dataDir })],
  ['invalid splits: undefined', () => fetchDatasets({ splits: [undefined as never], dataDir })],
  ['invalid splits: "digits"', () => fetchDatasets({ splits: 'digits' as never, dataDir })],
])('%s', async (message, work) => {
  const error = await work().then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(EmnistError);
  expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  expect(error.hint).toMatch(/^pass .* as `\w+`$/);
});

test('an invalid model name is refused with its rule', async () => {
  const error = await train({ name: 'a/b', dataDir }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'model-name-invalid', data: { model: 'a/b', reason: 'characters' } });
  expect(error.hint).toMatch(/^use up to 64 letters/);
});

test('an error in the training worker keeps its class, code, and data', async () => {
  const error = await train({ ...small, split: 'letters', dataDir }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(EmnistError);
  expect(error).toMatchObject({
    code: 'dataset-missing',
    data: { split: 'letters' },
    hint: "call fetchDatasets({ splits: ['letters'] })",
  });
});
