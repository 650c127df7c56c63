import { afterAll, expect, test, vi } from 'vitest';
import type { Engine, EngineNetwork } from '../../../src/core/engine/engine.ts';
import { createEngine } from '../../../src/core/engine/select.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { relativeDifference } from './contract.ts';
import { randomBatch, SMALL_NETWORKS } from './networks.ts';

// A software renderer is slow.
vi.setConfig({ testTimeout: 300_000 });

const STEPS = 20;
/** Few, since a step takes a second on a software renderer. */
const BATCH = 2;
/**
 * Not `vgg`: where a value is close to zero, rounding decides whether ReLU is active, and after twenty steps even two
 * builds of our own kernels differ by several percent. The contract tests one step of it.
 */
const NETWORKS: [name: string, network: Network][] = [
  ['cnn', architecture('cnn', 47)],
  ['batch norm and dropout', SMALL_NETWORKS['same convolutions, batch norm, dropout']!],
];

const wasm = await createEngine({ engine: 'wasm', threads: 1 });
const tensorflow = await createEngine({ engine: 'tensorflow' });
const table: string[] = [];

afterAll(async () => {
  console.log([`${tensorflow.device} and WebAssembly, relative differences:`, ...table].join('\n'));
  await wasm.dispose();
  await tensorflow.dispose();
});

/** Trains on the same batches for every engine; returns the losses. */
async function train(trained: EngineNetwork, first = 1, last = STEPS): Promise<number[]> {
  const losses: number[] = [];
  for (let step = first; step <= last; step++) {
    const { images, labels } = randomBatch(trained.network, classCount(trained.network), BATCH, step);
    const options = { learningRate: 1e-3, step, seed: step, labelSmoothing: 0.05 };
    losses.push((await trained.trainBatch(images, labels, options)).loss);
  }
  return losses;
}

async function initialized(engine: Engine, network: Network): Promise<EngineNetwork> {
  const trained = await engine.createNetwork(network, { batchSize: BATCH });
  await trained.setWeights(initialWeights(network, 1));
  return trained;
}

/** The norm of the difference of two lists of tensors, relative to that of the second. */
function distance(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  let difference = 0;
  let length = 0;
  actual.forEach((tensor, index) => {
    tensor.forEach((value, i) => {
      difference += (value - expected[index]![i]!) ** 2;
      length += expected[index]![i]! ** 2;
    });
  });
  return Math.sqrt(difference / length);
}

const scientific = (value: number) => value.toExponential(1);

test.each(NETWORKS)(
  '%s: predictions, the losses of twenty steps and the final weights agree',
  async (name, network) => {
    const ours = await initialized(wasm, network);
    const others = await initialized(tensorflow, network);
    const { images } = randomBatch(network, classCount(network), 8, 99);
    const logits = relativeDifference(await others.predict(images), await ours.predict(images));
    const losses = await train(ours);
    const otherLosses = await train(others);
    const loss = Math.max(...losses.map((loss, step) => Math.abs(otherLosses[step]! / loss - 1)));
    const weights = distance(await others.getWeights(), await ours.getWeights());
    table.push(
      `${name}: logits ${scientific(logits)}, losses of ${STEPS} steps ${scientific(loss)}, weights ${scientific(weights)}`,
    );
    expect(logits).toBeLessThan(1e-5);
    expect(loss).toBeLessThan(1e-3);
    expect(weights).toBeLessThan(1e-3);
    await ours.dispose();
    await others.dispose();
  },
);

test('ten steps on each engine equal twenty on one', async () => {
  const [, network] = NETWORKS[1]!;
  const uninterrupted = await initialized(wasm, network);
  const before = await initialized(tensorflow, network);
  const after = await initialized(wasm, network);
  await train(uninterrupted);
  await train(before, 1, STEPS / 2);
  await after.setWeights(await before.getWeights());
  await after.setOptimizerState(await before.getOptimizerState());
  await train(after, STEPS / 2 + 1, STEPS);
  const weights = distance(await after.getWeights(), await uninterrupted.getWeights());
  table.push(`ten steps on each: weights ${scientific(weights)}`);
  expect(weights).toBeLessThan(1e-3);
  for (const network of [uninterrupted, before, after]) await network.dispose();
});
