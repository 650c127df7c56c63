import { expect } from 'vitest';
import {
  type DepthwiseStep,
  depthwiseForwardOperation,
  depthwiseInputGradientOperation,
  depthwiseKernelValues,
  depthwiseWeightGradientOperation,
} from '../../../src/core/engine/wasm/depthwise-operations.ts';
import type { LayerStep, Tensor } from '../../../src/core/engine/wasm/execution-plan.ts';
import { COLUMNS } from '../../../src/core/engine/wasm/kernels/layout.ts';
import { isSliced, layerBackward, layerForward } from '../../../src/core/engine/wasm/layer-step.ts';
import type { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import type { Layer, Shape } from '../../../src/core/model/layer.ts';
import { elements, outputShape } from '../../../src/core/model/network.ts';
import { randomStream } from '../../../src/core/random.ts';
import { type Image, layerOutput } from './layer-formulas.ts';
import { OperationRunner, type RunSettings, tensorOf } from './operation-runner.ts';

/*
 * Runs the kernels of a layer on random values, and compares them with the formulas: outputs directly, gradients by
 * difference quotients.
 */

export interface LayerCase {
  layer: Layer;
  inputs: readonly Shape[];
  /** Whether channels are not padded in memory; of a depthwise convolution, those of the input. */
  unpadded?: boolean;
}

export interface LayerRun extends RunSettings {
  /** Of the inputs and of the output. */
  borders: readonly [from: number, to: number];
}

type DepthwiseCase = LayerCase & { layer: DepthwiseStep['layer'] };

/** Outputs of elementwise layers, and gradients of those, differ from the formulas by rounding alone. */
const TOLERANCE = 2e-6;
/** Sums of up to 49 products. */
const DEPTHWISE_TOLERANCE = 5e-6;

/** Whether the layer is a depthwise convolution, which has weights. */
export function isDepthwiseCase(layerCase: LayerCase): layerCase is DepthwiseCase {
  return layerCase.layer.type === 'depthwiseConv2d';
}

/** The name of a test. */
export function nameOf({ layer, inputs, unpadded }: LayerCase): string {
  return `${JSON.stringify(layer)} of [${inputs.join('] [')}]${unpadded ? ', unpadded' : ''}`;
}

/** Images of random values; the first are the same whatever their number. */
export function randomImages(count: number, shape: Shape, seed: number): Image[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, () => ({
    shape,
    data: Float64Array.from({ length: elements(shape) }, () => Math.fround((random() - 0.5) * 4)),
  }));
}

/** The step of a layer. `borders`: of the inputs and of the output. */
export function stepOf({ layer, inputs, unpadded }: LayerCase, borders: readonly [number, number]): LayerStep {
  const tensor = (shape: Shape, border: number) => tensorOf(shape, border, unpadded ? shape.at(-1) : undefined);
  const from = inputs.map((shape) => tensor(shape, borders[0]));
  const output = outputShape(layer, inputs);
  const to = layer.type === 'depthwiseConv2d' ? tensorOf(output, borders[1]) : tensor(output, borders[1]);
  return { kind: 'layer', index: 0, layer, from, to };
}

/** Compares the outputs of a layer without weights with the formulas. */
export function checkForward(pool: ThreadPool, layerCase: LayerCase, run: LayerRun): void {
  const { step, runner, inputs } = prepare(pool, layerCase, run);
  const from = step.from.map((tensor, index) => runner.input(tensor, inputs[index]!));
  const { view, read } = runner.output(step.to);
  runner.run(layerForward(runner.program, step, { from, to: view, border: run.borders[1] }));
  read().forEach((image, index) => {
    const expected = layerOutput(
      layerCase.layer,
      inputs.map((images) => images[index]!),
    );
    expectClose(image.data, expected.data, TOLERANCE);
  });
  runner.program.release();
}

/** Compares the gradient of each input of a layer without weights with difference quotients. */
export function checkBackward(pool: ThreadPool, layerCase: LayerCase, run: LayerRun): void {
  for (let input = 0; input < layerCase.inputs.length; input++) {
    const { step, runner, inputs, gradients } = prepare(pool, layerCase, run);
    const from = step.from.map((tensor, index) => runner.input(tensor, inputs[index]!));
    const gradient = runner.input(step.to, gradients);
    const { view, read } = runner.output(step.from[input]!);
    runner.run(layerBackward(runner.program, step, { from, gradient, into: view, input, border: run.borders[0] }));
    read().forEach((image, index) => {
      const images = inputs.map((all) => all[index]!);
      const output = () => layerOutput(layerCase.layer, images);
      const expected = once([nameOf(layerCase), input, index], () =>
        numericalGradient(images[input]!.data, output, gradients[index]!),
      );
      expectClose(image.data, expected, TOLERANCE);
    });
    runner.program.release();
  }
}

/** Compares the outputs of a depthwise convolution with the formula. */
export function checkDepthwiseForward(pool: ThreadPool, layerCase: DepthwiseCase, run: LayerRun): void {
  const { step, runner, parameters, images, output } = prepareDepthwise(pool, layerCase, run);
  const from = runner.input(step.from[0]!, images);
  const { view, read } = runner.output(step.to);
  runner.run([depthwiseForwardOperation(runner.program, parameters, { from, to: view, border: run.borders[1] })]);
  read().forEach((image, index) => {
    expectClose(image.data, output(images[index]!).data, DEPTHWISE_TOLERANCE);
  });
  runner.program.release();
}

