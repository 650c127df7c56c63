import type { Layer, Shape } from '../../model/layer.ts';
import { elements } from '../../model/network.ts';
import { unsupportedLayer } from '../checks.ts';
import { dropoutHash, dropoutSeed, dropoutThreshold } from '../dropout-mask.ts';

/** Activations or gradients of a batch, [n, ...shape]. */
export interface Batch {
  readonly n: number;
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A layer with its weights. Each `backward` call must follow a `forward` call with `training` set. */
export interface ReferenceLayer {
  /** In the order of `weightSpecs`. */
  readonly weights: Float64Array[];
  /** Gradients of the loss, one for each of the weights; null for moving averages. */
  readonly gradients: (Float64Array | null)[];
  forward(x: Batch, training: boolean, seed: number): Batch;
  /** Returns the gradient of the input, given that of the output, and sets `gradients`. */
  backward(dy: Batch): Batch;
}

/** A batch of zeros. */
export function zeros(n: number, shape: Shape): Batch {
  return { n, shape, data: new Float64Array(n * elements(shape)) };
}

/** The plainest implementation of a layer: loops over indices. `output`: the shape after the layer. */
export function referenceLayer(layer: Layer, index: number, input: Shape, output: Shape): ReferenceLayer {
  switch (layer.type) {
    case 'conv2d':
      return convolution(layer.padding, layer.useBias, input, output);
    case 'dense':
      return dense(layer.useBias, input, output);
    case 'batchNorm':
      return batchNorm(layer.momentum, layer.epsilon, input);
    case 'relu':
      return relu();
    case 'maxPool':
      return maxPool(output);
    case 'dropout':
      return dropout(layer.rate, index);
    case 'flatten':
      return {
        weights: [],
        gradients: [],
        forward: (x) => ({ ...x, shape: output }),
        backward: (dy) => ({ ...dy, shape: input }),
      };
    default:
      throw unsupportedLayer(layer.type);
  }
}

function convolution(padding: 'valid' | 'same', useBias: boolean, input: Shape, output: Shape): ReferenceLayer {
  const [height, width, channels] = input as [number, number, number];
  const [outHeight, outWidth, filters] = output as [number, number, number];
  const border = padding === 'same' ? 1 : 0;
  const kernel = new Float64Array(9 * channels * filters); // [3, 3, channels, filters]
  const bias = new Float64Array(filters);
  let x: Batch;
  /** Calls `visit` for each product of x.data[pixel] and kernel[weight] that contributes to output value `at`. */
  const products = (n: number, visit: (at: number, pixel: number, weight: number) => void) => {
    for (let image = 0; image < n; image++)
      for (let oy = 0; oy < outHeight; oy++)
        for (let ox = 0; ox < outWidth; ox++)
          for (let ky = 0; ky < 3; ky++)
            for (let kx = 0; kx < 3; kx++) {
              const y = oy + ky - border;
              const xx = ox + kx - border;
              if (y < 0 || y >= height || xx < 0 || xx >= width) continue;
              for (let c = 0; c < channels; c++)
                for (let f = 0; f < filters; f++)
                  visit(
                    ((image * outHeight + oy) * outWidth + ox) * filters + f,
                    ((image * height + y) * width + xx) * channels + c,
                    ((ky * 3 + kx) * channels + c) * filters + f,
                  );
            }
  };
  const layer: ReferenceLayer = {
    weights: useBias ? [kernel, bias] : [kernel],
    gradients: [],
    forward(input) {
      x = input;
      const y = zeros(x.n, output);
      if (useBias) for (let i = 0; i < y.data.length; i++) y.data[i] = bias[i % filters]!;
      products(x.n, (at, pixel, weight) => (y.data[at]! += x.data[pixel]! * kernel[weight]!));
      return y;
    },
    backward(dy) {
      const dx = zeros(x.n, input);
      const dKernel = new Float64Array(kernel.length);
      products(x.n, (at, pixel, weight) => {
        dx.data[pixel]! += dy.data[at]! * kernel[weight]!;
        dKernel[weight]! += dy.data[at]! * x.data[pixel]!;
      });
      layer.gradients.splice(0, 2, dKernel, ...(useBias ? [columnSums(dy, filters)] : []));
      return dx;
    },
  };
  return layer;
}

function dense(useBias: boolean, input: Shape, output: Shape): ReferenceLayer {
  const inputs = elements(input);
  const units = elements(output);
  const kernel = new Float64Array(inputs * units); // [inputs, units]
  const bias = new Float64Array(units);
  let x: Batch;
  const layer: ReferenceLayer = {
    weights: useBias ? [kernel, bias] : [kernel],
    gradients: [],
    forward(input) {
      x = input;
      const y = zeros(x.n, output);
      for (let image = 0; image < x.n; image++)
        for (let u = 0; u < units; u++) {
          let sum = useBias ? bias[u]! : 0;
          for (let i = 0; i < inputs; i++) sum += x.data[image * inputs + i]! * kernel[i * units + u]!;
          y.data[image * units + u] = sum;
        }
      return y;
    },
    backward(dy) {
      const dx = zeros(x.n, input);
      const dKernel = new Float64Array(kernel.length);
      for (let image = 0; image < x.n; image++)
        for (let i = 0; i < inputs; i++)
          for (let u = 0; u < units; u++) {
            const gradient = dy.data[image * units + u]!;
            dx.data[image * inputs + i]! += gradient * kernel[i * units + u]!;
            dKernel[i * units + u]! += gradient * x.data[image * inputs + i]!;
          }
      layer.gradients.splice(0, 2, dKernel, ...(useBias ? [columnSums(dy, units)] : []));
      return dx;
    },
  };
  return layer;
}

/** Batch normalization (Ioffe & Szegedy 2015) as in Keras: biased variance over batch, height and width. */
function batchNorm(momentum: number, epsilon: number, input: Shape): ReferenceLayer {
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
    forward(x, training) {
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
      return { ...dy, data };
    },
  };
  return layer;
}

