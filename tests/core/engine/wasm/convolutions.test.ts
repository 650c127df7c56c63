import { afterAll, expect, test } from 'vitest';
import type { OptimizerSpec } from '../../../../src/core/engine/engine.ts';
import { ReferenceNetwork } from '../../../../src/core/engine/reference/reference-network.ts';
import { createWasmEngine } from '../../../../src/core/engine/wasm/wasm-engine.ts';
import type { Layer, Padding, Size } from '../../../../src/core/model/layer.ts';
import { relativeDifference } from '../contract.ts';
import { randomBatch, randomWeights } from '../networks.ts';

const SGD: OptimizerSpec = { type: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
const KERNELS: Size[] = [1, 2, 3, 4, 5, 6, 7].map((side) => [side, side]);
KERNELS.push([1, 7], [6, 2]);
const STRIDES: Size[] = [
  [1, 1],
  [2, 2],
  [1, 3],
];
const MARGINS: Layer = { type: 'zeroPadding', top: 3, bottom: 0, left: 1, right: 2 };

const engine = await createWasmEngine({ threads: 2 });
afterAll(() => engine.dispose());

/** The largest relative difference to the reference in logits and gradients. */
async function difference(layers: Layer[], input: readonly [number, number, number]): Promise<number> {
  const network = { input, layers };
  const tested = await engine.createNetwork(network, { batchSize: 3, optimizer: SGD });
  const reference = new ReferenceNetwork(network, SGD);
  const weights = randomWeights(network, 1);
  await tested.setWeights(weights);
  await reference.setWeights(weights);
  const { images, labels } = randomBatch(network, 3, 3, 1);
  const options = { learningRate: 1, step: 1, seed: 1 };
  const differences = [relativeDifference(await tested.predict(images), await reference.predict(images))];
  await tested.trainBatch(images, labels, options);
  await reference.trainBatch(images, labels, options);
  const expected = await reference.getOptimizerState();
  (await tested.getOptimizerState()).forEach((gradient, index) => {
    differences.push(relativeDifference(gradient, expected[index]!));
  });
  await tested.dispose();
  return Math.max(...differences);
}

test.each(KERNELS)('%ix%i kernels with any stride and padding, of images and after other layers', async (...kernel) => {
  for (const stride of STRIDES) {
    for (const padding of ['valid', 'same'] as Padding[]) {
      const tested: Layer = { type: 'conv2d', filters: 5, kernel, stride, padding, useBias: true };
      const pointwise: Layer = { ...tested, filters: 18, kernel: [1, 1], stride: [1, 1] };
      const head: Layer[] = [{ type: 'flatten' }, { type: 'dense', units: 3, useBias: true }];
      const networks: Layer[][] = [
        [tested, { type: 'relu' }, ...head],
        [pointwise, { type: 'tanh' }, tested, ...head],
        [pointwise, MARGINS, tested, ...head],
      ];
      for (const layers of networks) {
        expect(await difference(layers, [9, 8, 2]), JSON.stringify(layers)).toBeLessThan(1e-4);
      }
    }
  }
});
