import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import { canReject, type Model } from '../../../src/core/model/model.ts';
import { checkpointPath, loadModel, saveModel } from '../../../src/core/model/model-store.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { readCheckpoint } from '../../../src/core/training/checkpoint.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { train } from '../../../src/core/training/trainer.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { listUnfinishedRuns } from '../../../src/core/training/unfinished-runs.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { trainingRecord } from '../../helpers/training-record.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-from-model-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 200, test: 20 }, letters: { train: 260, test: 26 } });
});
afterEach(() => rm(home, { recursive: true }));

const DIGITS = [...'0123456789'];

/** A small network with weights that no run has trained, saved as `base`. */
async function saveBase(labels: readonly string[] = DIGITS, after: readonly Layer[] = []): Promise<Model> {
  const layers: Layer[] = [
    { type: 'conv2d', filters: 6, kernel: [5, 5], stride: [2, 2], padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'flatten' },
    { type: 'dense', units: 24, useBias: false },
    { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
    { type: 'relu' },
    { type: 'dropout', rate: 0.1 },
    { type: 'dense', units: labels.length, useBias: true },
    ...after,
  ];
  const network: Network = { input: [28, 28, 1], layers };
  const model = { name: 'base', network, labels, weights: initialWeights(network, 9), training: null };
  await saveModel(model, paths);
  return model;
}

/** Steps that change no weight but those that are 0, and these by next to nothing. */
const TINY = 1e-30;

function near(tensor: Float32Array) {
  return [...tensor].map((value) => expect.closeTo(value, 20));
}

const SMALL = { split: 'digits', batchSize: 16, epochs: 2, name: 'child', from: 'base' } satisfies TrainOptions;

/** Trains in this thread. `control` can stop the run. */
async function run(
  options: TrainOptions = {},
  onEvent: (event: TrainEvent, control: TrainingControl) => void = () => {},
): Promise<TrainEvent[]> {
  const control = new TrainingControl();
  const events: TrainEvent[] = [];
  for await (const event of train({ ...SMALL, ...options }, paths, control)) {
    events.push(event);
    onEvent(event, control);
  }
  return events;
}

const stopAfterEpoch = (event: TrainEvent, control: TrainingControl) => {
  if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
};

describe('a run that starts from a model', () => {
  test('with the same labels starts from exactly its weights', async () => {
    const base = await saveBase();
    const events = await run({ epochs: 1, learningRate: TINY });
    expect(events.some(({ event }) => event === 'head')).toBe(false);
    expect(events[0]).toMatchObject({ event: 'start', from: 'base', architecture: 'base', classes: 10 });
    const state = await readCheckpoint(checkpointPath(paths, 'child'));
    const { weights } = state!.tensors(base.network);
    weights.forEach((tensor, index) => {
      const isMovingAverage = index === 5 || index === 6;
      if (!isMovingAverage) expect([...tensor]).toEqual(near(base.weights[index]!));
    });
  });

  test('names its parent in its record, and is as gentle as its recipe says', async () => {
    await saveBase();
    await run({ epochs: 1 });
    const { training } = await loadModel('child', paths);
    expect(training).toMatchObject({ architecture: 'base', parent: 'base', recipe: { learningRate: 0.00033 } });
    await saveModel(
      { ...(await loadModel('child', paths)), name: 'vgg-like', training: trainingRecord({ architecture: 'vgg' }) },
      paths,
    );
    await run({ from: 'vgg-like', name: 'grandchild', epochs: 1 });
    expect((await loadModel('grandchild', paths)).training).toMatchObject({
      architecture: 'vgg',
      parent: 'vgg-like',
      recipe: { learningRate: 0.001, schedule: 'one-cycle' },
    });
    await run({ from: path.join(paths.models, 'child'), name: 'by-path', epochs: 1, learningRate: 0.5e-3 });
    expect((await loadModel('by-path', paths)).training).toMatchObject({
      parent: 'child',
      recipe: { learningRate: 0.5e-3 },
    });
  });

  test('holds out the images that the model was validated on, unless told otherwise', async () => {
    const base = await saveBase();
    const seedAfter = async (split: string, seed?: number) => {
      await saveModel({ ...base, training: trainingRecord({ split, seed: 7 }) }, paths);
      await run({ epochs: 1, overwrite: true, seed });
      return (await loadModel('child', paths)).training!.seed;
    };
    expect(await seedAfter('digits')).toBe(7);
    expect(await seedAfter('digits', 3)).toBe(3);
    expect(await seedAfter('letters')).toBe(1);
  });

  test('with other labels trains the new outputs first, and nothing but these', async () => {
    const base = await saveBase(['0', '1', '2', 'x', 'y']);
    let stopped = false;
    const events = await run({}, (event, control) => {
      if (event.event === 'head' && event.accuracy !== null) stopped = true;
      if (event.event === 'batch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
    });
    expect(stopped).toBe(true);
    const head = events.filter((event) => event.event === 'head');
    expect(head.map(({ images }) => images).at(-1)).toBe(180);
    // On features of random layers already, far better than a guess.
    expect(head.at(-1)!.accuracy).toBeGreaterThan(0.5);
    const { accuracy } = head.at(-1)!;
    const frozen = await run({ epochs: 1, learningRate: TINY, name: 'frozen' });
    const { network, weights } = await loadModel('frozen', paths);
    expect(classCount(network)).toBe(10);
    expect([...weights[0]!]).toEqual(near(base.weights[0]!));
    expect([...weights[2]!]).toEqual(near(base.weights[2]!));
    expect(frozen.find(({ event }) => event === 'epoch')).toMatchObject({ accuracy: expect.closeTo(accuracy!, 0.3) });
  });

  test('ends with the same weights when it is resumed', async () => {
    await saveBase(['0', '1', 'x']);
    await run({ name: 'whole' });
    await run({ name: 'parts' }, stopAfterEpoch);
    expect(await listUnfinishedRuns(paths)).toMatchObject([{ name: 'parts', parent: 'base', epochsDone: 1 }]);
    await rm(path.join(paths.models, 'base'), { recursive: true });
    const resumed = await Array.fromAsync(startTraining({ resume: true }, paths));
    expect(resumed[0]).toMatchObject({ event: 'start', model: 'parts', from: 'base', epochsDone: 1 });
    const [whole, parts] = await Promise.all(['whole', 'parts'].map((name) => loadModel(name, paths)));
    expect(parts!.weights).toEqual(whole!.weights);
    expect(parts!.training).toMatchObject({ parent: 'base', epochs: 2 });
  });

  test('is not resumed as one from another model, or from random weights', async () => {
    await saveBase();
    await run({}, stopAfterEpoch);
    await run({ name: 'random', from: undefined, architecture: 'cnn' }, stopAfterEpoch);
    await expect(run({ from: 'other', resume: true })).rejects.toMatchObject({
      code: 'checkpoint-differs',
      message: 'the run started from "base", not from "other"',
      data: { option: 'from', saved: 'base', given: 'other' },
    });
    await expect(run({ name: 'random', resume: true })).rejects.toMatchObject({
      message: 'the run started from random weights, not from "base"',
      data: { option: 'from', saved: null },
    });
    await expect(run({ from: undefined, architecture: 'vgg', resume: true })).rejects.toMatchObject({
      data: { option: 'architecture' },
    });
    expect((await run({ resume: true })).at(-1)).toMatchObject({ reason: 'completed', epochs: 2 });
  });

  test('keeps the output for no character only if it learns to reject', async () => {
    await saveBase();
    await run({ epochs: 1, reject: 0.2, name: 'rejecting' });
    const rejecting = await loadModel('rejecting', paths);
    expect(canReject(rejecting)).toBe(true);
    const again = await run({ epochs: 1, reject: 0.2, from: 'rejecting' });
    expect(again.some(({ event }) => event === 'head')).toBe(false);
    const without = await run({ epochs: 1, from: 'rejecting', name: 'without' });
    expect(without.some(({ event }) => event === 'head')).toBe(true);
    expect(canReject(await loadModel('without', paths))).toBe(false);
  });

  test('can be paused and stopped while its new outputs are trained', async () => {
    await saveBase(['x', 'y']);
    const stopped = await run({}, ({ event }, control) => {
      if (event === 'head') control.handle({ type: 'stop', when: 'batch', reason: 'interrupted' });
    });
    expect(stopped.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted', model: null, epochs: 0 });
    await expect(readFile(checkpointPath(paths, 'child'))).rejects.toThrow('ENOENT');
  });

  test('needs a model whose outputs can be changed', async () => {
    await saveBase(DIGITS, [{ type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 }]);
    await expect(run({ split: 'letters' })).rejects.toMatchObject({ code: 'network-unsupported' });
    await expect(run({ from: 'nothing' })).rejects.toMatchObject({ code: 'model-missing' });
    expect((await run({ epochs: 1 })).at(-1)).toMatchObject({ event: 'end', reason: 'completed' });
  });
});

test('the name of the model says what it started from', async () => {
  await saveBase();
  const events = await Array.fromAsync(startTraining({ ...SMALL, name: undefined, epochs: 1 }, paths));
  expect(events.at(-1)).toMatchObject({ model: 'digits-base' });
});