function relu(): ReferenceLayer {
  let x: Batch;
  return {
    weights: [],
    gradients: [],
    forward(input) {
      x = input;
      return { ...x, data: x.data.map((value) => Math.max(value, 0)) };
    },
    backward: (dy) => ({ ...dy, data: dy.data.map((value, i) => (x.data[i]! > 0 ? value : 0)) }),
  };
}

/** 2x2 max pooling with stride 2. The first of several maxima gets the gradient. */
function maxPool(output: Shape): ReferenceLayer {
  const [outHeight, outWidth, channels] = output as [number, number, number];
  let x: Batch;
  let argmax: Int32Array;
  return {
    weights: [],
    gradients: [],
    forward(input) {
      x = input;
      const [height, width] = x.shape as [number, number, number];
      const y = zeros(x.n, output);
      argmax = new Int32Array(y.data.length);
      for (let image = 0; image < x.n; image++)
        for (let oy = 0; oy < outHeight; oy++)
          for (let ox = 0; ox < outWidth; ox++)
            for (let c = 0; c < channels; c++) {
              const at = ((image * outHeight + oy) * outWidth + ox) * channels + c;
              const first = ((image * height + 2 * oy) * width + 2 * ox) * channels + c;
              argmax[at] = first;
              for (const other of [first + channels, first + width * channels, first + (width + 1) * channels])
                if (x.data[other]! > x.data[argmax[at]!]!) argmax[at] = other;
              y.data[at] = x.data[argmax[at]!]!;
            }
      return y;
    },
    backward(dy) {
      const dx = zeros(x.n, x.shape);
      for (let i = 0; i < dy.data.length; i++) dx.data[argmax[i]!]! += dy.data[i]!;
      return dx;
    },
  };
}

function dropout(rate: number, index: number): ReferenceLayer {
  let mask: (i: number) => number = () => 1;
  return {
    weights: [],
    gradients: [],
    forward(x, training, seed) {
      const hashed = dropoutSeed(seed, index);
      const threshold = dropoutThreshold(rate);
      mask = (i) => (!training || rate === 0 ? 1 : dropoutHash(hashed, i) < threshold ? 0 : 1 / (1 - rate));
      return { ...x, data: x.data.map((value, i) => value * mask(i)) };
    },
    backward: (dy) => ({ ...dy, data: dy.data.map((value, i) => value * mask(i)) }),
  };
}

function columnSums({ data }: Batch, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) sums[i % columns]! += data[i]!;
  return sums;
}
