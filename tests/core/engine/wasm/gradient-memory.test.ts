import { expect, test } from 'vitest';
import type { OptimizerSpec } from '../../../../src/core/engine/engine.ts';
import { createWasmEngine } from '../../../../src/core/engine/wasm/wasm-engine.ts';
import { classCount, type Network } from '../../../../src/core/model/network.ts';
import { LAYER_NETWORKS } from '../layer-networks.ts';
import { randomBatch, randomWeights } from '../networks.ts';
import { randomGraph } from '../random-graph.ts';

const SGD: OptimizerSpec = { type: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
const NETWORKS: Record<string, Network> = {
  'residual blocks': LAYER_NETWORKS['add: residual blocks']!,
  ...Object.fromEntries([100, 103, 173].map((seed) => [`random graph ${seed}`, randomGraph(seed)])),
};

// Buffers are used for several gradients, so each step finds in them what the one before has left.
test.each(Object.entries(NETWORKS))(
  '%s: the gradients of a step do not depend on the step before',
  async (_, network) => {
    const engine = await createWasmEngine({ threads: 1 });
    const tested = await engine.createNetwork(network, { batchSize: 9, optimizer: SGD });
    const { images, labels } = randomBatch(network, classCount(network), 9, 1);
    const gradients: Float32Array[][] = [];
    for (let step = 0; step < 3; step++) {
      await tested.setWeights(randomWeights(network, 7));
      await tested.trainBatch(images, labels, { learningRate: 1, step: 1, seed: 1 });
      gradients.push(await tested.getOptimizerState());
    }
    expect(gradients[1]).toEqual(gradients[0]);
    expect(gradients[2]).toEqual(gradients[0]);
    await engine.dispose();
  },
);
