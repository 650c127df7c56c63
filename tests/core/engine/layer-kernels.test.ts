import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropoutHash, dropoutThreshold } from '../../../src/core/engine/dropout-mask.ts';
import {
  type DepthwiseStep,
  depthwiseForwardOperation,
  depthwiseInputGradientOperation,
  depthwiseKernelValues,
  depthwiseWeightGradientOperation,
} from '../../../src/core/engine/wasm/depthwise-operations.ts';
import type { LayerStep, Tensor } from '../../../src/core/engine/wasm/execution-plan.ts';
import { KERNEL_BUILDS } from '../../../src/core/engine/wasm/kernel-build.ts';
import type { View } from '../../../src/core/engine/wasm/kernel-program.ts';
import { DROPOUT_SEED } from '../../../src/core/engine/wasm/kernels/layout.ts';
import {
  isSliced,
  layerBackward,
  layerForward,
  spatialDropoutOperation,
  sumOperations,
} from '../../../src/core/engine/wasm/layer-step.ts';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import type { Layer, Shape } from '../../../src/core/model/layer.ts';
import { elements, outputShape } from '../../../src/core/model/network.ts';
import { randomStream } from '../../../src/core/random.ts';
import { type Image, layerOutput, normalCdf } from './layer-formulas.ts';
import { OperationRunner, type RunSettings, tensorOf } from './operation-runner.ts';

let pool: ThreadPool;

beforeAll(async () => {
  pool = await ThreadPool.start(1);
});

afterAll(async () => {
  await pool.stop();
});

interface LayerCase {
  layer: Layer;
  inputs: readonly Shape[];
  /** Whether channels are not padded in memory; of a depthwise convolution, those of the input. */
  unpadded?: boolean;
}

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

const RUNS: readonly (RunSettings & { borders: readonly [from: number, to: number] })[] = [
  { images: 1, imagesPerChunk: 4, imagesPerPass: 4, borders: [0, 0] },
  { images: 3, imagesPerChunk: 2, imagesPerPass: 1, borders: [1, 2] },
  { images: 3, imagesPerChunk: 3, imagesPerPass: 2, borders: [2, 1], local: true },
  { images: 1, imagesPerChunk: 1, imagesPerPass: 1, borders: [1, 1], slices: 2 },
];

function randomImages(count: number, shape: Shape, seed: number, spread = 4): Image[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, () => ({
    shape,
    data: Float64Array.from({ length: elements(shape) }, () => Math.fround((random() - 0.5) * spread)),
  }));
}

/** The gradient of the products of outputs and `gradient` with respect to `values`, by central differences. */
function numericalGradient(values: Float64Array, output: () => Image, gradient: Image): Float64Array {
  const step = 1e-6;
  const total = () => output().data.reduce((sum, value, i) => sum + value * gradient.data[i]!, 0);
  return values.map((value, i) => {
    values[i] = value + step;
    const above = total();
    values[i] = value - step;
    const below = total();
    values[i] = value;
    return (above - below) / (2 * step);
  });
}

const numericalGradients = new Map<string, Float64Array>();

/** Computes a gradient that several tests need once; it takes most of their time. */
function once(key: string, gradient: () => Float64Array): Float64Array {
  const known = numericalGradients.get(key) ?? gradient();
  numericalGradients.set(key, known);
  return known;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= tolerance * (1 + Math.abs(expected[i]!)))) {
      expect.fail(`value ${i} is ${actual[i]}, not ${expected[i]}`);
    }
  }
}

function stepOf({ layer, inputs, unpadded }: LayerCase, borders: readonly [number, number]): LayerStep {
  const tensor = (shape: Shape, border: number) => tensorOf(shape, border, unpadded ? shape.at(-1) : undefined);
  const from = inputs.map((shape) => tensor(shape, borders[0]));
  const to = tensor(outputShape(layer, inputs), borders[1]);
  return { kind: 'layer', index: 0, layer, from, to };
}

function slicesOf(step: LayerStep, { slices = 1 }: RunSettings): number {
  return isSliced(step) && step.to.padded % 16 === 0 ? Math.min(slices, step.to.padded / 16) : 1;
}

const nameOf = ({ layer, inputs }: LayerCase) => `${JSON.stringify(layer)} of [${inputs.join('] [')}]`;

