import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { splitLastLayer } from '../../../src/core/model/last-layer.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { relativeDifference } from '../engine/contract.ts';
import { randomBatch, randomWeights } from '../engine/networks.ts';

const input = [28, 28, 1] as const;
/** The last has more than 256 features. */
const NETWORKS: Readonly<Record<string, Network>> = {
  'a dense layer without bias': {
    input,
    layers: [{ type: 'flatten' }, { type: 'dense', units: 5, useBias: false }],
  },
  'a rescaling after it': {
    input,
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 20, useBias: true },
      { type: 'relu' },
      { type: 'dense', units: 5, useBias: true },
      { type: 'rescaling', scale: 0.5, offset: 1 },
      { type: 'dropout', rate: 0.5 },
    ],
  },
  'an input that is not the layer before it': {
    input,
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 20, useBias: true },
      { type: 'relu' },
      { type: 'dense', units: 5, useBias: true, inputs: [1] },
    ],
  },
  deep: architecture('deep', 11),
};

test.each(Object.entries(NETWORKS))('a network in two parts computes the same: %s', async (_name, network) => {
  const weights = randomWeights(network, 3);
  const { trunk, trunkWeights, kernel, bias } = splitLastLayer(network, weights)!;
  const { images } = randomBatch(network, 3, 3, 4);
  const whole = new ReferenceNetwork(network);
  await whole.setWeights(weights);
  const engine = await createWasmEngine({ threads: 1 });
  const part = await engine.createNetwork(trunk, { features: true });
  await part.setWeights(trunkWeights);
  const features = await part.predict(images);
  await engine.dispose();
  const width = kernel.length / bias.length;
  const logits = Float32Array.from({ length: 3 * bias.length }, (_, index) => {
    const [image, output] = [Math.floor(index / bias.length), index % bias.length];
    let sum = bias[output]!;
    for (let feature = 0; feature < width; feature++) {
      sum += features[image * width + feature]! * kernel[feature * bias.length + output]!;
    }
    return sum;
  });
  expect(relativeDifference(logits, await whole.predict(images))).toBeLessThan(2e-5);
});

test('a network that ends with another layer is not split', () => {
  const layers = [{ type: 'flatten' }, { type: 'dense', units: 5, useBias: true }, { type: 'relu' }] as const;
  const network: Network = { input, layers };
  expect(splitLastLayer(network, randomWeights(network, 1))).toBeNull();
  const direct: Network = { input: [28, 28, 1], layers: [{ type: 'flatten' }, { type: 'softmax' }] };
  expect(splitLastLayer(direct, [])).toBeNull();
});

test('only features may be more than 256 outputs', async () => {
  const { trunk } = splitLastLayer(NETWORKS.deep!, randomWeights(NETWORKS.deep!, 1))!;
  const engine = await createWasmEngine({ threads: 1 });
  await expect(engine.createNetwork(trunk)).rejects.toMatchObject({ code: 'network-unsupported' });
  await engine.dispose();
});
