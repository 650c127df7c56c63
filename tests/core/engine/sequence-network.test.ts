import { expect, test } from 'vitest';
import { ADAM, type OptimizerSpec, type SequenceBatch } from '../../../src/core/engine/engine.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { hash32 } from '../../../src/core/random.ts';

const HEIGHT = 12;
const CLASSES = 4;

const convolution = (filters: number, kernel: [number, number], padding: 'same' | 'valid' = 'same'): Layer => ({
  ...{ type: 'conv2d', filters, kernel, padding, stride: [1, 1], useBias: true },
});

/** Pools 12 rows to one, and two columns to one. */
function networkOf(width: number): Network {
  return {
    input: [HEIGHT, width, 1],
    layers: [
      convolution(6, [3, 3]),
      { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
      { type: 'relu' },
      { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
      convolution(8, [3, 3]),
      { type: 'relu' },
      { type: 'maxPool', size: [2, 1], stride: [2, 1], padding: 'valid' },
      convolution(10, [3, 1], 'valid'),
      { type: 'dropout', rate: 0.2 },
      convolution(CLASSES, [1, 1]),
    ],
  };
}

/** Bytes and labels that depend on the seed alone. */
function batchOf(width: number, targets: readonly number[][], seed: number): SequenceBatch {
  const images = Uint8Array.from({ length: targets.length * HEIGHT * width }, (_, i) => hash32(seed, i) % 256);
  return { images, width, targets: targets.map((target) => Uint8Array.from(target)) };
}

/** Unlike Adam's, its steps are as small as the gradients, and so are their errors. */
const SGD: OptimizerSpec = { type: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 };

const STEPS = [batchOf(16, [[0, 1], [2]], 1), batchOf(24, [[1, 1, 0, 2]], 2), batchOf(16, [[], [0, 0]], 3)];

test('trains on images of several widths as the reference does', async () => {
  await using engine = await disposable(2);
  const network = await engine.createSequenceNetwork(networkOf(16), { batchSize: () => 2, optimizer: SGD });
  let weights = initialWeights(networkOf(16), 1);
  await network.setWeights(weights);
  let state = await network.getOptimizerState();
  for (const [index, batch] of STEPS.entries()) {
    const reference = new ReferenceNetwork(networkOf(batch.width), SGD);
    await reference.setWeights(weights);
    await reference.setOptimizerState(state);
    const options = { learningRate: 0.1, step: index + 1, seed: index };
    const expected = reference.trainSequences(batch.images, batch.targets, options);
    const result = await network.trainBatch(batch, options);
    expect(result.loss).toBeCloseTo(expected.loss, 4);
    expect(result.correct).toBe(expected.correct);
    [weights, state] = [await reference.getWeights(), await reference.getOptimizerState()];
    (await network.getWeights()).forEach((values, i) => {
      values.forEach((value, j) => {
        expect(Math.abs(value - weights[i]![j]!)).toBeLessThan(1e-5);
      });
    });
    await network.setWeights(weights);
    await network.setOptimizerState(state);
  }
  for (const { images, width } of STEPS) {
    const reference = new ReferenceNetwork(networkOf(width));
    await reference.setWeights(weights);
    const logits = await network.predict(images, width);
    const expected = await reference.predict(images);
    expect(logits).toHaveLength(expected.length);
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i]!, 4);
    });
  }
});

test('one, two and three threads agree bit for bit', async () => {
  const trained = [];
  for (const threads of [1, 2, 3]) {
    await using engine = await disposable(threads);
    const network = await engine.createSequenceNetwork(networkOf(16), { batchSize: () => 2, optimizer: ADAM });
    await network.setWeights(initialWeights(networkOf(16), 1));
    for (const [index, batch] of STEPS.entries()) {
      await network.trainBatch(batch, { learningRate: 1e-3, step: index + 1, seed: index });
    }
    trained.push(await network.getWeights());
  }
  expect(trained[1]).toEqual(trained[0]);
  expect(trained[2]).toEqual(trained[0]);
});

test('the loss tells that the weights are no numbers, but not that a text is too long for its image', async () => {
  await using engine = await disposable(1);
  const network = await engine.createSequenceNetwork(networkOf(16), { batchSize: () => 2 });
  const weights = initialWeights(networkOf(16), 1);
  await network.setWeights(weights);
  const long = batchOf(16, [[0, 1], new Array<number>(9).fill(0)], 1);
  const options = { learningRate: 0, step: 1, seed: 1 };
  expect((await network.trainBatch(long, options)).loss).toBeGreaterThan(0);
  expect((await network.trainBatch(long, options)).loss).toBeLessThan(100);
  await network.setWeights(weights.map((tensor) => tensor.map(() => Number.NaN)));
  expect((await network.trainBatch(long, options)).loss).toBeNaN();
});

test('networks and batches that do not fit are refused', async () => {
  await using engine = await disposable(1);
  const flat: Network = { input: [4, 4, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 4, useBias: true }] };
  await expect(engine.createSequenceNetwork(flat)).rejects.toMatchObject({ code: 'network-unsupported' });
  const network = await engine.createSequenceNetwork(networkOf(16), { batchSize: () => 1 });
  await expect(network.trainBatch(STEPS[0]!, { learningRate: 1, step: 1, seed: 1 })).rejects.toThrow('must be 1 to 1');
  await expect(network.predict(new Uint8Array(7), 16)).rejects.toThrow('whole number of images');
});

async function disposable(threads: number) {
  const engine = await createWasmEngine({ threads });
  return { ...engine, [Symbol.asyncDispose]: () => engine.dispose() };
}
