import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/core/engine/engine.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import type { LayerFunction } from '../../../src/core/model/layer.ts';
import { layerWeights } from '../../../src/core/model/layer-weights.ts';
import { layerNames, type Network } from '../../../src/core/model/network.ts';
import { observableLayers, observeLayers } from '../../../src/core/model/observed-layers.ts';
import { relativeDifference } from '../engine/contract.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { randomBatch, randomWeights, SMALL_NETWORKS } from '../engine/networks.ts';
import { randomGraph } from '../engine/random-graph.ts';

const ALL = Number.POSITIVE_INFINITY;

/** The groups of a network: the layer that each is named after, the one that is looked at, and what it is. */
function groups(network: Network, most = ALL): string[] {
  const names = layerNames(network);
  return observableLayers(network, most).map(({ first, index, kind, pools }) => {
    return `${kind} ${names[first]}: ${names[index]}${pools ? ', pools' : ''}`;
  });
}

describe('the layers worth looking at', () => {
  test.each([
    ['cnn', 3],
    ['vgg', 6],
    ['deep', 8],
  ] as const)('%s has %d, after activation and pooling', (name, count) => {
    expect(groups(architecture(name, 47))).toHaveLength(count);
  });

  test('are the last ones of their groups, without the output and dropout', () => {
    expect(groups(architecture('cnn', 10))).toEqual([
      'convolution conv2d: max_pooling2d, pools',
      'convolution conv2d_1: max_pooling2d_1, pools',
      'dense dense: re_lu_2',
    ]);
  });

  const conv: LayerFunction = {
    ...{ type: 'conv2d', filters: 4, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
  };
  const end = [{ type: 'flatten' }, { type: 'dense', units: 3, useBias: true }] as const;

  test('end where another layer reads them, and have joints of branches', () => {
    const network: Network = {
      input: [8, 8, 1],
      layers: [
        conv,
        { type: 'relu' },
        conv,
        { type: 'add', inputs: [1, 2] },
        { type: 'relu' },
        { type: 'concatenate', inputs: [1, 4] },
        ...end,
      ],
    };
    expect(groups(network)).toEqual([
      'convolution conv2d: re_lu',
      'convolution conv2d_1: conv2d_1',
      'sum add: re_lu_1',
      'branches concatenate: concatenate',
    ]);
  });

  test('have pooling of the image itself', () => {
    const pool = { type: 'averagePool', size: [2, 2], stride: [2, 2], padding: 'valid' } as const;
    expect(groups({ input: [8, 8, 1], layers: [pool, conv, { type: 'globalMaxPool' }, end[1]] })).toEqual([
      'pooling average_pooling2d: average_pooling2d',
      'convolution conv2d: conv2d',
      'pooling global_max_pooling2d: global_max_pooling2d',
    ]);
  });

  test('are none of a single layer, and not the softmax after the last', () => {
    expect(groups({ input: [8, 8, 1], layers: end })).toEqual([]);
    expect(groups({ input: [8, 8, 1], layers: [...end, { type: 'softmax' }] })).toEqual([]);
  });

  test('are spread over a network that has more than can be shown', () => {
    const layers = [...Array.from({ length: 9 }, () => conv), ...end];
    expect(groups({ input: [8, 8, 1], layers }, 3)).toEqual([
      'convolution conv2d_2: conv2d_2',
      'convolution conv2d_5: conv2d_5',
      'convolution conv2d_8: conv2d_8',
    ]);
  });
});

describe('their outputs in one pass are those of the reference', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createWasmEngine({ threads: 1 });
  });
  afterAll(() => engine.dispose());

  test.each([
    ...Object.entries({ ...SMALL_NETWORKS, ...LAYER_NETWORKS }),
    ['cnn', architecture('cnn', 5)] as const,
    ...Array.from({ length: 40 }, (_, seed) => [`random graph ${seed}`, randomGraph(seed)] as const),
  ])('%s', async (_, network) => {
    const weights = randomWeights(network, 3);
    const indices = observableLayers(network, ALL).map(({ index }) => index);
    if (indices.length === 0) return;
    const observing = observeLayers(network, weights, indices);
    const { images } = randomBatch(network, 3, 1, 4);
    const ready = await engine.createNetwork(observing.network, { features: true });
    await ready.setWeights(observing.weights);
    const outputs = await ready.predict(images);
    await ready.dispose();
    let from = 0;
    for (const index of indices) {
      const whole = new ReferenceNetwork({ ...network, layers: network.layers.slice(0, index + 1) });
      await whole.setWeights(
        layerWeights(network, weights)
          .slice(0, index + 1)
          .flat(),
      );
      const expected = await whole.predict(images);
      const observed = outputs.slice(from, from + expected.length);
      from += expected.length;
      expect(relativeDifference(observed, expected), `layer ${index}`).toBeLessThan(2e-5);
    }
    expect(from).toBe(outputs.length);
  });

  test('layers that none of them needs are left out', () => {
    const network = architecture('cnn', 5);
    const { network: observing, weights } = observeLayers(network, randomWeights(network, 3), [1]);
    expect(observing.layers.map(({ type }) => type)).toEqual(['conv2d', 'relu', 'flatten']);
    expect(weights).toHaveLength(2);
  });
});
