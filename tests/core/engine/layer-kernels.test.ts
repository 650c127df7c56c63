import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropoutHash, dropoutThreshold } from '../../../src/core/engine/dropout-mask.ts';
import { KERNEL_BUILDS } from '../../../src/core/engine/wasm/kernel-build.ts';
import type { View } from '../../../src/core/engine/wasm/kernel-program.ts';
import { DROPOUT_SEED } from '../../../src/core/engine/wasm/kernels/layout.ts';
import {
  layerBackward,
  layerForward,
  spatialDropoutOperation,
  sumOperations,
} from '../../../src/core/engine/wasm/layer-step.ts';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import type { Layer, Padding, Shape, Size } from '../../../src/core/model/layer.ts';
import { layerOutput, normalCdf } from './layer-formulas.ts';
import {
  checkBackward,
  checkDepthwiseForward,
  checkDepthwiseInputGradient,
  checkDepthwiseWeightGradient,
  checkForward,
  expectClose,
  isDepthwiseCase,
  type LayerCase,
  type LayerRun,
  nameOf,
  randomImages,
  stepOf,
} from './layer-runs.ts';
import { OperationRunner, tensorOf } from './operation-runner.ts';

let pool: ThreadPool;

beforeAll(async () => {
  pool = await ThreadPool.start(1);
});

afterAll(async () => {
  await pool.stop();
});

const one = (layer: Layer, ...inputs: Shape[]): LayerCase => ({ layer, inputs });

const CASES: readonly LayerCase[] = [
  ...(
    [
      { type: 'relu' },
      { type: 'leakyRelu', slope: 0.3 },
      { type: 'elu', alpha: 0.7 },
      { type: 'gelu', approximate: false },
      { type: 'gelu', approximate: true },
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'softmax' },
      { type: 'rescaling', scale: 1 / 127.5, offset: -1 },
    ] as const
  ).flatMap((layer) => [one(layer, [3, 5, 3]), one(layer, [2, 1, 48]), one(layer, [17])]),
  ...(['maxPool', 'averagePool'] as const).flatMap((type) => [
    one({ type, size: [2, 2], stride: [2, 2], padding: 'valid' }, [5, 6, 17]),
    one({ type, size: [3, 3], stride: [2, 2], padding: 'same' }, [6, 5, 3]),
    one({ type, size: [3, 2], stride: [1, 1], padding: 'same' }, [4, 4, 1]),
    one({ type, size: [2, 3], stride: [3, 2], padding: 'valid' }, [7, 7, 17]),
    one({ type, size: [1, 1], stride: [2, 3], padding: 'same' }, [5, 5, 3]),
    one({ type, size: [5, 7], stride: [1, 2], padding: 'same' }, [3, 4, 17]),
  ]),
  one({ type: 'globalMaxPool' }, [3, 4, 17]),
  one({ type: 'globalAveragePool' }, [4, 3, 48]),
  one({ type: 'flatten' }, [3, 2, 17]),
  one({ type: 'flatten' }, [1, 1, 3]),
  one({ type: 'reshape', shape: [3, 4, 5] }, [4, 5, 3]),
  one({ type: 'reshape', shape: [2, 5, 17] }, [170]),
  { layer: { type: 'reshape', shape: [4, 6, 1] }, inputs: [[24]], unpadded: true },
  { layer: { type: 'rescaling', scale: 2, offset: 0.5 }, inputs: [[5, 3, 1]], unpadded: true },
  { layer: { type: 'rescaling', scale: 2, offset: 0.5 }, inputs: [[5, 3, 3]], unpadded: true },
  { layer: { type: 'zeroPadding', top: 1, bottom: 2, left: 3, right: 0 }, inputs: [[4, 3, 3]], unpadded: true },
  one({ type: 'zeroPadding', top: 0, bottom: 1, left: 2, right: 1 }, [3, 4, 17]),
  one({ type: 'add' }, [3, 4, 17], [3, 4, 17]),
  one({ type: 'add' }, [2, 3, 48], [2, 3, 48], [2, 3, 48], [2, 3, 48]),
  one({ type: 'concatenate' }, [3, 2, 3], [3, 2, 17], [3, 2, 1]),
  one({ type: 'concatenate' }, [5], [16], [30]),
];

