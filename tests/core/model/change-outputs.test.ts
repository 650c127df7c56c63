import { expect, test } from 'vitest';
import { changeOutputs } from '../../../src/core/model/change-outputs.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { biasedModel } from '../../helpers/biased-model.ts';

/** The biases after a change, which `biasedModel` has as its logits. */
function changed(
  labels: readonly string[],
  logits: readonly number[],
  wanted: readonly string[],
  { rejects = false, mergesCases = true } = {},
) {
  const { network, weights, areSame } = changeOutputs(biasedModel('m', labels, logits), {
    labels: wanted,
    rejects,
    mergesCases,
  });
  expect(classCount(network)).toBe(wanted.length + (rejects ? 1 : 0));
  expect(weights[0]).toHaveLength(784 * classCount(network));
  return { biases: [...weights[1]!], areSame };
}

test('the same labels keep everything, in any order', () => {
  const model = biasedModel('m', ['a', 'b', 'c'], [1, 2, 3, 4]);
  const same = changeOutputs(model, { labels: ['a', 'b', 'c'], rejects: true, mergesCases: true });
  expect(same).toEqual({ network: model.network, weights: model.weights, areSame: true });
  expect(same.weights).toBe(model.weights);
  expect(changed(['a', 'b', 'c'], [1, 2, 3], ['c', 'a', 'b'])).toEqual({ biases: [3, 1, 2], areSame: true });
});

test('labels and no character are left out, and new ones start as the mean', () => {
  expect(changed(['0', '1', '2'], [1, 2, 3], ['2', '0'])).toEqual({ biases: [3, 1], areSame: false });
  expect(changed(['0', '1'], [1, 2, 9], ['0', '1'])).toEqual({ biases: [1, 2], areSame: false });
  expect(changed(['0', '1'], [1, 3], ['0', '1'], { rejects: true })).toEqual({ biases: [1, 3, 2], areSame: false });
  expect(changed(['0', '1'], [1, 3], ['→', '1', '√'])).toEqual({ biases: [2, 3, 2], areSame: false });
});

test('a merged class and the cases of its letter come from each other', () => {
  const half = Math.fround(5 - Math.log(2));
  expect(changed(['A', 'C'], [1, 5], ['A', 'C', 'c']).biases).toEqual([1, half, half]);
  expect(changed(['A', 'a', 'B'], [1, 3, 7], ['A', 'B']).biases).toEqual([2, 7]);
  // In a data set of one's own, `a` is an a and not also an A.
  expect(changed(['A', 'a', 'B'], [1, 3, 7], ['a', 'B'], { mergesCases: false }).biases).toEqual([3, 7]);
  expect(changed(['C', '1'], [1, 3], ['c', '1'], { mergesCases: false })).toEqual({ biases: [1, 3], areSame: true });
});

test('kernels of dense layers and convolutions are changed by output, with what follows them', () => {
  const layers: Layer[] = [
    { type: 'conv2d', filters: 2, kernel: [1, 1], stride: [1, 1], padding: 'valid', useBias: false },
    { type: 'globalAveragePool' },
    { type: 'rescaling', scale: 0.5, offset: 0 },
  ];
  const network: Network = { input: [28, 28, 3], layers };
  const weights = [Float32Array.of(1, 2, 3, 4, 5, 6)];
  const swapped = changeOutputs(
    { network, weights, labels: ['a', 'b'] },
    { labels: ['b', 'x', 'a'], rejects: false, mergesCases: false },
  );
  expect(swapped.weights).toEqual([Float32Array.of(2, 1.5, 1, 4, 3.5, 3, 6, 5.5, 5)]);
  expect(swapped.network.layers).toEqual([{ ...layers[0], filters: 3 }, ...layers.slice(1)]);
});

test('a network whose outputs cannot be changed is refused, unless they are the same', () => {
  const model = biasedModel('m', ['a', 'b'], [1, 2]);
  const network: Network = {
    ...model.network,
    layers: [...model.network.layers, { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 }],
  };
  const weights = [...model.weights, ...[1, 0, 0, 1].map((value) => new Float32Array(2).fill(value))];
  const normalized = { network, weights, labels: ['a', 'b'] };
  expect(changeOutputs(normalized, { labels: ['a', 'b'], rejects: false, mergesCases: false }).areSame).toBe(true);
  for (const labels of [['a'], ['b', 'a']]) {
    expect(() => changeOutputs(normalized, { labels, rejects: false, mergesCases: false })).toThrow(
      expect.objectContaining({
        code: 'network-unsupported',
        message:
          'unsupported network: it cannot have other outputs, since its last layer with weights is not a dense layer or convolution',
      }),
    );
  }
});
