import { afterAll, expect, test, vi } from 'vitest';
import type { Engine, EngineNetwork } from '../../../src/core/engine/engine.ts';
import { createEngine } from '../../../src/core/engine/select.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import { architecture, classCount, type Network } from '../../../src/core/model/network.ts';
import { relativeDifference } from './contract.ts';
import { randomBatch, SMALL_NETWORKS } from './networks.ts';

// A graphics processor in software takes its time.
vi.setConfig({ testTimeout: 300_000 });

const STEPS = 20;
/** Few, since a graphics processor in software takes a second for a step. */
const BATCH = 4;
/**
 * `vgg` itself cannot be held to twenty steps: where a value lies next to zero, rounding decides whether ReLU lets it
 * through, and after twenty steps even two builds of our own kernels differ by some per cent. One step of it is in the
 * contract.
 */
const NETWORKS: [name: string, network: Network][] = [
  ['cnn', architecture('cnn', 47)],
  ['normalized, with dropout', SMALL_NETWORKS['same convolutions, batch normalization, dropout']!],
];

const wasm = await createEngine({ engine: 'wasm', threads: 1 });
const tensorflow = await createEngine({ engine: 'tensorflow' });
const table: string[] = [];

afterAll(async () => {
  console.log([`${tensorflow.device} and WebAssembly, relative differences:`, ...table].join('\n'));
  await wasm.dispose();
  await tensorflow.dispose();
});

/** The losses of steps on batches that are the same for every engine. */
async function train(trained: EngineNetwork, first = 1, last = STEPS): Promise<number[]> {
  const losses: number[] = [];
  for (let step = first; step <= last; step++) {
    const { images, labels } = randomBatch(trained.network, classCount(trained.network), BATCH, step);
    const options = { learningRate: 1e-3, step, seed: step, labelSmoothing: 0.05 };
    losses.push((await trained.trainBatch(images, labels, options)).loss);
  }
  return losses;
}

async function begin(engine: Engine, network: Network): Promise<EngineNetwork> {
  const trained = await engine.createNetwork(network, { batchSize: BATCH });
  await trained.setWeights(initialWeights(network, 1));
  return trained;
}

/** The length of the difference of two rows of tensors, relative to that of the second. */
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

const shown = (value: number) => value.toExponential(1);

test.each(NETWORKS)(
  '%s: predictions, the losses of twenty steps and the weights after them agree',
  async (name, network) => {
    const ours = await begin(wasm, network);
    const others = await begin(tensorflow, network);
    const { images } = randomBatch(network, classCount(network), 8, 99);
    const logits = relativeDifference(await others.predict(images), await ours.predict(images));
    const losses = await train(ours);
    const otherLosses = await train(others);
    const loss = Math.max(...losses.map((loss, step) => Math.abs(otherLosses[step]! / loss - 1)));
    const weights = distance(await others.getWeights(), await ours.getWeights());
    table.push(`${name}: logits ${shown(logits)}, losses of ${STEPS} steps ${shown(loss)}, weights ${shown(weights)}`);
    expect(logits).toBeLessThan(1e-5);
    expect(loss).toBeLessThan(1e-3);
    expect(weights).toBeLessThan(1e-3);
    await ours.dispose();
    await others.dispose();
  },
);

test('ten steps on each engine are twenty on either', async () => {
  const [, network] = NETWORKS[1]!;
  const through = await begin(wasm, network);
  const before = await begin(tensorflow, network);
  const after = await begin(wasm, network);
  await train(through);
  await train(before, 1, STEPS / 2);
  await after.setWeights(await before.getWeights());
  await after.setOptimizerState(await before.getOptimizerState());
  await train(after, STEPS / 2 + 1, STEPS);
  const weights = distance(await after.getWeights(), await through.getWeights());
  table.push(`ten steps on each: weights ${shown(weights)}`);
  expect(weights).toBeLessThan(1e-3);
  for (const network of [through, before, after]) await network.dispose();
});
