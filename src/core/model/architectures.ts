import type { Layer, Size } from './layer.ts';
import { IMAGE_SHAPE, type Network } from './network.ts';

/** The architectures that can be trained by name. */
export const ARCHITECTURES = ['cnn', 'vgg', 'deep'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Whether this is the name of an architecture, and not of a network of one's own. */
export function isArchitecture(name: string): name is Architecture {
  return (ARCHITECTURES as readonly string[]).includes(name);
}

/** The network of an architecture with a number of outputs. */
export function architecture(name: Architecture, outputs: number): Network {
  return { input: IMAGE_SHAPE, layers: LAYERS[name](outputs) };
}

const LAYERS: Record<Architecture, (outputs: number) => Layer[]> = {
  cnn,
  vgg: (outputs) => vgg(outputs, [[32], [64, 64], [128, 128]], 256),
  deep: (outputs) =>
    vgg(
      outputs,
      [
        [32, 32],
        [80, 80],
        [160, 160, 160],
      ],
      320,
    ),
};

const TWO: Size = [2, 2];
const POOL: Layer = { type: 'maxPool', size: TWO, stride: TWO, padding: 'valid' };

function conv3x3(filters: number, padding: 'valid' | 'same', useBias: boolean): Layer {
  return { type: 'conv2d', filters, kernel: [3, 3], stride: [1, 1], padding, useBias };
}

/** A plain network: two convolutions, two dense layers. */
function cnn(outputs: number): Layer[] {
  return [
    conv3x3(32, 'valid', true),
    { type: 'relu' },
    POOL,
    conv3x3(64, 'valid', true),
    { type: 'relu' },
    POOL,
    { type: 'flatten' },
    { type: 'dense', units: 256, useBias: true },
    { type: 'relu' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: outputs, useBias: true },
  ];
}

/**
 * A small VGG (Simonyan & Zisserman 2015) with batch normalization and dropout. `stages`: the filters of the convolutions before
 * each pooling; `hidden`: the units of the dense layer.
 */
function vgg(outputs: number, stages: readonly (readonly number[])[], hidden: number): Layer[] {
  const normalize = (): Layer[] => [{ type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 }, { type: 'relu' }];
  const convolution = (filters: number): Layer[] => [conv3x3(filters, 'same', false), ...normalize()];
  return [
    ...stages.flatMap((stage) => [...stage.flatMap(convolution), POOL]),
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: hidden, useBias: false },
    ...normalize(),
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: outputs, useBias: true },
  ];
}
