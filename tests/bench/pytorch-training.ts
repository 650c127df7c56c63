import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Split } from '../../src/core/dataset/splits.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { charactersPerClass } from '../../src/core/labels.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { type Network, weightSpecs } from '../../src/core/model/network.ts';
import type { Recipe } from '../../src/core/model/recipe.ts';
import type { Paths } from '../../src/core/paths.ts';
import { hash32 } from '../../src/core/random.ts';
import { BatchSource } from '../../src/core/training/batch-source.ts';
import { learningRateAt } from '../../src/core/training/schedule.ts';

export const BATCH_SIZE = 128;

/** A finished epoch; of the last one also the accuracy on the test images, if there are any. */
export interface PyTorchEpoch {
  seconds: number;
  validationAccuracy: number;
  testAccuracy?: number;
}

export interface PyTorchRun {
  network: Network;
  recipe: Recipe;
  split: Split;
  epochs: number;
  seed: number;
  limit: number | null;
  /** All cores by default. */
  threads?: number;
  /** Images to test the trained network on, bytes, [n, 784], and their classes. */
  test?: { images: Uint8Array; labels: Uint8Array };
  paths: Paths;
  onEpoch?: (records: readonly PyTorchEpoch[]) => void;
}

/**
 * Trains a network with PyTorch as `emnist-tui train` does with this seed: the same initial weights and the batches that the
 * product prepares.
 */
export async function trainInPyTorch(python: string, run: PyTorchRun): Promise<PyTorchEpoch[]> {
  const { network, recipe, split, epochs, seed, limit, paths, test, onEpoch } = run;
  const { threads = availableParallelism() } = run;
  // The weights that a training run with this seed starts with.
  const weights = initialWeights(network, hash32(seed, 2));
  const source = { split, seed, limit, strokes: [], keepsSigns: false } as const;
  const characters = charactersPerClass(splitLabels(split));
  const plan = { seed, batchSize: BATCH_SIZE, characters, recipe, input: network.input };
  const batches = await BatchSource.open({ paths, source, plan }, epochs);
  const child = spawn(python, [path.join(import.meta.dirname, 'peers/pytorch_training.py'), `${threads}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: `${threads}`, ...(threads > 1 && { OMP_PROC_BIND: 'true' }) },
  });
  const send = async (bytes: string | Uint8Array) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, 'drain');
  };
  const { trainImages, validation, validationShift } = batches.set;
  const steps = epochs * batches.batches;
  const task = {
    network,
    weights: weightSpecs(network),
    weightCount: weights.reduce((sum, { length }) => sum + length, 0),
    recipe,
    learningRates: Array.from({ length: steps }, (_, step) =>
      learningRateAt(recipe.schedule, recipe.learningRate, step + 1, steps),
    ),
    epochs,
    batchSize: BATCH_SIZE,
    trainImages,
    validationImages: validation.labels.length,
    validationShift,
    testImages: test?.labels.length ?? 0,
  };
  const records: PyTorchEpoch[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      records.push(JSON.parse(line));
      onEpoch?.(records);
    }
  })();
  await send(`${JSON.stringify(task)}\n`);
  for (const tensor of weights) await send(new Uint8Array(tensor.buffer));
  for (const { images, labels } of [validation, ...(test ? [test] : [])]) {
    await send(images);
    await send(labels);
  }
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let batch = 1; batch <= batches.batches; batch++) {
      const { images, labels } = await batches.take(epoch, batch);
      await send(images);
      await send(labels);
    }
  }
  child.stdin.end();
  await reading;
  if (records.length < epochs) throw new Error(`PyTorch exited after ${records.length} epochs`);
  await batches.dispose();
  return records;
}
