import type { LayerFunction, Shape } from '../../../model/layer.ts';
import { type Batch, columnSums, type ReferenceLayer } from './layer.ts';

/** Batch normalization (Ioffe & Szegedy 2015) as in Keras: biased variance over batch, height and width. */
export function batchNorm(
  { momentum, epsilon }: Extract<LayerFunction, { type: 'batchNorm' }>,
  input: Shape,
): ReferenceLayer {
  const channels = input.at(-1)!;
  const gamma = new Float64Array(channels).fill(1);
  const beta = new Float64Array(channels);
  const movingMean = new Float64Array(channels);
  const movingVariance = new Float64Array(channels).fill(1);
  let normalized: Batch;
  let inverse: Float64Array;
  const layer: ReferenceLayer = {
    weights: [gamma, beta, movingMean, movingVariance],
    gradients: [],
    forward([batch], training) {
      const x = batch!;
      const count = x.data.length / channels;
      const mean = training ? columnSums(x, channels).map((sum) => sum / count) : movingMean;
      const squares = { ...x, data: x.data.map((value, i) => (value - mean[i % channels]!) ** 2) };
      const variance = training ? columnSums(squares, channels).map((sum) => sum / count) : movingVariance;
      if (training) {
        for (let c = 0; c < channels; c++) {
          movingMean[c] = movingMean[c]! * momentum + mean[c]! * (1 - momentum);
          movingVariance[c] = movingVariance[c]! * momentum + variance[c]! * (1 - momentum);
        }
      }
      inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
      normalized = { ...x, data: x.data.map((value, i) => (value - mean[i % channels]!) * inverse[i % channels]!) };
      return { ...x, data: normalized.data.map((value, i) => value * gamma[i % channels]! + beta[i % channels]!) };
    },
    backward(dy) {
      const count = dy.data.length / channels;
      const dBeta = columnSums(dy, channels);
      const dGamma = columnSums({ ...dy, data: dy.data.map((value, i) => value * normalized.data[i]!) }, channels);
      layer.gradients.splice(0, 4, dGamma, dBeta, null, null);
      const data = dy.data.map((value, i) => {
        const c = i % channels;
        return gamma[c]! * inverse[c]! * (value - dBeta[c]! / count - (normalized.data[i]! * dGamma[c]!) / count);
      });
      return [{ ...dy, data }];
    },
  };
  return layer;
}
