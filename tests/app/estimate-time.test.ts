import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { estimateEvaluation, estimateTraining, timeEstimateText } from '../../src/app/estimate-time.ts';
import * as speed from '../../src/core/engine/measure-speed.ts';
import { describeEngines } from '../../src/core/engine/select.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import type { TrainingRecord } from '../../src/core/model/model.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { trainingRecord } from '../helpers/training-record.ts';

vi.mock(import('../../src/core/engine/measure-speed.ts'), async (original) => {
  const module = await original();
  return { ...module, measureSpeed: vi.fn(module.measureSpeed) };
});

const measure = vi.mocked(speed.measureSpeed);
/** Measurements are kept for each network, so that each test needs its own number of threads. */
let threads = 1;
beforeEach(() => {
  measure.mockReset();
  threads++;
});

async function freshPaths(): Promise<Paths> {
  return resolvePaths(await temporaryFolder());
}

async function save(paths: Paths, name: string, training: Partial<TrainingRecord>): Promise<void> {
  const network = architecture('cnn', 10);
  const labels = [...'0123456789'];
  const record = trainingRecord({ split: 'digits', architecture: 'cnn', ...training });
  await saveModel({ name, network, labels, weights: initialWeights(network, 1), training: record }, paths);
}

test('an unfetched split: as many images as NIST has, at the speed measured', async () => {
  const paths = await freshPaths();
  measure.mockResolvedValue({ imagesPerSecond: 1000, device: '' });
  const estimate = await estimateTraining({ split: 'mnist', architecture: 'cnn', epochs: 4, threads }, { paths });
  expect(estimate).toMatchObject({ basis: 'measured', images: 54_000, epochs: 4, imagesKnown: false });
  // 54,000 images to train on and 6,000 to validate on, in each epoch.
  expect(estimate!.seconds).toBeGreaterThan(4 * 54);
  expect(estimate!.seconds).toBeLessThan(4 * 60);
  expect(timeEstimateText(estimate!)).toBe('about 3m 30s, by a short measurement');
  await estimateTraining({ split: 'mnist', architecture: 'cnn', epochs: 9, threads }, { paths });
  expect(measure).toHaveBeenCalledTimes(1);
});

test('a fetched split, a limit, and drawings', async () => {
  const paths = await freshPaths();
  await installDatasets(paths, { digits: { train: 400, test: 100 } });
  measure.mockResolvedValue({ imagesPerSecond: 100, device: '' });
  const options = { split: 'digits', architecture: 'cnn', epochs: 1, threads } as const;
  expect(await estimateTraining(options, { paths })).toMatchObject({ images: 360, imagesKnown: true });
  expect(await estimateTraining({ ...options, limit: 100 }, { paths })).toMatchObject({ images: 90 });
  const strokes = path.join(path.dirname(paths.datasets), 'drawings.jsonl');
  await writeFile(strokes, '{"strokes":[[[0,0],[9,9]]],"label":"1"}\n'.repeat(50));
  expect(await estimateTraining({ ...options, strokes }, { paths })).toMatchObject({ images: 410 });
  const several = [strokes, strokes, path.join(path.dirname(strokes), 'none.jsonl')];
  expect(await estimateTraining({ ...options, strokes: several }, { paths })).toMatchObject({ images: 460 });
});

test('images without a character come on top, in a new run and in one that is resumed', async () => {
  const paths = await freshPaths();
  const { device } = (await describeEngines()).find(({ preferred }) => preferred)!;
  measure.mockResolvedValue({ imagesPerSecond: 10, device });
  const options = { split: 'mnist', architecture: 'cnn', epochs: 1, threads } as const;
  const plain = await estimateTraining(options, { paths });
  const rejecting = await estimateTraining({ ...options, reject: 0.5 }, { paths });
  expect(rejecting).toMatchObject({ images: 54_000, basis: 'measured' });
  // 27,000 more images at 10 a second, and preparing them.
  expect(rejecting!.seconds - plain!.seconds).toBeGreaterThan(2700);
  expect(rejecting!.seconds - plain!.seconds).toBeLessThan(2720);

  const recipe = recipeFor('cnn', { reject: 0.5 });
  const counts = { trainImages: 1000, rejectImages: 500, strokeImages: 0 };
  await save(paths, 'earlier', { engine: device, epochs: 2, epochsAsked: 5, ...counts, recipe, seconds: 30 });
  // 10 ms for each of 1,500 images in 3 epochs, and of 54,000 images without rejecting.
  expect(await estimateTraining({ name: 'earlier', resume: true }, { paths })).toMatchObject({ seconds: 45 });
  expect(await estimateTraining({ ...options, threads: undefined }, { paths })).toMatchObject({ seconds: 540 });
});

