/** The inverse of the temperature is searched between these; that of a trained network lies well within. */
const LOWEST = 0.05;
const HIGHEST = 20;
/** Newton's method needs four to six steps; this many halvings of the range come as near. */
const MOST_STEPS = 40;
/** By what part of itself the inverse may still change in the last step. */
const PRECISION = 1e-6;
/** So much is a temperature of e held against it, in nats: some images that are all right do not say that all will be. */
const CAUTION = 20;

/**
 * The temperature that logits have to be divided by so that probabilities say how often they are right (Guo et al. 2017,
 * arXiv 1706.04599): that with the lowest cross-entropy. `logits`: [n, classes] of images not trained on; `labels`: class
 * indices, [n]; `shift`: added after the division, [classes], where the classes are more or less frequent among these
 * images than the network takes them to be.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array, shift?: readonly number[]): number {
  // Newton's method on the inverse temperature, in which the cross-entropy is convex; halving where it leaves the range.
  let from = LOWEST;
  let to = HIGHEST;
  let inverse = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slope, curvature } = derivatives(logits, labels, shift, inverse);
    if (slope > 0) to = inverse;
    else from = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > from && newton < to ? newton : Math.sqrt(from * to);
    const change = Math.abs(next / inverse - 1);
    inverse = next;
    if (change < PRECISION) break;
  }
  return 1 / inverse;
}

/** The first two derivatives of the cross-entropy, with what caution adds, by the inverse temperature. */
function derivatives(
  logits: Float32Array,
  labels: Uint8Array,
  shift: readonly number[] | undefined,
  inverse: number,
): { slope: number; curvature: number } {
  const classes = logits.length / labels.length;
  const scaled = new Float64Array(classes);
  const log = Math.log(inverse);
  let slope = (2 * CAUTION * log) / inverse;
  let curvature = (2 * CAUTION * (1 - log)) / inverse ** 2;
  labels.forEach((label, image) => {
    const row = image * classes;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < classes; i++) {
      scaled[i] = logits[row + i]! * inverse + (shift?.[i] ?? 0);
      if (scaled[i]! > highest) highest = scaled[i]!;
    }
    // Mean and variance of the logits, by the probabilities that they give.
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let i = 0; i < classes; i++) {
      const weight = Math.exp(scaled[i]! - highest);
      const logit = logits[row + i]!;
      sum += weight;
      first += weight * logit;
      second += weight * logit * logit;
    }
    const mean = first / sum;
    slope += mean - logits[row + label]!;
    curvature += second / sum - mean * mean;
  });
  return { slope, curvature };
}

/**
 * The same network with logits divided by the temperature: in the weights of its last layer, so that whoever reads the
 * model gets calibrated probabilities and needs to know nothing. The last layer is a dense one with a bias.
 */
export function withTemperature(weights: readonly Float32Array[], temperature: number): Float32Array[] {
  const last = weights.length - 2;
  return weights.map((tensor, index) => (index < last ? tensor : tensor.map((value) => value / temperature)));
}