const RUNS: readonly LayerRun[] = [
  { images: 1, imagesPerChunk: 4, imagesPerPass: 4, borders: [0, 0] },
  { images: 3, imagesPerChunk: 2, imagesPerPass: 1, borders: [1, 2] },
  { images: 3, imagesPerChunk: 3, imagesPerPass: 2, borders: [2, 1], local: true },
  { images: 1, imagesPerChunk: 1, imagesPerPass: 1, borders: [1, 1], slices: 2 },
];

describe.each(CASES.map((layerCase) => [nameOf(layerCase), layerCase] as const))('%s', (_name, layerCase) => {
  test.each(RUNS)('forward: %j', (run) => checkForward(pool, layerCase, run));
  test.each(RUNS)('backward: %j', (run) => checkBackward(pool, layerCase, run));
});

test('the first of several maxima gets the gradient, in each of the windows that it is in', () => {
  const layer = { type: 'maxPool', size: [2, 2], stride: [1, 1], padding: 'valid' } as const;
  const shape: Shape = [3, 3, 1];
  const runner = new OperationRunner(pool, { images: 1, imagesPerChunk: 1, imagesPerPass: 1 });
  const step = stepOf({ layer, inputs: [shape] }, [0, 0]);
  const from = [runner.input(step.from[0]!, [{ shape, data: Float64Array.of(1, 1, 1, 0, 2, 0, 2, 2, 1) }])];
  const gradient = runner.input(step.to, [{ shape: [2, 2, 1], data: Float64Array.of(1, 2, 4, 8) }]);
  const { view, read } = runner.output(step.from[0]!);
  runner.run(layerBackward(runner.program, step, { from, gradient, into: view, input: 0, border: 0 }));
  expect([...read()[0]!.data]).toEqual([0, 0, 0, 0, 15, 0, 0, 0, 0]);
  runner.program.release();
});

const depthwise = (kernel: Size, stride: Size, padding: Padding, multiplier: number, useBias: boolean): Layer => ({
  type: 'depthwiseConv2d',
  kernel,
  stride,
  padding,
  multiplier,
  useBias,
});

const DEPTHWISE_CASES: readonly LayerCase[] = [
  one(depthwise([3, 3], [1, 1], 'same', 1, true), [5, 6, 17]),
  one(depthwise([3, 3], [1, 1], 'valid', 1, false), [4, 3, 48]),
  one(depthwise([3, 3], [2, 2], 'same', 1, true), [6, 5, 3]),
  one(depthwise([5, 5], [2, 1], 'same', 2, true), [5, 4, 3]),
  one(depthwise([2, 4], [1, 3], 'valid', 3, false), [5, 7, 6]),
  one(depthwise([7, 7], [3, 3], 'same', 1, true), [8, 4, 1]),
  one(depthwise([1, 1], [2, 2], 'valid', 1, true), [3, 4, 17]),
  one(depthwise([3, 3], [3, 3], 'valid', 1, true), [7, 8, 3]),
  { layer: depthwise([3, 3], [1, 1], 'same', 5, true), inputs: [[4, 5, 3]], unpadded: true },
];
const DEPTHWISE = DEPTHWISE_CASES.filter(isDepthwiseCase);

describe.each(DEPTHWISE.map((layerCase) => [nameOf(layerCase), layerCase] as const))('%s', (_name, layerCase) => {
  const unsliced = RUNS.filter(({ slices }) => !slices);
  test.each(RUNS)('forward: %j', (run) => checkDepthwiseForward(pool, layerCase, run));
  test.each(unsliced)('gradient of the input: %j', (run) => checkDepthwiseInputGradient(pool, layerCase, run));
  test.each(unsliced)('gradients of the weights: %j', (run) => checkDepthwiseWeightGradient(pool, layerCase, run));
});

