import type * as TensorFlow from '@tensorflow/tfjs-core';
import { type LayerFunction, paddingOf, windowCount } from '../../model/layer.ts';
import type { TensorFlowApi } from './packed-tensors.ts';

type Tensor = TensorFlow.Tensor;
type Tensor4D = TensorFlow.Tensor4D;

type ActivationLayer = Extract<
  LayerFunction,
  { type: 'relu' | 'leakyRelu' | 'elu' | 'gelu' | 'sigmoid' | 'tanh' | 'softmax' }
>;

/** Applies an activation, to images or vectors. */
export function activation(tf: TensorFlowApi, layer: ActivationLayer, x: Tensor): Tensor {
  switch (layer.type) {
    case 'relu':
      return tf.relu(x);
    case 'leakyRelu':
      return tf.leakyRelu(x, layer.slope);
    case 'elu':
      // TensorFlow.js' own has an alpha of 1.
      return tf.add(tf.relu(x), tf.mul(tf.expm1(tf.minimum(x, 0)), layer.alpha));
    case 'gelu': {
      const inner = layer.approximate
        ? tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
        : tf.erf(tf.mul(x, Math.SQRT1_2));
      return tf.mul(tf.mul(x, 0.5), tf.add(inner, 1));
    }
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softmax':
      return tf.softmax(x);
  }
}

type PoolLayer = Extract<LayerFunction, { type: 'maxPool' | 'averagePool' | 'globalMaxPool' | 'globalAveragePool' }>;

/** Applies a pooling layer. */
export function pool(tf: TensorFlowApi, layer: PoolLayer, x: Tensor4D): Tensor {
  const [n, height, width, channels] = x.shape;
  switch (layer.type) {
    case 'maxPool':
      return tf.maxPool(x, [...layer.size], [...layer.stride], layer.padding);
    case 'averagePool':
      return averagePool(tf, layer, x);
    case 'globalMaxPool':
      // Not tf.max, which gives the gradient to all of several maxima.
      return tf.reshape(tf.maxPool(x, [height, width], 1, 'valid'), [n, channels]);
    case 'globalAveragePool':
      return tf.mean(x, [1, 2]);
  }
}

/**
 * The gradient of TensorFlow.js' average pooling counts padding, unlike its values; so the image is padded first, and the
 * averages are corrected for the zeros in them.
 */
function averagePool(tf: TensorFlowApi, layer: Extract<PoolLayer, { type: 'averagePool' }>, x: Tensor4D): Tensor {
  const [, height, width] = x.shape;
  const { size, stride, padding } = layer;
  const rows = paddingOf(padding, height, size[0], stride[0]);
  const columns = paddingOf(padding, width, size[1], stride[1]);
  const padded = tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]]);
  const averages = tf.avgPool(padded, [...size], [...stride], 'valid');
  if (padding === 'valid') return averages;
  /** The length of each window, divided by the part of it in the image. */
  const factors = (length: number, window: number, step: number, before: number) =>
    Array.from({ length: windowCount('same', length, window, step) }, (_, index) => {
      const start = index * step - before;
      return window / (Math.min(start + window, length) - Math.max(start, 0));
    });
  const down = factors(height, size[0], stride[0], rows[0]);
  const across = factors(width, size[1], stride[1], columns[0]);
  const both = down.flatMap((factor) => across.map((other) => factor * other));
  return tf.mul(averages, tf.tensor4d(both, [1, down.length, across.length, 1]));
}

/**
 * Batch normalization in training (Ioffe & Szegedy 2015): biased variance over all axes but the last. The gradient is
 * in closed form: differentiating each operation takes three times as many operations and loses precision if a channel
 * hardly varies. The mean and the variance are added to `moments`, and kept.
 */
export function batchNormInTraining(
  tf: TensorFlowApi,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
  moments: Tensor[],
): Tensor {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const count = x.size / x.shape.at(-1)!;
  const normalize = tf.customGrad((...inputs) => {
    const [x, gamma, beta, save] = inputs as unknown as [Tensor, Tensor, Tensor, TensorFlow.GradSaveFunc];
    const { mean, variance } = tf.moments(x, axes);
    moments.push(tf.keep(mean), tf.keep(variance));
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul(tf.sub(x, mean), inverse);
    save([normalized, inverse, gamma]);
    return {
      value: tf.add(tf.mul(normalized, gamma), beta),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normalized, inverse, gamma] = saved as [Tensor, Tensor, Tensor];
        const dBeta = tf.sum(dy, axes);
        const dGamma = tf.sum(tf.mul(dy, normalized), axes);
        const common = tf.add(dBeta, tf.mul(normalized, dGamma));
        const dx = tf.mul(tf.sub(dy, tf.div(common, count)), tf.mul(inverse, gamma));
        return [dx, dGamma, dBeta];
      },
    };
  });
  return normalize(x, gamma, beta);
}
