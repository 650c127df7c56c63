import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADAM, type Engine, type OptimizerSpec, type StepOptions } from '../../../src/core/engine/engine.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { classCount, type Network, weightSpecs } from '../../../src/core/model/network.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { randomBatch, randomNetwork, randomWeights, SMALL_NETWORKS } from './networks.ts';
import { randomGraph } from './random-graph.ts';

const SGD: OptimizerSpec = { type: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
const STEP: StepOptions = { learningRate: 1, step: 1, seed: 42, labelSmoothing: 0.1 };

/** The largest difference between two tensors, relative to the largest value of the second. */
export function relativeDifference(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    if (!Number.isFinite(actual[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / Math.max(largest, 1e-6);
}

/** Relative error of values after one pass through a network in float32. */
const TOLERANCE = 2e-5;

/** Batches as tests of small networks and of single layers train them: images, batch size. */
const BATCHES: readonly (readonly [images: number, batchSize: number])[] = [
  [1, 20],
  [7, 20],
  [20, 20],
  [95, 100],
];
const FEW_BATCHES = [
  [1, 3],
  [21, 30],
] as const;

const FEWEST_BATCHES = [[5, 6]] as const;

/** How much is tested: less on slow engines, where each kernel is still tested. */
const EFFORTS = {
  thorough: { networks: 40, graphs: 25, steps: 50, batches: BATCHES, predicted: [0, 1, 13, 250], every: true },
  moderate: { networks: 15, graphs: 10, steps: 20, batches: BATCHES, predicted: [0, 1, 13], every: true },
  quick: { networks: 5, graphs: 2, steps: 10, batches: FEW_BATCHES, predicted: [1, 13], every: false },
} as const;

interface ContractOptions {
  effort?: keyof typeof EFFORTS;
  /** Of which a step is trained. */
  architectures?: readonly ('cnn' | 'vgg')[];
}

/** Tests that every engine must pass. */
export function engineContract(
  title: string,
  start: () => Promise<Engine>,
  { effort = 'thorough', architectures = ['cnn', 'vgg'] }: ContractOptions = {},
): void {
  const { networks, graphs, steps, batches, predicted, every } = EFFORTS[effort];
  const cases = [
    ...Object.entries(SMALL_NETWORKS).map(([name, network]) => {
      return { name, network, batches, predicted, steps };
    }),
    ...Object.entries(LAYER_NETWORKS).flatMap(([name, network]) => {
      if (every) return { name, network, batches: FEW_BATCHES, predicted: [0, 1, 20], steps: 6 };
      return name === 'every layer' ? { name, network, batches: FEWEST_BATCHES, predicted: [2], steps: 2 } : [];
    }),
  ];
  describe(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(() => engine.dispose());

    /** A network on the engine under test and on the reference, with the same weights. */
    async function both(network: Network, batchSize: number, optimizer: OptimizerSpec) {
      const weights = randomWeights(network, 7);
      const tested = await engine.createNetwork(network, { batchSize, optimizer });
      const reference = new ReferenceNetwork(network, optimizer);
      await tested.setWeights(weights);
      await reference.setWeights(weights);
      return { tested, reference };
    }

    describe.each(cases)('$name', ({ network, batches, predicted, steps }) => {
      const classes = classCount(network);

      test.each(batches)(
        'loss, gradients and moving averages of %i images with batch size %i',
        async (n, batchSize) => {
          const { tested, reference } = await both(network, batchSize, SGD);
          const { images, labels } = randomBatch(network, classes, n, n);
          const result = await tested.trainBatch(images, labels, STEP);
          const expected = reference.lossAndGradients(images, labels, STEP);
          expect(result.loss / expected.loss).toBeCloseTo(1, 4);
          expect(result.correct).toBe(expected.correct);
          // Without momentum and with a learning rate of 1, the velocity is the negated gradient.
          const velocities = await tested.getOptimizerState();
          const after = await tested.getWeights();
          weightSpecs(network).forEach(({ name, trainable }, index) => {
            const gradient = reference.gradients[index];
            const [actual, expected] = trainable
              ? [velocities.shift()!, gradient!.map((value) => -value)]
              : [after[index]!, reference.weights[index]!];
            // Batch norm over a single value and biases that batch norm cancels: the gradient consists of rounding errors.
            const degenerate = expected.every((value) => Math.abs(value) < 1e-9);
            if (degenerate) expect(Math.max(...actual.map(Math.abs)), name).toBeLessThan(1e-4);
            else expect(relativeDifference(actual, expected), name).toBeLessThan(TOLERANCE * 10);
          });
          await tested.dispose();
        },
      );

      test('logits of any number of images', async () => {
        const { tested, reference } = await both(network, 4, ADAM);
        for (const n of predicted) {
          const { images } = randomBatch(network, classes, n, 100 + n);
          const difference = relativeDifference(await tested.predict(images), await reference.predict(images));
          expect(difference).toBeLessThan(TOLERANCE);
        }
        await tested.dispose();
      });

      test(`losses of ${steps} steps, some of them on smaller batches`, async () => {
        const { tested, reference } = await both(network, 16, ADAM);
        for (let step = 1; step <= steps; step++) {
          const { images, labels } = randomBatch(network, classes, step % 5 === 0 ? 9 : 16, step);
          const options = { learningRate: 2e-3, step, seed: step, labelSmoothing: step % 2 ? 0.1 : 0 };
          const { loss } = await tested.trainBatch(images, labels, options);
          const expected = await reference.trainBatch(images, labels, options);
          expect(Math.abs(loss / expected.loss - 1), `step ${step}`).toBeLessThan(2e-3);
        }
        await tested.dispose();
      });
    });

    test.each([
      ['sequential networks', randomNetwork, networks],
      ['graphs', randomGraph, graphs],
    ] as const)('loss, gradients and logits of random %s', async (_kind, generate, count) => {
      for (let seed = 1; seed <= count; seed++) {
        const network = generate(seed);
        const why = `network ${seed}: ${JSON.stringify(network)}`;
        const batchSize = [3, 10, 40, 70][seed % 4]!;
        const { tested, reference } = await both(network, batchSize, SGD);
        const { images, labels } = randomBatch(network, classCount(network), batchSize - 1, seed);
        const logits = relativeDifference(await tested.predict(images), await reference.predict(images));
        expect(logits, why).toBeLessThan(TOLERANCE * 10);
        const { loss } = await tested.trainBatch(images, labels, STEP);
        expect(loss / reference.lossAndGradients(images, labels, STEP).loss, why).toBeCloseTo(1, 4);
        const gradients = reference.gradients.filter((gradient) => gradient !== null);
        // Some gradients consist of rounding errors, e.g. those of a scale that batch norm cancels.
        const largest = Math.max(
          ...gradients.map((gradient) => gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0)),
        );
        (await tested.getOptimizerState()).forEach((velocity, index) => {
          const expected = gradients[index]!;
          velocity.forEach((value, i) => {
            if (Math.abs(value + expected[i]!) > largest * 1e-3) expect.fail(`${why}, tensor ${index}, value ${i}`);
          });
        });
        await tested.dispose();
      }
    });

    const OPTIMIZERS: OptimizerSpec[] = [
      { ...ADAM, weightDecay: 0.05 },
      { type: 'adam', beta1: 0.8, beta2: 0.99, epsilon: 1e-3, weightDecay: 0 },
      { type: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
      { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    ];
    test.each(OPTIMIZERS)('weights and state after three steps of %j', async (optimizer) => {
      const network = SMALL_NETWORKS['same convolutions, batch norm, dropout']!;
      const { tested, reference } = await both(network, 12, optimizer);
      for (let step = 1; step <= 3; step++) {
        const { images, labels } = randomBatch(network, 7, 12, step);
        const options = { learningRate: 0.01, step, seed: step };
        await tested.trainBatch(images, labels, options);
        await reference.trainBatch(images, labels, options);
      }
      const expected = await reference.getWeights();
      (await tested.getWeights()).forEach((weights, index) => {
        expect(relativeDifference(weights, expected[index]!)).toBeLessThan(1e-3);
      });
      const expectedState = await reference.getOptimizerState();
      (await tested.getOptimizerState()).forEach((state, index) => {
        expect(relativeDifference(state, expectedState[index]!)).toBeLessThan(1e-2);
      });
      await tested.dispose();
    });

    test('training resumes exactly from saved weights and state', async () => {
      const network = SMALL_NETWORKS['same convolutions, batch norm, dropout']!;
      const [uninterrupted, before, after] = await Promise.all(
        [1, 2, 3].map(() => engine.createNetwork(network, { batchSize: 8 })),
      );
      const start = randomWeights(network, 3);
      await uninterrupted!.setWeights(start);
      await before!.setWeights(start);
      const step = (target: typeof uninterrupted, number: number) => {
        const { images, labels } = randomBatch(network, 7, 8, number);
        return target!.trainBatch(images, labels, { learningRate: 0.01, step: number, seed: number });
      };
      for (let number = 1; number <= 4; number++) await step(uninterrupted, number);
      for (let number = 1; number <= 2; number++) await step(before, number);
      await after!.setWeights(await before!.getWeights());
      await after!.setOptimizerState(await before!.getOptimizerState());
      for (let number = 3; number <= 4; number++) await step(after, number);
      expect(await after!.getWeights()).toEqual(await uninterrupted!.getWeights());
      expect(await after!.getOptimizerState()).toEqual(await uninterrupted!.getOptimizerState());
      for (const network of [uninterrupted, before, after]) await network!.dispose();
    });

    test('returns copies of the weights that were set', async () => {
      const network = architecture('vgg', 47);
      const tested = await engine.createNetwork(network);
      const weights = randomWeights(network, 5);
      await tested.setWeights(weights);
      (await tested.getWeights())[0]!.fill(0);
      (await tested.getWeights()).forEach((values, index) => {
        expect(relativeDifference(values, weights[index]!)).toBe(0);
      });
      await tested.dispose();
    });

    test.each(architectures)('one step of the %s', async (name) => {
      const network = architecture(name, 47);
      const { tested, reference } = await both(network, 3, SGD);
      // In these images no two values in a pooling window are so close that rounding decides which is the maximum.
      const { images, labels } = randomBatch(network, 47, 3, 12);
      const options = { ...STEP, learningRate: 0.01 };
      const { loss } = await tested.trainBatch(images, labels, options);
      const expected = await reference.trainBatch(images, labels, options);
      expect(loss / expected.loss).toBeCloseTo(1, 5);
      const expectedState = await reference.getOptimizerState();
      (await tested.getOptimizerState()).forEach((state, index) => {
        expect(relativeDifference(state, expectedState[index]!)).toBeLessThan(1e-3);
      });
      const difference = relativeDifference(await tested.predict(images), await reference.predict(images));
      expect(difference).toBeLessThan(1e-3);
      await tested.dispose();
    });

    test('rejects invalid networks, batches and weights', async () => {
      const invalid: [string, Network][] = [
        ['empty output', { input: [4, 4, 1], layers: architecture('cnn', 5).layers }],
        ['an image as output', { input: [4, 4, 1], layers: [{ type: 'relu' }] }],
        ['one class', { input: [28, 28, 1], layers: architecture('cnn', 1).layers }],
      ];
      for (const [why, network] of invalid) {
        await expect(engine.createNetwork(network), why).rejects.toMatchObject({ code: 'network-unsupported' });
      }
      const network = SMALL_NETWORKS['a multilayer perceptron']!;
      const tested = await engine.createNetwork(network, { batchSize: 2 });
      const { images, labels } = randomBatch(network, 4, 3, 1);
      await expect(tested.trainBatch(images, labels, STEP)).rejects.toThrow('a batch of 3 images');
      await expect(tested.trainBatch(images, labels.subarray(0, 2), STEP)).rejects.toThrow('labels');
      await expect(tested.trainBatch(images.subarray(0, 35), Uint8Array.of(4), STEP)).rejects.toThrow('label');
      await expect(tested.predict(images.subarray(1))).rejects.toThrow('whole number');
      await expect(tested.setWeights(randomWeights(architecture('cnn', 47), 1))).rejects.toMatchObject({
        code: 'weights-mismatch',
      });
      await tested.dispose();
    });
  });
}
