/** Bounds of the search for the inverse temperature; trained networks are well within them. */
const MIN_INVERSE = 0.05;
const MAX_INVERSE = 20;
/** Newton's method converges in four to six steps; this many bisections are as precise. */
const MAX_STEPS = 40;
/** The search ends when a step changes the inverse by less than this fraction. */
const PRECISION = 1e-6;
/**
 * Penalty for a temperature of e or 1/e, in nats: a few validation images that are all read correctly do not mean that every
 * image will be.
 */
const PRIOR_WEIGHT = 20;

/**
 * The temperature that calibrates a network: probabilities of the logits divided by it match how often they are right (Guo
 * et al. 2017, arXiv 1706.04599). It minimizes the cross-entropy. `logits`: [n, classes], of held-out images; `labels`:
 * class indices, [n]; `shift`: [classes], added after the division where the class frequencies of these images differ from
 * those the network was trained with.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array, shift?: readonly number[]): number {
  // The cross-entropy is convex in the inverse temperature: Newton's method, with bisection where a step leaves the range.
  let low = MIN_INVERSE;
  let high = MAX_INVERSE;
  let inverse = 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { slope, curvature } = derivatives(logits, labels, shift, inverse);
    if (slope > 0) high = inverse;
    else low = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    const change = Math.abs(next / inverse - 1);
    inverse = next;
    if (change < PRECISION) break;
  }
  return 1 / inverse;
}

/** First and second derivative of the penalized cross-entropy with respect to the inverse temperature. */
function derivatives(
  logits: Float32Array,
  labels: Uint8Array,
  shift: readonly number[] | undefined,
  inverse: number,
): { slope: number; curvature: number } {
  const classes = logits.length / labels.length;
  const scaled = new Float64Array(classes);
  const log = Math.log(inverse);
  let slope = (2 * PRIOR_WEIGHT * log) / inverse;
  let curvature = (2 * PRIOR_WEIGHT * (1 - log)) / inverse ** 2;
  labels.forEach((label, image) => {
    const row = image * classes;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < classes; i++) {
      scaled[i] = logits[row + i]! * inverse + (shift?.[i] ?? 0);
      if (scaled[i]! > highest) highest = scaled[i]!;
    }
    // Mean and variance of the logits under the probabilities they imply.
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
 * Weights of the same network with its logits divided by the temperature. The division is folded into the last layer, a
 * dense layer with a bias, so that other programs read calibrated probabilities too.
 */
export function withTemperature(weights: readonly Float32Array[], temperature: number): Float32Array[] {
  const last = weights.length - 2;
  return weights.map((tensor, index) => (index < last ? tensor : tensor.map((value) => value / temperature)));
}