/** Compares the gradients of the input of a depthwise convolution with difference quotients. */
export function checkDepthwiseInputGradient(pool: ThreadPool, layerCase: DepthwiseCase, run: LayerRun): void {
  const { step, runner, parameters, images, gradients, output } = prepareDepthwise(pool, layerCase, run);
  const gradient = runner.input(step.to, gradients);
  const { view: into, read } = runner.output(step.from[0]!);
  const buffers = { gradient, into, border: run.borders[0] };
  runner.run([depthwiseInputGradientOperation(runner.program, parameters, buffers)]);
  read().forEach((image, index) => {
    const values = images[index]!;
    const expected = once([nameOf(layerCase), 'input', index], () =>
      numericalGradient(values.data, () => output(values), gradients[index]!),
    );
    expectClose(image.data, expected, DEPTHWISE_TOLERANCE);
  });
  runner.program.release();
}

/** Compares the gradients of kernel and bias, for each chunk of images, with difference quotients. */
export function checkDepthwiseWeightGradient(pool: ThreadPool, layerCase: DepthwiseCase, run: LayerRun): void {
  const { step, runner, weights, parameters, images, gradients, output, taps } = prepareDepthwise(pool, layerCase, run);
  const groups = Math.ceil(run.images / run.imagesPerChunk);
  const { count } = parameters.block;
  const address = runner.program.allocate(groups * count * 4);
  pool.memory.floats(address, groups * count).fill(Number.NaN);
  const from = runner.input(step.from[0]!, images);
  const gradient = runner.input(step.to, gradients);
  runner.run([depthwiseWeightGradientOperation(runner.program, parameters, { from, gradient }, address)]);
  for (let group = 0; group < groups; group++) {
    const indices = [...images.keys()].filter((index) => Math.floor(index / run.imagesPerChunk) === group);
    const expected = new Float64Array(count);
    for (const index of indices) {
      weights.forEach((values, part) => {
        const each = once([nameOf(layerCase), 'weights', part, index], () =>
          numericalGradient(values, () => output(images[index]!), gradients[index]!),
        );
        if (part === 0 || step.layer.useBias) {
          const rows = part === 0 ? taps : 1;
          const first = part === 0 ? 0 : depthwiseKernelValues(step);
          forWeights(step.to, rows, (at, i) => {
            expected[first + at]! += each[i]!;
          });
        }
      });
    }
    // The gradients of the padding are 0, so that the optimizer leaves it at 0.
    expectClose(pool.memory.floats(address + group * count * 4, count), expected, DEPTHWISE_TOLERANCE);
  }
  runner.program.release();
}

function prepare(pool: ThreadPool, layerCase: LayerCase, run: LayerRun) {
  const step = stepOf(layerCase, run.borders);
  const inputs = layerCase.inputs.map((shape, index) => randomImages(run.images, shape, index + 1));
  const gradients = randomImages(run.images, outputShape(layerCase.layer, layerCase.inputs), 99);
  const slices = isSliced(step) && step.to.padded % COLUMNS === 0 ? step.to.padded / COLUMNS : 1;
  const runner = new OperationRunner(pool, { ...run, slices: Math.min(slices, run.slices ?? 1) });
  return { step, inputs, gradients, runner };
}

/** A step with random weights, in the kernels' memory and for the formulas. */
function prepareDepthwise(pool: ThreadPool, layerCase: DepthwiseCase, run: LayerRun) {
  const { step: anyStep, inputs, gradients, runner } = prepare(pool, layerCase, run);
  const { layer } = layerCase;
  const step: DepthwiseStep = { ...anyStep, layer };
  const taps = layer.kernel[0] * layer.kernel[1];
  const weights = [
    randomImages(1, [taps * step.to.channels], 5)[0]!.data,
    layer.useBias ? randomImages(1, [step.to.channels], 6)[0]!.data : new Float64Array(step.to.channels),
  ];
  const count = depthwiseKernelValues(step) + (layer.useBias ? step.to.padded : 0);
  const block = { weights: runner.program.allocate(count * 4), state: 0, state2: 0, count, decaying: 0 };
  const memory = pool.memory.floats(block.weights, count);
  forWeights(step.to, taps, (at, i) => {
    memory[at] = weights[0]![i]!;
  });
  if (layer.useBias) memory.set(weights[1]!, depthwiseKernelValues(step));
  const output = (image: Image) => layerOutput(layer, [image], weights);
  return { step, runner, weights, parameters: { step, block }, images: inputs[0]!, gradients, output, taps };
}

/** Calls `each` with the index in memory and that in Keras' order of each value of [rows, channels]. */
function forWeights({ channels, padded }: Tensor, rows: number, each: (at: number, index: number) => void): void {
  for (let row = 0; row < rows; row++) for (let c = 0; c < channels; c++) each(row * padded + c, row * channels + c);
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
function once(key: readonly unknown[], gradient: () => Float64Array): Float64Array {
  const name = key.join(' ');
  const known = numericalGradients.get(name) ?? gradient();
  numericalGradients.set(name, known);
  return known;
}

/** Fails unless each value is as expected, up to a part of its size. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= tolerance * (1 + Math.abs(expected[i]!)))) {
      expect.fail(`value ${i} is ${actual[i]}, not ${expected[i]}`);
    }
  }
}
