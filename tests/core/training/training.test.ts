import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/core/engine/select.ts';
import { fitTemperature } from '../../../src/core/model/calibration.ts';
import { checkpointPath, findModel, loadModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { hash32 } from '../../../src/core/random.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { train } from '../../../src/core/training/trainer.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import { readTrainingImages } from '../../../src/core/training/training-images.ts';
import type { TrainingRun, TrainOptions } from '../../../src/core/training/training-run.ts';
import { readUnfinishedRun } from '../../../src/core/training/unfinished-runs.ts';
import { installDatasets } from '../../helpers/archive.ts';

let home: string;
let paths: Paths;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-training-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 400, test: 50 } });
});
afterAll(() => rm(home, { recursive: true }));

const small = { split: 'digits', batchSize: 32, seed: 3 } satisfies TrainOptions;

async function run(options: TrainOptions, prepare?: (training: TrainingRun) => void): Promise<TrainEvent[]> {
  const training = startTraining({ ...small, ...options }, paths);
  prepare?.(training);
  return Array.fromAsync(training);
}

/** Like `run`, but in this thread, where the run waits for its events to be read, so commands arrive at a known time. */
async function runHere(options: TrainOptions, watch: (event: TrainEvent, control: TrainingControl) => void) {
  const control = new TrainingControl();
  const events: TrainEvent[] = [];
  for await (const event of train({ ...small, ...options }, paths, control)) {
    events.push(event);
    watch(event, control);
  }
  return events;
}

function only<Name extends TrainEvent['event']>(events: TrainEvent[], name: Name) {
  return events.filter((event): event is Extract<TrainEvent, { event: Name }> => event.event === name);
}

/** A digest of a model's weights, equal only if they are bit for bit the same. */
async function weightsOf(name: string): Promise<string> {
  const hash = createHash('sha256');
  for (const tensor of (await loadModel(name, paths)).weights) hash.update(tensor);
  return hash.digest('hex');
}

async function isResumable(name: string): Promise<boolean | undefined> {
  const model = await findModel(paths, name);
  return model === null ? undefined : (await readUnfinishedRun(model)).run !== null;
}

test('a run reports its start, batches and epochs, learns, and saves a model with its training record', async () => {
  const events = await run({ architecture: 'cnn', epochs: 4, name: 'learns' });
  expect(events[0]).toMatchObject({
    event: 'start',
    split: 'digits',
    architecture: 'cnn',
    engine: 'wasm',
    trainImages: 360,
    validationImages: 40,
    classes: 10,
    parameters: 431_242,
  });
  const epochs = only(events, 'epoch');
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(epochs[3]!.loss).toBeLessThan(epochs[0]!.loss / 2);
  expect(epochs[3]!.validationAccuracy).toBeGreaterThan(0.8);
  for (const epoch of [1, 2, 3, 4]) {
    const last = only(events, 'batch').findLast((event) => event.epoch === epoch);
    expect(last).toMatchObject({ batch: 12, batches: 12, learningRate: 0.001 });
  }
  expect(events.at(-1)).toMatchObject({
    event: 'end',
    reason: 'completed',
    model: 'learns',
    epochs: 4,
    validationAccuracy: epochs[3]!.validationAccuracy,
  });
  const { training, labels } = await loadModel('learns', paths);
  expect(labels).toEqual([...'0123456789']);
  expect(training).toMatchObject({ split: 'digits', epochs: 4, trainImages: 360, validationImages: 40, seed: 3 });
  expect(
    (await readdir(path.join(paths.models, 'learns'))).map((file) => file.replace(/\.[0-9a-f]{8}\./, '.')),
  ).toEqual(['checkpoint.safetensors', 'model.json', 'weights.bin']);
});

