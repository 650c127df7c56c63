import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { BatchMaker, type BatchPlan } from '../../../src/core/training/batch-maker.ts';
import { BatchSource } from '../../../src/core/training/batch-source.ts';
import { readTrainingImages } from '../../../src/core/training/training-images.ts';
import { installDatasets } from '../../helpers/archive.ts';

let home: string;
let paths: Paths;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-batches-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 100, test: 10 } });
});
afterAll(() => rm(home, { recursive: true }));

const source = { split: 'digits', seed: 1, limit: null, strokes: [], keepsSigns: false } as const;
const plan: BatchPlan = {
  seed: 1,
  batchSize: 40,
  characters: Array(10).fill(1),
  recipe: { augment: 1, balance: 1, reject: 0 },
  input: [28, 28, 1],
};

async function open(epochs: number): Promise<BatchSource> {
  const batches = await BatchSource.open({ paths, source, plan }, epochs);
  onTestFinished(() => batches.dispose());
  return batches;
}

describe('BatchSource', () => {
  test('delivers the same batches as BatchMaker, epoch after epoch, and describes the data', async () => {
    const batches = await open(2);
    expect(batches.batches).toBe(3);
    expect(batches.set).toMatchObject({ trainImages: 90, strokeImages: 0 });
    expect(batches.set.validation.labels).toHaveLength(10);
    const maker = new BatchMaker(await readTrainingImages(paths, source), plan);
    for (const epoch of [1, 2]) {
      for (const batch of [1, 2, 3]) expect(await batches.take(epoch, batch)).toEqual(maker.make(epoch, batch));
    }
  });

  test('starts where a resumed run does, and refuses to skip batches', async () => {
    const batches = await open(5);
    const maker = new BatchMaker(await readTrainingImages(paths, source), plan);
    expect(await batches.take(4, 1)).toEqual(maker.make(4, 1));
    await expect(batches.take(4, 3)).rejects.toThrow('not the next one');
  });

  test('a worker that exits is an error, now or at the next request', async () => {
    const batches = await open(100);
    await batches.take(1, 1);
    await batches.dispose();
    // Batches made before may still arrive; then the error does.
    const taken = async () => {
      for (let batch = 2; batch <= 9; batch++) await batches.take(Math.ceil(batch / 3), ((batch - 1) % 3) + 1);
    };
    await expect(taken()).rejects.toThrow('exited');
  });

  test('errors in the data pass through the worker', async () => {
    const missing = { ...source, split: 'letters' } as const;
    await expect(BatchSource.open({ paths, source: missing, plan }, 1)).rejects.toMatchObject({
      code: 'dataset-missing',
      data: { split: 'letters' },
    });
  });
});
