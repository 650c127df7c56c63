import type { Layer, LayerType } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { layerInputs, type Network } from './network.ts';

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
 * A network whose logits are those of `network` divided by the temperature, so that other programs read calibrated
 * probabilities too. The division is folded into the last layers if they allow it; otherwise a rescaling layer follows. The
 * weights keep their shapes.
 */
export function withTemperature(
  network: Network,
  weights: readonly Float32Array[],
  temperature: number,
): { network: Network; weights: Float32Array[] } {
  const scaled = scalableLayers(network);
  if (!scaled) {
    const rescaling: Layer = { type: 'rescaling', scale: 1 / temperature, offset: 0 };
    return { network: { ...network, layers: [...network.layers, rescaling] }, weights: [...weights] };
  }
  const layers = network.layers.map((layer, index): Layer => {
    if (layer.type !== 'rescaling' || !scaled.has(index)) return layer;
    return { ...layer, scale: layer.scale / temperature, offset: layer.offset / temperature };
  });
  const divided = layerWeights(network, weights).flatMap((own, index) => {
    if (!scaled.has(index)) return own;
    // Of batch normalization gamma and beta, not the moving averages.
    return own.map((tensor, position) => (position < 2 ? tensor.map((value) => value / temperature) : tensor));
  });
  return { network: { ...network, layers }, weights: divided };
}

/** Layers that can be scaled by a positive factor: their output is linear in their weights. */
const LINEAR: ReadonlySet<LayerType> = new Set(['dense', 'conv2d', 'depthwiseConv2d', 'batchNorm', 'rescaling']);

/** Layers whose output is scaled by a positive factor if all of their inputs are. */
const HOMOGENEOUS: ReadonlySet<LayerType> = new Set([
  'relu',
  'leakyRelu',
  'maxPool',
  'averagePool',
  'globalMaxPool',
  'globalAveragePool',
  'dropout',
  'spatialDropout',
  'flatten',
  'reshape',
  'zeroPadding',
  'add',
  'concatenate',
]);

/** The layers to scale in order to scale the output of a network, and nothing else; null if there are none. */
function scalableLayers(network: Network): ReadonlySet<number> | null {
  const scaled = new Set<number>();
  /** Layers whose output is to be scaled. */
  const needed = new Set([network.layers.length - 1]);
  /** Those of them whose inputs are scaled for that. */
  const passing = new Set<number>();
  for (let index = network.layers.length - 1; index >= 0; index--) {
    if (!needed.has(index)) continue;
    const others = network.layers.some((_, reader) => {
      return reader > index && layerInputs(network, reader).includes(index) && !passing.has(reader);
    });
    if (others) return null;
    const { type } = network.layers[index]!;
    if (LINEAR.has(type)) {
      scaled.add(index);
    } else if (HOMOGENEOUS.has(type)) {
      passing.add(index);
      for (const input of layerInputs(network, index)) needed.add(input);
    } else return null;
  }
  return needed.has(-1) ? null : scaled;
}
