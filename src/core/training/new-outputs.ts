import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { splitLastLayer } from '../model/last-layer.ts';
import type { Network } from '../model/network.ts';
import { logSumExp } from '../model/softmax.ts';
import type { Batch } from './batch-maker.ts';

export interface NewOutputs {
  network: Network;
  weights: readonly Float32Array[];
  /** The indices of its new outputs. */
  outputs: readonly number[];
  /** Images that show new classes, and others, with their class indices. */
  batches: readonly Batch[];
  engine: Engine;
  /** Asked before each step. */
  isStopped: () => boolean;
}

/** Steps of gradient descent, each on all images, with Adam and its usual constants. */
const STEPS = 150;
const LEARNING_RATE = 0.03;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * Trains new outputs of the last layer alone, with everything else as it was: otherwise, while they know nothing, their large gradients
 * would distort what the network knows (Kumar et al. 2022, arXiv 2202.10054), and fine-tuning is too short to make them answers.
 * Every class counts equally. Returns the weights of the network: those it was given if it does not end with a dense layer, and null if
 * it was stopped.
 */
export async function trainNewOutputs(options: NewOutputs): Promise<readonly Float32Array[] | null> {
  const { network, weights, outputs, batches, engine } = options;
  const parts = splitLastLayer(network, weights);
  const last = network.layers.at(-1)!;
  if (parts === null || last.type !== 'dense' || outputs.length === 0) return weights;
  const { trunk, trunkWeights, kernel, bias } = parts;
  const width = bias.length;
  const size = kernel.length / width;
  const labels = Uint8Array.from(batches.flatMap((batch) => [...batch.labels]));
  const features = new Float32Array(labels.length * size);
  const reader = await engine.createNetwork(trunk, { features: true });
  try {
    await reader.setWeights(trunkWeights);
    let at = 0;
    for (const { images } of batches) {
      const read = await reader.predict(images);
      features.set(read, at);
      at += read.length;
    }
  } finally {
    await reader.dispose();
  }
  const counts = new Array<number>(width).fill(0);
  for (const label of labels) counts[label]!++;
  const classes = counts.filter((count) => count > 0).length;
  const known = Array.from({ length: width }, (_, output) => output).filter((output) => !outputs.includes(output));
  const rest = Array.from(labels, (_, image) => {
    const row = features.subarray(image * size, (image + 1) * size);
    return logSumExp(Float32Array.from(known, (output) => logit(row, kernel, bias, output)));
  });
  const gradients = outputs.map(() => new Float64Array(size + 1));
  const moments = outputs.map(() => [new Float64Array(size + 1), new Float64Array(size + 1)] as const);
  for (let step = 1; step <= STEPS; step++) {
    // Lets messages that stop the run arrive.
    await setImmediate();
    if (options.isStopped()) return null;
    for (const gradient of gradients) gradient.fill(0);
    for (const [image, label] of labels.entries()) {
      const row = features.subarray(image * size, (image + 1) * size);
      const logits = outputs.map((output) => logit(row, kernel, bias, output));
      const total = logSumExp(Float32Array.from([rest[image]!, ...logits]));
      const weight = 1 / counts[label]! / classes;
      outputs.forEach((output, index) => {
        const error = weight * (Math.exp(logits[index]! - total) - (label === output ? 1 : 0));
        const gradient = gradients[index]!;
        for (let i = 0; i < size; i++) gradient[i]! += error * row[i]!;
        gradient[size]! += error;
      });
    }
    outputs.forEach((output, index) => {
      const [first, second] = moments[index]!;
      for (let i = 0; i <= size; i++) {
        const gradient = gradients[index]![i]!;
        first[i] = BETA1 * first[i]! + (1 - BETA1) * gradient;
        second[i] = BETA2 * second[i]! + (1 - BETA2) * gradient * gradient;
        const mean = first[i]! / (1 - BETA1 ** step);
        const change = (LEARNING_RATE * mean) / (Math.sqrt(second[i]! / (1 - BETA2 ** step)) + EPSILON);
        if (i < size) kernel[i * width + output]! -= change;
        else if (last.useBias) bias[output]! -= change;
      }
    });
  }
  return [...weights.slice(0, last.useBias ? -2 : -1), kernel, ...(last.useBias ? [bias] : [])];
}

function logit(row: Float32Array, kernel: Float32Array, bias: Float32Array, output: number): number {
  const width = bias.length;
  let sum = bias[output]!;
  for (let i = 0; i < row.length; i++) sum += row[i]! * kernel[i * width + output]!;
  return sum;
}
