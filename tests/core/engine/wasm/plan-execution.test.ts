import { expect, test } from 'vitest';
import type { Step } from '../../../../src/core/engine/wasm/execution-plan.ts';
import { isWinograd } from '../../../../src/core/engine/wasm/linear-operations.ts';
import { planExecution } from '../../../../src/core/engine/wasm/plan-execution.ts';
import { architecture } from '../../../../src/core/model/architectures.ts';
import type { Layer, Size } from '../../../../src/core/model/layer.ts';

const RELU: Layer = { type: 'relu' };
const POOL: Layer = { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' };
const BATCH_NORM: Layer = { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 };
const ONE_EACH: Layer = { type: 'zeroPadding', top: 1, bottom: 1, left: 1, right: 1 };

function convolution(side: number, stride = 1, padding: 'valid' | 'same' = 'same', inputs?: number[]): Layer {
  const kernel: Size = [side, side];
  const layer = { type: 'conv2d', filters: 16, kernel, stride: [stride, stride], padding, useBias: true } as const;
  return inputs ? { ...layer, inputs } : layer;
}

function inWords(step: Step): string {
  switch (step.kind) {
    case 'linear':
      if (!step.convolution) return 'dense';
      return `${isWinograd(step) ? 'winograd' : 'convolution'}${step.fusedPool ? ` ${step.fusedPool.kind}` : ''}`;
    case 'bnRelu':
      return ['pass', step.batchNorm && 'norm', step.relu && 'relu', step.pool && 'pool'].filter(Boolean).join(' ');
    case 'layer':
      return step.layer.type;
    case 'dropout':
      return 'dropout';
  }
}

/** The plan of some layers, followed by a dense layer, in words. */
function plan(layers: readonly Layer[], input: readonly [number, number, number] = [12, 12, 1]): string[] {
  const dense: Layer = { type: 'dense', units: 3, useBias: true };
  return planExecution({ input, layers: [...layers, { type: 'flatten' }, dense] }).steps.map(inWords);
}

test('the plain network fuses convolutions with ReLU and pooling', () => {
  const { layers } = architecture('cnn', 47);
  expect(plan(layers.slice(0, -1), [28, 28, 1])).toEqual([
    'convolution conv1',
    'pass relu pool',
    'winograd sparse',
    'pass relu pool',
    'dense',
    'pass relu',
    'dropout',
    'dense',
  ]);
});

test('batch norm, ReLU and pooling are one pass; another one follows what is out of order', () => {
  expect(plan([convolution(3), BATCH_NORM, RELU, POOL, BATCH_NORM, RELU])).toEqual([
    'convolution',
    'pass norm relu pool',
    'pass norm relu',
    'dense',
  ]);
});

test("Winograd's algorithm is used for 3x3 kernels with a stride of 1 after the first convolution", () => {
  const layers = [convolution(3), RELU, convolution(3), RELU, convolution(3, 2), RELU, convolution(5), RELU];
  expect(plan(layers).filter((step) => !step.startsWith('pass'))).toEqual([
    'convolution',
    'winograd',
    'convolution',
    'convolution',
    'dense',
  ]);
});

test('nothing is fused with values that two layers read', () => {
  expect(plan([convolution(3), RELU, { type: 'add', inputs: [0, 1] }])).toEqual([
    'convolution',
    'pass relu',
    'add',
    'dense',
  ]);
  expect(plan([convolution(3), BATCH_NORM, RELU, { type: 'add', inputs: [1, 2] }])).toEqual([
    'convolution',
    'pass norm',
    'pass relu',
    'add',
    'dense',
  ]);
});

test('zero padding is part of the convolutions that read it, and a step for other layers', () => {
  expect(plan([ONE_EACH, convolution(5, 2, 'valid'), RELU])).toEqual(['convolution', 'pass relu', 'dense']);
  expect(plan([convolution(3), RELU, ONE_EACH, convolution(3, 1, 'valid'), POOL])).toContain('winograd sparse');
  expect(plan([convolution(3), ONE_EACH, RELU])).toContain('zeroPadding');
});

test('rescaling of the input is part of reading it; rescaling after zero padding is not', () => {
  const rescaling: Layer = { type: 'rescaling', scale: 2, offset: -1 };
  const network = { input: [12, 12, 1] as const, layers: [rescaling, rescaling, { type: 'flatten' } as const] };
  expect(planExecution(network).input).toMatchObject({ scale: 4, offset: -3 });
  expect(plan([rescaling, ONE_EACH, convolution(3, 1, 'valid')])).not.toContain('rescaling');
  expect(plan([ONE_EACH, rescaling, convolution(3, 1, 'valid')])).toContain('rescaling');
});

test('flatten is a step only where a layer needs the values side by side', () => {
  expect(plan([convolution(3), { type: 'flatten' }, { type: 'sigmoid' }])).not.toContain('flatten');
  expect(plan([convolution(3), { type: 'flatten' }, { type: 'softmax' }])).toContain('flatten');
  const back: Layer = { type: 'reshape', shape: [12, 12, 1] };
  expect(plan([{ type: 'flatten' }, back, convolution(3)])).toEqual(['convolution', 'pass', 'dense']);
});
