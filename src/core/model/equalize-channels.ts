import { layerWeights } from './layer-weights.ts';
import { layerInputs, type Network } from './network.ts';

/**
 * Weights with which a network predicts the same, up to rounding, and in whose kernels the largest numbers of all output channels
 * are equal where a batch normalization follows, which undoes the scaling. A kernel can then be stored in few bits with one scale
 * for all its channels. `weights`: in the order of `weightSpecs(network)`, as the result is.
 */
export function equalizeChannels(network: Network, weights: readonly Float32Array[]): Float32Array[] {
  const own = layerWeights(network, weights);
  network.layers.forEach((layer, index) => {
    if (layer.type !== 'batchNorm') return;
    const [input] = layerInputs(network, index) as readonly [number];
    const before = network.layers[input];
    if ((before?.type !== 'conv2d' && before?.type !== 'dense') || readers(network, input) > 1) return;
    const [kernel, bias] = own[input] as [Float32Array, Float32Array | undefined];
    const factors = factorsOf(kernel, own[index]![0]!.length);
    const scaled = (tensor: Float32Array) => tensor.map((value, i) => value * factors[i % factors.length]!);
    own[input] = bias ? [scaled(kernel), scaled(bias)] : [scaled(kernel)];
    own[index] = scaledBatchNorm(own[index]!, factors, layer.epsilon);
  });
  return own.flat();
}

function readers(network: Network, index: number): number {
  return network.layers.filter((_, reader) => layerInputs(network, reader).includes(index)).length;
}

/** What to multiply each channel by, so that all reach the geometric mean of their largest numbers. */
function factorsOf(kernel: Float32Array, channels: number): number[] {
  const largest = new Array<number>(channels).fill(0);
  kernel.forEach((value, i) => {
    largest[i % channels] = Math.max(largest[i % channels]!, Math.abs(value));
  });
  const logs = largest.filter((value) => value > 0).map(Math.log);
  const target = Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length));
  return largest.map((value) => (value > 0 ? target / value : 1));
}

/**
 * A batch normalization that maps what was multiplied by `factors` to what it mapped before. Its epsilon stays the same: where it
 * is more than the whole scaled variance, gamma makes up for it.
 */
function scaledBatchNorm(
  weights: readonly Float32Array[],
  factors: readonly number[],
  epsilon: number,
): [Float32Array, Float32Array, Float32Array, Float32Array] {
  const [gamma, beta, mean, variance] = weights as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scaledVariance = variance.map((value, i) => Math.max(0, factors[i]! ** 2 * (value + epsilon) - epsilon));
  const scaledGamma = gamma.map((value, i) => {
    const missing = (scaledVariance[i]! + epsilon) / (factors[i]! ** 2 * (variance[i]! + epsilon));
    return value * Math.sqrt(missing);
  });
  return [scaledGamma, beta, mean.map((value, i) => value * factors[i]!), scaledVariance];
}
