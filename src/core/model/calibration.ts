import { logSumExp } from './softmax.ts';

/** Searched between these; a trained network lies well within. */
const LOWEST = Math.log(0.05);
const HIGHEST = Math.log(20);
const STEPS = 18;
/** So much is a temperature of e held against it, in nats: some images that are all right do not say that all will be. */
const CAUTION = 20;

/**
 * The temperature that logits have to be divided by so that probabilities say how often they are right (Guo et al. 2017,
 * arXiv 1706.04599): that with the lowest cross-entropy. `logits`: [n, classes] of images not trained on; `labels`: class
 * indices, [n]; `shift`: added after the division, [classes], where the classes are more or less frequent among these
 * images than the network takes them to be.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array, shift?: readonly number[]): number {
  const classes = logits.length / labels.length;
  const scaled = new Float64Array(classes);
  const loss = (logTemperature: number) => {
    const factor = Math.exp(-logTemperature);
    let sum = CAUTION * logTemperature ** 2;
    labels.forEach((label, image) => {
      for (let i = 0; i < classes; i++) scaled[i] = logits[image * classes + i]! * factor + (shift?.[i] ?? 0);
      sum += logSumExp(scaled) - scaled[label]!;
    });
    return sum;
  };
  // Golden-section search: over the logarithm of the temperature the loss falls to one lowest point and rises.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let from = LOWEST;
  let to = HIGHEST;
  let lower = to - ratio * (to - from);
  let upper = from + ratio * (to - from);
  let lossLower = loss(lower);
  let lossUpper = loss(upper);
  for (let step = 0; step < STEPS; step++) {
    if (lossLower < lossUpper) {
      [to, upper, lossUpper] = [upper, lower, lossLower];
      lower = to - ratio * (to - from);
      lossLower = loss(lower);
    } else {
      [from, lower, lossLower] = [lower, upper, lossUpper];
      upper = from + ratio * (to - from);
      lossUpper = loss(upper);
    }
  }
  return Math.exp((from + to) / 2);
}

/**
 * The same network with logits divided by the temperature: in the weights of its last layer, so that whoever reads the
 * model gets calibrated probabilities and needs to know nothing. The last layer is a dense one with a bias.
 */
export function withTemperature(weights: readonly Float32Array[], temperature: number): Float32Array[] {
  const last = weights.length - 2;
  return weights.map((tensor, index) => (index < last ? tensor : tensor.map((value) => value / temperature)));
}