test('an earlier run on the same device says how long the next one takes', async () => {
  const paths = await freshPaths();
  const { device } = (await describeEngines()).find(({ preferred }) => preferred)!;
  measure.mockResolvedValue({ imagesPerSecond: 10, device });
  const run = { engine: device, epochs: 2, epochsAsked: 5, trainImages: 1000, strokeImages: 0, batchSize: 128 };
  await save(paths, 'earlier', { ...run, seconds: 20 });
  const options = { split: 'mnist', architecture: 'cnn', epochs: 1 } as const;
  // 10 ms for each of 54,000 images.
  expect(await estimateTraining(options, { paths })).toMatchObject({ basis: 'earlier-run', seconds: 540 });

  const resumed = { name: 'earlier', resume: true };
  expect(await estimateTraining(resumed, { paths })).toMatchObject({ images: 1000, epochs: 3, seconds: 30 });
  expect(await estimateTraining({ ...resumed, epochs: 2 }, { paths })).toBeNull();
  expect(measure).not.toHaveBeenCalled();

  for (const other of [{ architecture: 'vgg' }, { batchSize: 16 }, { threads: threads + 10 }] as const) {
    expect(await estimateTraining({ ...options, ...other }, { paths })).toMatchObject({ basis: 'measured' });
  }
});

test('an evaluation', async () => {
  const paths = await freshPaths();
  await installDatasets(paths, { digits: { train: 400, test: 100 } });
  measure.mockResolvedValue({ imagesPerSecond: 10, device: '' });
  const options = { split: 'digits', model: 'shipped', threads } as const;
  expect(await estimateEvaluation(options, { paths })).toMatchObject({ seconds: 10, images: 100 });
  expect(await estimateEvaluation({ ...options, limit: 30 }, { paths })).toMatchObject({ seconds: 3 });
  expect(await estimateEvaluation({ ...options, part: 'train' }, { paths })).toMatchObject({ seconds: 40 });
  expect(measure).toHaveBeenCalledTimes(1);
});

test('a real measurement', async () => {
  const { measureSpeed } = await vi.importActual<typeof speed>('../../src/core/engine/measure-speed.ts');
  const request = { network: architecture('cnn', 10), batchSize: 16, engine: 'wasm', threads: 1 } as const;
  for (const work of ['train', 'predict'] as const) {
    const { imagesPerSecond, device } = await measureSpeed({ ...request, work });
    expect(imagesPerSecond).toBeGreaterThan(1);
    expect(device).toContain('1 thread');
  }
});

test('a measurement is stopped when nobody waits for it any more', async () => {
  const paths = await freshPaths();
  const stopped = Promise.withResolvers<void>();
  measure.mockImplementation((_request, signal) => {
    signal!.addEventListener('abort', () => stopped.resolve());
    return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
  });
  const controllers = [new AbortController(), new AbortController()];
  const options = { split: 'mnist', architecture: 'cnn', threads } as const;
  const estimates = controllers.map(({ signal }) => estimateTraining(options, { paths, signal }));
  const outcomes = Promise.allSettled(estimates);
  await vi.waitFor(() => expect(measure).toHaveBeenCalled());
  for (const controller of controllers) controller.abort(new Error('changed'));
  await stopped.promise;
  expect(await outcomes).toMatchObject([{ reason: { message: 'changed' } }, { reason: { message: 'changed' } }]);

  measure.mockReset().mockResolvedValue({ imagesPerSecond: 1000, device: '' });
  expect(await estimateTraining(options, { paths })).toMatchObject({ basis: 'measured' });
});
