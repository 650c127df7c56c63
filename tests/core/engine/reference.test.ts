import { expect, test } from 'vitest';
import { quotientError } from './gradients.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { SMALL_NETWORKS } from './networks.ts';
import { randomGraph } from './random-graph.ts';

test.each([...Object.entries(LAYER_NETWORKS), ...Object.entries(SMALL_NETWORKS)])(
  'gradients match difference quotients of the loss: %s',
  async (_name, network) => {
    expect(await quotientError(network)).toBeLessThan(1e-5);
  },
);

test('gradients of random graphs match difference quotients of the loss', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const network = randomGraph(seed);
    expect(await quotientError(network), `graph ${seed}: ${JSON.stringify(network)}`).toBeLessThan(1e-5);
  }
});