describe.each(['cnn', 'vgg'] as const)('a %s training run', (architecture) => {
  // Four batches per epoch, the last one smaller.
  const few = { architecture, epochs: 3, limit: 120 };

  test('gives the same weights with any number of threads, when paused, and when resumed', async () => {
    await run({ ...few, threads: 1, name: `${architecture}-1` });
    const expected = await weightsOf(`${architecture}-1`);

    for (const threads of [2, 3]) {
      await run({ ...few, threads, name: `${architecture}-${threads}` });
      expect(await weightsOf(`${architecture}-${threads}`)).toEqual(expected);
    }

    const resumed = `${architecture}-resumed`;
    const first = await runHere({ ...few, name: resumed }, (event, control) => {
      if (event.event === 'batch' && event.epoch === 2) {
        control.handle({ type: 'stop', when: 'batch', reason: 'interrupted' });
      }
    });
    expect(first.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted', epochs: 1, model: resumed });
    expect(await isResumable(resumed)).toBe(true);
    const second = await run({ architecture, name: resumed, resume: true });
    expect(await isResumable(resumed)).toBe(false);
    expect(second[0]).toMatchObject({ event: 'start', epochs: 3, epochsDone: 1 });
    expect(only(second, 'epoch').map(({ epoch }) => epoch)).toEqual([2, 3]);
    expect(await weightsOf(resumed)).toEqual(expected);

    const paused = await runHere({ ...few, name: `${architecture}-paused` }, (event, control) => {
      if (event.event === 'epoch' && event.epoch === 1) control.handle({ type: 'pause' });
      if (event.event === 'paused') control.handle({ type: 'resume' });
    });
    expect(only(paused, 'paused').length).toBe(1);
    expect(only(paused, 'resumed').length).toBe(1);
    expect(await weightsOf(`${architecture}-paused`)).toEqual(expected);
  });
});

test('early stopping keeps the best epoch, also in a resumed run', async () => {
  // A learning rate so high that the loss fluctuates.
  const restless = {
    architecture: 'cnn',
    epochs: 60,
    limit: 200,
    optimizer: 'sgd',
    schedule: 'constant',
    learningRate: 0.2,
    patience: 2,
  } as const;
  const events = await run({ ...restless, name: 'patient' });
  const accuracies = only(events, 'epoch').map(({ validationAccuracy }) => validationAccuracy);
  const best = Math.max(...accuracies);
  expect(accuracies.length).toBe(accuracies.indexOf(best) + 1 + 2);
  expect(accuracies.length).toBeLessThan(60);
  expect(events.at(-1)).toMatchObject({ reason: 'completed', stoppedEarly: true, validationAccuracy: best });
  expect((await loadModel('patient', paths)).training).toMatchObject({
    epochs: accuracies.length,
    keptEpoch: accuracies.indexOf(best) + 1,
    stoppedEarly: true,
    validationAccuracy: best,
  });
  const expected = await weightsOf('patient');
  expect(await isResumable('patient')).toBe(false);
  const resume = { name: 'patient', architecture: 'cnn', resume: true } as const;
  await expect(run({ ...resume, patience: 5 })).rejects.toMatchObject({
    message: expect.stringContaining('patience 2'),
  });
  await expect(run(resume)).rejects.toMatchObject({
    code: 'training-stopped-early',
    message: expect.stringContaining('no improvement'),
  });

  // A run stopped after the best epoch still keeps it when the last epoch is worse.
  await runHere({ ...restless, name: 'stopped-patient' }, (event, control) => {
    if (event.event === 'epoch' && event.epoch === accuracies.length - 1) {
      control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
    }
  });
  expect(await weightsOf('stopped-patient')).toEqual(expected);
  expect(await isResumable('stopped-patient')).toBe(true);
  await run({ ...resume, name: 'stopped-patient' });
  expect(await weightsOf('stopped-patient')).toEqual(expected);
  expect(await isResumable('stopped-patient')).toBe(false);
});

test('the probabilities of a model are calibrated on its validation set', async () => {
  await run({ architecture: 'vgg', epochs: 3, name: 'calibrated' });
  const { network, weights, training } = await loadModel('calibrated', paths);
  expect(Math.abs(Math.log(training!.temperature))).toBeGreaterThan(0.05);
  const source = { split: 'digits', seed: small.seed, limit: null, strokes: [], keepsSigns: false } as const;
  const { images, labels, validation } = await readTrainingImages(paths, source);
  const engine = await createEngine({ engine: 'wasm', threads: 1 });
  const calibrated = await engine.createNetwork(network);
  await calibrated.setWeights(weights);
  const chosen = [...validation].map((index) => images.subarray(index * 784, (index + 1) * 784));
  const logits = await calibrated.predict(Buffer.concat(chosen));
  const truth = Uint8Array.from(validation, (index) => labels[index]!);
  const { temperature } = training!;
  expect(
    fitTemperature(
      logits.map((logit) => logit * temperature),
      truth,
    ) / temperature,
  ).toBeCloseTo(1, 1);
  await engine.dispose();
});

test('stopping after an epoch keeps it; stopping within the first one leaves no model', async () => {
  const after = await runHere({ architecture: 'cnn', epochs: 5, name: 'after' }, (event, control) => {
    if (event.event === 'batch') control.handle({ type: 'stop', when: 'epoch', reason: 'stopped' });
  });
  expect(after.at(-1)).toMatchObject({ event: 'end', reason: 'stopped', epochs: 1, model: 'after' });
  const now = await run({ architecture: 'cnn', epochs: 5, name: 'now' }, (training) => training.stop('batch'));
  expect(now.at(-1)).toMatchObject({ reason: 'stopped', epochs: 0, model: null, validationAccuracy: null });
  await expect(loadModel('now', paths)).rejects.toMatchObject({ code: 'model-missing' });
});

test('a pause after a stop has no effect', async () => {
  const events = await runHere({ architecture: 'cnn', epochs: 1, limit: 100, name: 'stopped' }, (event, control) => {
    if (event.event !== 'start') return;
    control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
    control.handle({ type: 'pause' });
  });
  expect(events.map(({ event }) => event)).toEqual(['start', 'end']);
});

test('resuming without a checkpoint lists the models that have one', async () => {
  const stopped = await runHere({ architecture: 'cnn', epochs: 3, limit: 100, name: 'half' }, (event, control) => {
    if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
  });
  expect(stopped.at(-1)).toMatchObject({ epochs: 1 });
  await expect(run({ resume: true, name: 'other' })).rejects.toMatchObject({
    code: 'nothing-to-resume',
    data: { resumable: expect.arrayContaining(['half']) },
  });
});

test('a run in a worker can be paused before it starts, and resumed', async () => {
  const events: TrainEvent[] = [];
  const training = startTraining({ ...small, architecture: 'cnn', epochs: 1, limit: 100, name: 'told' }, paths);
  training.pause();
  for await (const event of training) {
    events.push(event);
    if (event.event === 'paused') training.resume();
  }
  expect(events.map(({ event }) => event).slice(0, 3)).toEqual(['start', 'paused', 'resumed']);
  expect(events.at(-1)).toMatchObject({ reason: 'completed' });
});

test('different seeds give different weights; the limit includes validation images', async () => {
  await run({ architecture: 'cnn', epochs: 1, limit: 100, name: 'seed-3' });
  const events = await run({ architecture: 'cnn', epochs: 1, limit: 100, seed: 4, name: 'seed-4' });
  expect(events[0]).toMatchObject({ trainImages: 90, validationImages: 10 });
  expect(await weightsOf('seed-4')).not.toEqual(await weightsOf('seed-3'));
});

test('a stroke file adds its labeled drawings to the training set, not to the validation set', async () => {
  const strokes = path.join(home, 'strokes.jsonl');
  const line = (label: string | undefined) =>
    JSON.stringify({
      label,
      strokes: [
        [
          [0, 0],
          [0, 10],
        ],
      ],
    });
  await writeFile(strokes, [line('1'), line('7'), line('x'), line(undefined)].join('\n'));
  const events = await run({ architecture: 'cnn', epochs: 1, limit: 100, strokes: [strokes], name: 'strokes' });
  expect(events[0]).toMatchObject({ trainImages: 92, validationImages: 10 });
  expect((await loadModel('strokes', paths)).training).toMatchObject({ strokeImages: 2 });

  const moved = path.join(home, 'moved.jsonl');
  await rename(strokes, moved);
  const more = { architecture: 'cnn', epochs: 2, name: 'strokes', resume: true } as const;
  await expect(run(more)).rejects.toMatchObject({ code: 'file-missing' });
  expect((await run({ ...more, strokes: [moved] })).at(-1)).toMatchObject({ epochs: 2, reason: 'completed' });
});

test('with augmentation and drawings, a resumed run ends with the same weights', async () => {
  const strokes = path.join(home, 'digits.jsonl');
  const lines = Array.from({ length: 40 }, (_, index) => {
    const points = Array.from({ length: 5 }, (_, point) => [
      hash32(1, index, point) % 100,
      hash32(2, index, point) % 100,
    ]);
    return JSON.stringify({ label: String(index % 10), strokes: [points.slice(0, 3), points.slice(3)] });
  });
  await writeFile(strokes, lines.join('\n'));
  const options = {
    architecture: 'vgg',
    epochs: 3,
    limit: 120,
    augment: 1.5,
    averaging: 0.9,
    strokes: [strokes],
  } satisfies TrainOptions;
  await run({ ...options, name: 'whole' });
  const expected = await weightsOf('whole');
  // Both features must be restored.
  await run({ ...options, augment: 0, name: 'undistorted' });
  await run({ ...options, strokes: undefined, name: 'undrawn' });
  for (const name of ['undistorted', 'undrawn']) expect(await weightsOf(name)).not.toEqual(expected);

  for (const batch of [1, 4]) {
    const name = `interrupted-${batch}`;
    const first = await runHere({ ...options, name }, (event, control) => {
      // Which batches are reported depends on timing, except for the last.
      if (event.event === 'batch' && event.epoch === 2 && event.batch >= batch) {
        control.handle({ type: 'stop', when: 'batch', reason: 'interrupted' });
      }
    });
    expect(first.at(-1)).toMatchObject({ reason: 'interrupted', epochs: 1 });
    expect((await run({ architecture: 'vgg', name, resume: true })).at(-1)).toMatchObject({ epochs: 3 });
    expect(await weightsOf(name)).toEqual(expected);
  }
});

test.each<[string, TrainOptions, string]>([
  ['a split that was not fetched', { split: 'letters' }, 'dataset-missing'],
  ['no checkpoint to resume', { name: 'never-trained', resume: true }, 'nothing-to-resume'],
  [
    'a resumed training with another seed',
    { architecture: 'cnn', name: 'learns', seed: 9, resume: true },
    'checkpoint-differs',
  ],
  [
    'a resumed training with strokes that it had not',
    { architecture: 'cnn', name: 'learns', strokes: ['x.jsonl'], resume: true },
    'checkpoint-differs',
  ],
  ['a resumed training that is complete', { architecture: 'cnn', name: 'learns', resume: true }, 'training-finished'],
  ['too few images', { limit: 5 }, 'too-few-images'],
])('%s is refused', async (_, options, code) => {
  await expect(run(options)).rejects.toMatchObject({ name: 'EmnistError', code });
});

test('a diverged run is an error and keeps its checkpoint', async () => {
  await run({ architecture: 'cnn', epochs: 1, limit: 100, name: 'diverged' });
  const file = checkpointPath(paths, 'diverged');
  const bytes = await readFile(file);
  // The last number of the last tensor: the second moment of the last bias.
  bytes.writeFloatLE(Number.NaN, bytes.length - 4);
  await writeFile(file, bytes);
  const resumed = run({ architecture: 'cnn', epochs: 2, name: 'diverged', resume: true });
  await expect(resumed).rejects.toMatchObject({ code: 'training-diverged' });
  expect((await readFile(file)).equals(bytes)).toBe(true);
});

test.each(['cnn', 'vgg'] as const)(
  'the last step of a training may be the one that breaks it (%s)',
  async (architecture) => {
    // One batch per epoch, whose loss precedes the step. The options do not allow such a learning rate.
    const once = {
      architecture,
      schedule: 'constant',
      epochs: 1,
      limit: 100,
      batchSize: 128,
      learningRate: 1e38,
      name: 'burst',
    } as const;
    await expect(runHere(once, () => {})).rejects.toMatchObject({ code: 'training-diverged' });
    await expect(loadModel('burst', paths)).rejects.toMatchObject({ code: 'model-missing' });
  },
);

test('a completed run can be resumed for more epochs', async () => {
  const events = await run({ architecture: 'cnn', name: 'learns', epochs: 5, resume: true });
  expect(only(events, 'epoch').map(({ epoch }) => epoch)).toEqual([5]);
});

test('a finished model is replaced only on request', async () => {
  await run({ architecture: 'cnn', epochs: 1, name: 'kept' });
  const before = await weightsOf('kept');
  await expect(run({ architecture: 'cnn', epochs: 1, seed: 4, name: 'kept' })).rejects.toMatchObject({
    code: 'model-exists',
    data: { model: 'kept', operation: 'train', resumable: false },
  });
  expect(await weightsOf('kept')).toBe(before);

  await run({ architecture: 'cnn', epochs: 1, seed: 4, name: 'kept', overwrite: true });
  expect(await weightsOf('kept')).not.toBe(before);
});

test.each(['with its model', 'of which only the checkpoint is left'])(
  'an unfinished run %s is replaced only on request',
  async (left) => {
    const name = left.replaceAll(' ', '-');
    const options = { architecture: 'cnn', epochs: 2, name } as const;
    await runHere(options, (event, control) => {
      if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
    });
    if (left !== 'with its model') await rm(path.join(paths.models, name, 'model.json'));
    const checkpoint = await readFile(checkpointPath(paths, name));
    await expect(run({ ...options, seed: 4 })).rejects.toMatchObject({
      code: 'model-exists',
      data: { model: name, operation: 'train', resumable: true },
    });
    expect(checkpoint.equals(await readFile(checkpointPath(paths, name)))).toBe(true);

    const replaced = await run({ ...options, seed: 4, overwrite: true });
    expect(only(replaced, 'epoch').map(({ epoch }) => epoch)).toEqual([1, 2]);
  },
);

test('a second run of the same model is refused while the first is active', async () => {
  const first = startTraining({ ...small, architecture: 'cnn', epochs: 1, name: 'twice' }, paths);
  for await (const event of first) {
    if (event.event === 'start') await expect(run({ name: 'twice' })).rejects.toMatchObject({ code: 'model-busy' });
  }
});
