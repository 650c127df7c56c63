import { describe, expect, test } from 'vitest';
import { ARCHITECTURES, architecture, isArchitecture } from '../../../src/core/model/architectures.ts';
import { classCount, parameterCount } from '../../../src/core/model/network.ts';

const filters = (name: (typeof ARCHITECTURES)[number]) =>
  architecture(name, 47).layers.flatMap((layer) => (layer.type === 'conv2d' ? [layer.filters] : []));

describe('architectures', () => {
  test.each([
    ['cnn', 440_751, [32, 64]],
    ['vgg', 586_447, [32, 64, 64, 128, 128]],
    ['deep', 1_146_127, [32, 32, 80, 80, 160, 160, 160]],
  ] as const)('%s has as many parameters and convolutions as the docs say', (name, parameters, convolutions) => {
    const network = architecture(name, 47);
    expect(parameterCount(network)).toBe(parameters);
    expect(filters(name)).toEqual(convolutions);
    expect(network.input).toEqual([28, 28, 1]);
  });

  test('have any number of outputs', () => {
    for (const name of ARCHITECTURES) {
      for (const outputs of [2, 48, 256]) expect(classCount(architecture(name, outputs))).toBe(outputs);
    }
    // One more output for rejecting, from a dense layer of 320.
    expect(parameterCount(architecture('deep', 48))).toBe(1_146_448);
  });

  test('are known by name', () => {
    expect(['cnn', 'vgg', 'deep'].every(isArchitecture)).toBe(true);
    expect(isArchitecture('resnet')).toBe(false);
  });
});