describe.each(CASES.map((layerCase) => [nameOf(layerCase), layerCase] as const))('%s', (name, layerCase) => {
  test.each(RUNS)('forward: %j', (run) => {
    const step = stepOf(layerCase, run.borders);
    const inputs = layerCase.inputs.map((shape, index) => randomImages(run.images, shape, index + 1));
    const runner = new OperationRunner(pool, { ...run, slices: slicesOf(step, run) });
    const from = step.from.map((tensor, index) => runner.input(tensor, inputs[index]!));
    const { view, read } = runner.output(step.to);
    runner.run(layerForward(runner.program, step, { from, to: view, border: run.borders[1] }));
    read().forEach((image, index) => {
      const expected = layerOutput(
        layerCase.layer,
        inputs.map((images) => images[index]!),
      );
      expectClose(image.data, expected.data, 1e-6);
    });
    runner.program.release();
  });

  test.each(RUNS)('backward: %j', (run) => {
    const step = stepOf(layerCase, run.borders);
    const inputs = layerCase.inputs.map((shape, index) => randomImages(run.images, shape, index + 1));
    const gradients = randomImages(run.images, outputShape(layerCase.layer, layerCase.inputs), 99);
    for (let input = 0; input < inputs.length; input++) {
      const runner = new OperationRunner(pool, { ...run, slices: slicesOf(step, run) });
      const from = step.from.map((tensor, index) => runner.input(tensor, inputs[index]!));
      const gradient = runner.input(step.to, gradients);
      const { view, read } = runner.output(step.from[input]!);
      runner.run(layerBackward(runner.program, step, { from, gradient, into: view, input, border: run.borders[0] }));
      read().forEach((image, index) => {
        const images = inputs.map((all) => all[index]!);
        const output = () => layerOutput(layerCase.layer, images);
        const expected = once(`${name} ${input} ${index}`, () =>
          numericalGradient(images[input]!.data, output, gradients[index]!),
        );
        expectClose(image.data, expected, 2e-6);
      });
      runner.program.release();
    }
  });
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

const depthwiseLayer = (
  kernel: readonly [number, number],
  stride: readonly [number, number],
  padding: 'valid' | 'same',
  multiplier: number,
  useBias: boolean,
) => ({ type: 'depthwiseConv2d', kernel, stride, padding, multiplier, useBias }) as const;

const DEPTHWISE: readonly LayerCase[] = [
  one(depthwiseLayer([3, 3], [1, 1], 'same', 1, true), [5, 6, 17]),
  one(depthwiseLayer([3, 3], [1, 1], 'valid', 1, false), [4, 3, 48]),
  one(depthwiseLayer([3, 3], [2, 2], 'same', 1, true), [6, 5, 3]),
  one(depthwiseLayer([5, 5], [2, 1], 'same', 2, true), [5, 4, 3]),
  one(depthwiseLayer([2, 4], [1, 3], 'valid', 3, false), [5, 7, 6]),
  one(depthwiseLayer([7, 7], [3, 3], 'same', 1, true), [8, 4, 1]),
  one(depthwiseLayer([1, 1], [2, 2], 'valid', 1, true), [3, 4, 17]),
  one(depthwiseLayer([3, 3], [3, 3], 'valid', 1, true), [7, 8, 3]),
  { layer: depthwiseLayer([3, 3], [1, 1], 'same', 5, true), inputs: [[4, 5, 3]], unpadded: true },
];

describe.each(DEPTHWISE.map((layerCase) => [nameOf(layerCase), layerCase] as const))('%s', (name, layerCase) => {
  /** A step with random weights, in the kernels' memory and for the formulas. */
  function prepare(run: (typeof RUNS)[number]) {
    const { layer, inputs } = layerCase as LayerCase & { layer: DepthwiseStep['layer'] };
    const from = tensorOf(inputs[0]!, run.borders[0], layerCase.unpadded ? inputs[0]!.at(-1) : undefined);
    const to = tensorOf(outputShape(layer, inputs), run.borders[1]);
    const step: DepthwiseStep = { kind: 'layer', index: 0, layer, from: [from], to };
    const runner = new OperationRunner(pool, { ...run, slices: slicesOf(step, run) });
    const taps = layer.kernel[0] * layer.kernel[1];
    const weights = [
      randomImages(1, [taps * to.channels], 5)[0]!.data,
      layer.useBias ? randomImages(1, [to.channels], 6)[0]!.data : new Float64Array(to.channels),
    ];
    const count = depthwiseKernelValues(step) + (layer.useBias ? to.padded : 0);
    const block = { weights: runner.program.allocate(count * 4), state: 0, state2: 0, count, decaying: 0 };
    const memory = pool.memory.floats(block.weights, count);
    forWeights(to, taps, (at, i) => {
      memory[at] = weights[0]![i]!;
    });
    if (layer.useBias) memory.set(weights[1]!, depthwiseKernelValues(step));
    const images = randomImages(run.images, inputs[0]!, 1);
    const gradients = randomImages(run.images, outputShape(layer, inputs), 99);
    const output = (image: Image) => layerOutput(layer, [image], weights);
    return { step, runner, weights, parameters: { step, block }, images, gradients, output, taps };
  }

  test.each(RUNS)('forward: %j', (run) => {
    const { step, runner, parameters, images, output } = prepare(run);
    const from = runner.input(step.from[0]!, images);
    const { view, read } = runner.output(step.to);
    runner.run([depthwiseForwardOperation(runner.program, parameters, { from, to: view, border: run.borders[1] })]);
    read().forEach((image, index) => {
      expectClose(image.data, output(images[index]!).data, 5e-6);
    });
    runner.program.release();
  });

  test.each(RUNS.filter(({ slices }) => !slices))('gradient of the input: %j', (run) => {
    const { step, runner, parameters, images, gradients, output } = prepare(run);
    const gradient = runner.input(step.to, gradients);
    const { view: into, read } = runner.output(step.from[0]!);
    const buffers = { gradient, into, border: run.borders[0] };
    runner.run([depthwiseInputGradientOperation(runner.program, parameters, buffers)]);
    read().forEach((image, index) => {
      const values = images[index]!;
      expectClose(
        image.data,
        numericalGradient(values.data, () => output(values), gradients[index]!),
        5e-6,
      );
    });
    runner.program.release();
  });

  test.each(RUNS.filter(({ slices }) => !slices))('gradients of the weights: %j', (run) => {
    const { step, runner, weights, parameters, images, gradients, output, taps } = prepare(run);
    const groups = Math.ceil(run.images / run.imagesPerChunk);
    const { count } = parameters.block;
    const address = runner.program.allocate(groups * count * 4);
    pool.memory.floats(address, groups * count).fill(Number.NaN);
    const from = runner.input(step.from[0]!, images);
    const gradient = runner.input(step.to, gradients);
    runner.run([depthwiseWeightGradientOperation(runner.program, parameters, { from, gradient }, address)]);
    for (let group = 0; group < groups; group++) {
      const indices = images.map((_, index) => index).filter((i) => Math.floor(i / run.imagesPerChunk) === group);
      const expected = weights.map((values, part) =>
        indices
          .map((index) =>
            once(`${name} weights ${part} ${index}`, () =>
              numericalGradient(values, () => output(images[index]!), gradients[index]!),
            ),
          )
          .reduce((sum, all) => sum.map((value, i) => value + all[i]!)),
      );
      const actual = pool.memory.floats(address + group * count * 4, count);
      const kernel = new Float64Array(weights[0]!.length);
      forWeights(step.to, taps, (at, i) => {
        kernel[i] = actual[at]!;
      });
      expectClose(kernel, expected[0]!, 5e-6);
      if (step.layer.useBias) {
        const bias = actual.subarray(depthwiseKernelValues(step)).subarray(0, step.to.channels);
        expectClose(bias, expected[1]!, 5e-6);
      }
      // The optimizer must leave the padding at 0.
      expect(actual.reduce((sum, value) => sum + value, 0)).not.toBeNaN();
    }
    runner.program.release();
  });
});

function forWeights({ channels, padded }: Tensor, taps: number, each: (at: number, index: number) => void): void {
  for (let tap = 0; tap < taps; tap++) for (let c = 0; c < channels; c++) each(tap * padded + c, tap * channels + c);
}

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
