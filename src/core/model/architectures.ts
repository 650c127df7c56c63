import type { Layer, Size } from './layer.ts';
import { IMAGE_SHAPE, type Network } from './network.ts';

/** The architectures that can be trained by name. */
export const ARCHITECTURES = ['cnn', 'vgg'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Whether this is the name of an architecture, and not of a network of one's own. */
export function isArchitecture(name: string): name is Architecture {
  return (ARCHITECTURES as readonly string[]).includes(name);
}

/** The network of an architecture for a number of classes. */
export function architecture(name: Architecture, classes: number): Network {
  return { input: IMAGE_SHAPE, layers: name === 'cnn' ? cnn(classes) : vgg(classes) };
}

const TWO: Size = [2, 2];
const POOL: Layer = { type: 'maxPool', size: TWO, stride: TWO, padding: 'valid' };

function conv3x3(filters: number, padding: 'valid' | 'same', useBias: boolean): Layer {
  return { type: 'conv2d', filters, kernel: [3, 3], stride: [1, 1], padding, useBias };
}

/** A plain network: two convolutions, two dense layers. */
function cnn(classes: number): Layer[] {
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
    { type: 'dense', units: classes, useBias: true },
  ];
}

/** A small VGG (Simonyan & Zisserman 2015) with batch normalization and dropout. */
function vgg(classes: number): Layer[] {
  const normalize = (): Layer[] => [{ type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 }, { type: 'relu' }];
  const block = (filters: number): Layer[] => [conv3x3(filters, 'same', false), ...normalize()];
  return [
    ...block(32),
    POOL,
    ...block(64),
    ...block(64),
    POOL,
    ...block(128),
    ...block(128),
    POOL,
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 256, useBias: false },
    ...normalize(),
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: classes, useBias: true },
  ];
}
