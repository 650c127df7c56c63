import { createHash } from 'node:crypto';
import { ADAM } from '../../../src/core/engine/engine.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { randomBatch, randomWeights } from './networks.ts';

/** Trains for a few steps. Returns losses, weights, optimizer state, logits, and a digest of them all. */
export async function train(trained: 'cnn' | 'vgg' | Network, threads: number, steps = 3, n = 70) {
  const engine = await createWasmEngine({ threads });
  const network = typeof trained === 'string' ? architecture(trained, 47) : trained;
  const classes = classCount(network);
  const tested = await engine.createNetwork(network, { batchSize: n, optimizer: { ...ADAM, weightDecay: 0.01 } });
  await tested.setWeights(randomWeights(network, 2));
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const { images, labels } = randomBatch(network, classes, step === 2 ? 17 : n, step);
    losses.push((await tested.trainBatch(images, labels, { learningRate: 1e-3, step, seed: step })).loss);
  }
  // Few images take another path than many; see inference-program.ts.
  const logits = await Promise.all(
    [1, 6, 100].map((count) => tested.predict(randomBatch(network, classes, count, 9).images)),
  );
  const result = { losses, logits, weights: await tested.getWeights(), state: await tested.getOptimizerState() };
  await engine.dispose();
  return { ...result, digest: digestOf([Float64Array.from(losses), ...logits, ...result.weights, ...result.state]) };
}

/** SHA-256 over the bytes of arrays. */
function digestOf(arrays: readonly (Float32Array | Float64Array)[]): string {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(array);
  return hash.digest('hex');
}
