import type { Layer } from '../../src/core/model/layer.ts';
import type { Network } from '../../src/core/model/network.ts';
import { LINE_HEIGHT } from '../../src/core/text/line-image.ts';
import { TEXT_CLASSES } from '../../src/core/text/text-characters.ts';

type Window = readonly [number, number];

function block(filters: number, kernel: Window = [3, 3], padding: 'same' | 'valid' = 'same'): Layer[] {
  return [
    { type: 'conv2d', filters, kernel, stride: [1, 1], padding, useBias: false },
    { type: 'batchNorm', momentum: 0.99, epsilon: 1e-3 },
    { type: 'relu' },
  ];
}

function pool(size: Window): Layer {
  return { type: 'maxPool', size, stride: size, padding: 'valid' };
}

/**
 * The word network: convolutions that reduce a line image to a row of one step for each four pixels, then convolutions along
 * the row, which see about two letters to each side (after Shi et al. 2015, arXiv 1507.05717, without its recurrent layers).
 * `width`: a multiple of 4.
 */
export function wordNetwork(width: number): Network {
  return {
    input: [LINE_HEIGHT, width, 1],
    layers: [
      ...block(16),
      pool([2, 2]),
      ...block(32),
      ...block(48),
      pool([2, 2]),
      ...block(80),
      ...block(96),
      pool([2, 1]),
      ...block(128),
      ...block(144),
      ...block(192, [4, 1], 'valid'),
      { type: 'dropout', rate: 0.1 },
      ...block(192, [1, 5]),
      ...block(192, [1, 5]),
      ...block(192, [1, 5]),
      { type: 'dropout', rate: 0.1 },
      { type: 'conv2d', filters: TEXT_CLASSES, kernel: [1, 1], stride: [1, 1], padding: 'same', useBias: true },
    ],
  };
}