test.each(RUNS.filter(({ slices }) => !slices))('spatial dropout drops channels of an image: %j', (run) => {
  const shape: Shape = [3, 2, 17];
  const rate = 0.4;
  const seed = 1234;
  const tensor = tensorOf(shape, 0);
  const images = randomImages(run.images, shape, 3);
  const runner = new OperationRunner(pool, { ...run, local: false });
  const view = runner.program.global(tensor, run.images);
  const copied = sumOperations(runner.program, tensor, [runner.input(tensor, images)], view, 0);
  const { view: to, read } = runner.output(tensor);
  const dropout = spatialDropoutOperation(runner.program, { tensor, rate }, view);
  pool.memory.words(dropout + DROPOUT_SEED, 1)[0] = seed;
  runner.run([...copied, dropout, ...sumOperations(runner.program, tensor, [view], to, 0)]);
  read().forEach(({ data }, image) => {
    const expected = images[image]!.data.map((value, i) =>
      dropoutHash(seed, image * 17 + (i % 17)) < dropoutThreshold(rate) ? 0 : value / (1 - rate),
    );
    expectClose(data, expected, 1e-6);
  });
  runner.program.release();
});

describe.each(KERNEL_BUILDS)('activations of the %s build', (build) => {
  test('are accurate to a few parts in a million, whatever the size of values', async () => {
    process.env.EMNIST_TUI_SIMD = build;
    const own = await ThreadPool.start(1).finally(() => delete process.env.EMNIST_TUI_SIMD);
    // From 1e-6 to 80 of both signs, and 0.
    const sizes = Array.from({ length: 4000 }, (_, i) => Math.fround(10 ** (-6 + (i * 7.9) / 4000)));
    const values = Float64Array.from([0, ...sizes, ...sizes.map((x) => -x)]);
    const shape: Shape = [values.length];
    const layers: Layer[] = [
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'elu', alpha: 1 },
      { type: 'gelu', approximate: false },
      { type: 'gelu', approximate: true },
      { type: 'softmax' },
    ];
    const settings = { images: 1, imagesPerChunk: 1, imagesPerPass: 1 };
    for (const layer of layers) {
      const step = stepOf({ layer, inputs: [shape] }, [0, 0]);
      const run = (operations: (runner: OperationRunner, from: View, to: View) => number[]) => {
        const runner = new OperationRunner(own, settings);
        const from = runner.input(step.from[0]!, [{ shape, data: values }]);
        const { view, read } = runner.output(step.to);
        runner.run(operations(runner, from, view));
        const { data } = read()[0]!;
        runner.program.release();
        return data;
      };
      const output = (offset: number) => layerOutput(layer, [{ shape, data: values.map((x) => x + offset) }]).data;
      const check = (what: string, actual: Float64Array, expected: (i: number) => number, allowed: number) => {
        actual.forEach((value, i) => {
          // Far out, an exponent of 30 rounded to 24 bits is off by 2e-6.
          const relative = 1e-6 * Math.max(1, Math.abs(values[i]!)) ** 2;
          if (Math.abs(value - expected(i)) > relative * Math.abs(expected(i)) + allowed) {
            expect.fail(`${what} of ${values[i]} is ${value}, not ${expected(i)}`);
          }
        });
      };
      const outputs = output(0);
      const forward = run((runner, from, to) => layerForward(runner.program, step, { from: [from], to, border: 0 }));
      check(layer.type, forward, (i) => outputs[i]!, 1e-36);
      if (layer.type === 'softmax') continue;
      const ones = { shape, data: new Float64Array(values.length).fill(1) };
      const slopes = run((runner, from, into) => {
        const gradient = runner.input(step.to, [ones]);
        return layerBackward(runner.program, step, { from: [from], gradient, into, input: 0, border: 0 });
      });
      // Not at 0, where ELU bends.
      const [below, above] = [output(-1e-7), output(1e-7)];
      const slope = (i: number) => (values[i] === 0 ? slopes[i]! : (above[i]! - below[i]!) / 2e-7);
      check(`the derivative of ${layer.type}`, slopes, slope, 2e-7);
    }
    await own.stop();
  });
});

test('the formula of the normal distribution that the tests compare with is right', () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 14);
  expect(normalCdf(-2) / 0.022750131948179195).toBeCloseTo(1, 12);
  expect(normalCdf(-3) / 0.0013498980316300933).toBeCloseTo(1, 12);
  expect(normalCdf(-6) / 9.86587645037698e-10).toBeCloseTo(1, 12);
});
