import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { selectOutputs } from '../../../src/core/model/select-outputs.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from '../engine/networks.ts';

async function logits(network: Network, weights: readonly Float32Array[], images: Uint8Array): Promise<Float32Array> {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(images);
}

test.each([...Object.entries(SMALL_NETWORKS), ...Object.entries(LAYER_NETWORKS)])(
  'selects outputs: %s',
  async (_name, network) => {
    const weights = randomWeights(network, 3);
    const classes = classCount(network);
    const chosen = [classes - 1, 0];
    const selected = selectOutputs(network, weights, chosen);
    const { images } = randomBatch(network, 2, 3, 4);
    const all = await logits(network, weights, images);
    const expected = [0, 1, 2].flatMap((image) => chosen.map((output) => all[image * classes + output]!));
    expect(relativeDifference(await logits(selected.network, selected.weights, images), expected)).toBeLessThan(1e-6);
  },
);

test('cuts the last layer where it can, instead of adding one', () => {
  const added = (name: string) => {
    const network = LAYER_NETWORKS[name]!;
    return selectOutputs(network, randomWeights(network, 1), [1]).network.layers.length - network.layers.length;
  };
  for (const name of ['conv2d, 5x5', 'globalAveragePool at the end', 'globalMaxPool at the end', 'relu']) {
    expect(added(name), name).toBe(0);
  }
  expect(added('softmax at the end')).toBe(1);
});
