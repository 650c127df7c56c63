import type { Engine, OptimizerSpec, StepOptions } from '../../../src/core/engine/engine.ts';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { hash32 } from '../../../src/core/random.ts';
import { randomBatch, randomWeights } from './networks.ts';

/** Few, since a difference quotient takes two forward passes for each value. */
const QUOTIENT_IMAGES = 3;
/** More, so that batch norm does not amplify rounding errors. */
const ENGINE_IMAGES = 12;
const STEP: StepOptions = { learningRate: 1, step: 1, seed: 3, labelSmoothing: 0.1 };
/** Without momentum and with a learning rate of 1, the velocity is the negated gradient. */
const SGD: OptimizerSpec = { type: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
/** Values of each tensor whose gradient is compared with a difference quotient. */
const SAMPLES = 6;
/** Half the width of a difference quotient. Rounding errors grow if it is smaller, the error of the quotient if it is larger. */
const WIDTH = 1e-6;

/**
 * The largest difference between the gradients of the reference engine and central difference quotients of its loss, in
 * double precision; relative to the largest gradient of the same tensor.
 */
export async function quotientError(network: Network): Promise<number> {
  const { reference, images, labels } = await prepare(network, QUOTIENT_IMAGES);
  const gradients = referenceGradients(reference, images, labels);
  const scales = scalesOf(gradients);
  const weights = reference.weights.filter((_, index) => reference.gradients[index]);
  let error = 0;
  weights.forEach((tensor, index) => {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const i = hash32(index, sample) % tensor.length;
      const original = tensor[i]!;
      const lossAt = (value: number) => {
        tensor[i] = value;
        return reference.loss(images, labels, STEP);
      };
      const slope = (lossAt(original + WIDTH) - lossAt(original - WIDTH)) / (2 * WIDTH);
      tensor[i] = original;
      error = Math.max(error, Math.abs(slope - gradients[index]![i]!) / scales[index]!);
    }
  });
  return error;
}

/** The largest difference between the gradients of an engine and of the reference, relative as in `quotientError`. */
export async function engineError(engine: Engine, network: Network): Promise<number> {
  const { reference, weights, images, labels } = await prepare(network, ENGINE_IMAGES);
  const tested = await engine.createNetwork(network, { batchSize: ENGINE_IMAGES, optimizer: SGD });
  await tested.setWeights(weights);
  await tested.trainBatch(images, labels, STEP);
  const velocities = await tested.getOptimizerState();
  await tested.dispose();
  const gradients = referenceGradients(reference, images, labels);
  const scales = scalesOf(gradients);
  let error = 0;
  velocities.forEach((velocity, index) => {
    velocity.forEach((value, i) => {
      const difference = Math.abs(value + gradients[index]![i]!) / scales[index]!;
      // Not Math.max alone: it would lose a NaN that is not the last.
      error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference);
    });
  });
  return error;
}

async function prepare(network: Network, n: number) {
  const reference = new ReferenceNetwork(network);
  const weights = randomWeights(network, 1);
  await reference.setWeights(weights);
  return { reference, weights, ...randomBatch(network, classCount(network), n, 2) };
}

/** Copies of the gradients of the trainable weights. */
function referenceGradients(reference: ReferenceNetwork, images: Uint8Array, labels: Uint8Array): Float64Array[] {
  reference.lossAndGradients(images, labels, STEP);
  return reference.gradients.flatMap((gradient) => (gradient ? [gradient.slice()] : []));
}

/**
 * The largest gradient of each tensor. Where it is zero but for rounding errors, as that of a bias that batch norm cancels, the
 * largest gradient of all.
 */
function scalesOf(gradients: readonly Float64Array[]): number[] {
  const largest = gradients.map((gradient) => gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const ofAll = Math.max(...largest);
  return largest.map((value) => (value < 1e-9 * ofAll ? ofAll : value));
}
