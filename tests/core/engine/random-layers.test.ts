import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import type { Layer, Shape, Size } from '../../../src/core/model/layer.ts';
import { elements, outputShape } from '../../../src/core/model/network.ts';
import {
  checkBackward,
  checkDepthwiseForward,
  checkDepthwiseInputGradient,
  checkDepthwiseWeightGradient,
  checkForward,
  isDepthwiseCase,
  type LayerCase,
  type LayerRun,
} from './layer-runs.ts';

let pool: ThreadPool;

beforeAll(async () => {
  pool = await ThreadPool.start(1);
});

afterAll(async () => {
  await pool.stop();
});

const size = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
const channels = fc.constantFrom(1, 3, 16, 17);
const image: fc.Arbitrary<Shape> = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), channels);
const windows = fc.record({ stride: size(3), padding: fc.constantFrom('valid', 'same') });
const margin = fc.integer({ min: 0, max: 2 });

/** Layers of one input. */
const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc
    .record({ type: fc.constantFrom('maxPool', 'averagePool'), size: size(4) })
    .chain((pooling) => windows.map((others) => ({ ...pooling, ...others }))),
  fc.record({ type: fc.constantFrom('globalMaxPool', 'globalAveragePool', 'flatten', 'softmax') }),
  fc.record({ type: fc.constant('zeroPadding'), top: margin, bottom: margin, left: margin, right: margin }),
  fc
    .record({
      type: fc.constant('depthwiseConv2d'),
      kernel: size(7),
      multiplier: fc.constantFrom(1, 1, 2, 3),
      useBias: fc.boolean(),
    })
    .chain((convolution) => windows.map((others) => ({ ...convolution, ...others }))),
);

const fits = ({ layer, inputs }: LayerCase) => outputShape(layer, inputs).every((length: number) => length >= 1);

const ofOneInput: fc.Arbitrary<LayerCase> = fc
  .record({ layer, inputs: fc.tuple(image) })
  .filter(fits)
  .filter(({ layer, inputs }) => elements(outputShape(layer, inputs)) * elements(inputs[0]) < 200_000);

const joined: fc.Arbitrary<LayerCase> = fc
  .record({ pixels: size(4), channels: fc.array(channels, { minLength: 2, maxLength: 4 }) })
  .map(({ pixels: [height, width], channels }) => ({
    layer: { type: 'concatenate' },
    inputs: channels.map((count): Shape => [height, width, count]),
  }));

/** From one shape to another with as many values. */
const reshaped: fc.Arbitrary<LayerCase> = fc
  .record({ factors: fc.tuple(size(4), size(5)), unpadded: fc.boolean() })
  .map(({ factors: [[a, b], [c, d]], unpadded }) => ({
    layer: { type: 'reshape', shape: [b, a * c, d] },
    inputs: [[c, d, a * b]],
    unpadded,
  }));

const run: fc.Arbitrary<LayerRun> = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  imagesPerChunk: fc.integer({ min: 1, max: 4 }),
  imagesPerPass: fc.integer({ min: 1, max: 2 }),
  borders: size(3).map(([from, to]): Size => [from - 1, to - 1]),
  local: fc.boolean(),
});

test('layers of random sizes on random images agree with the formulas', () => {
  const { FUZZ_SEED, FUZZ_RUNS } = process.env;
  fc.assert(
    fc.property(fc.oneof({ arbitrary: ofOneInput, weight: 4 }, joined, reshaped), run, (layerCase, settings) => {
      if (isDepthwiseCase(layerCase)) {
        checkDepthwiseForward(pool, layerCase, settings);
        checkDepthwiseInputGradient(pool, layerCase, settings);
        checkDepthwiseWeightGradient(pool, layerCase, settings);
      } else {
        checkForward(pool, layerCase, settings);
        checkBackward(pool, layerCase, settings);
      }
    }),
    { seed: Number(FUZZ_SEED ?? 16), numRuns: Number(FUZZ_RUNS ?? 40) },
  );
});
