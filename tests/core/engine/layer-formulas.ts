import { type Layer, paddingOf, type Shape, type Size } from '../../../src/core/model/layer.ts';
import { elements, outputShape } from '../../../src/core/model/network.ts';

/** The layers without weights, by the formulas of their definitions, for one image in double precision. */

/** Values of one image, channels last. */
export interface Image {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Height, width and channels; a vector is a single pixel. */
export function sizeOf(shape: Shape): readonly [height: number, width: number, channels: number] {
  return shape.length === 1 ? [1, 1, shape[0]] : shape;
}

/** The output of a layer. `weights`: kernel and bias of a depthwise convolution. */
export function layerOutput(layer: Layer, inputs: readonly Image[], weights: readonly Float64Array[] = []): Image {
  const input = inputs[0]!;
  const shape = outputShape(
    layer,
    inputs.map((image) => image.shape),
  );
  const map = (formula: (x: number) => number): Image => ({ shape, data: input.data.map(formula) });
  switch (layer.type) {
    case 'relu':
      return map((x) => Math.max(x, 0));
    case 'leakyRelu':
      return map((x) => (x > 0 ? x : layer.slope * x));
    case 'elu':
      return map((x) => (x > 0 ? x : layer.alpha * Math.expm1(x)));
    case 'gelu':
      return map(layer.approximate ? geluTanh : (x) => x * normalCdf(x));
    case 'sigmoid':
      return map((x) => 1 / (1 + Math.exp(-x)));
    case 'tanh':
      return map(Math.tanh);
    case 'rescaling':
      return map((x) => x * layer.scale + layer.offset);
    case 'flatten':
    case 'reshape':
      return { shape, data: input.data };
    case 'softmax':
      return softmax(input);
    case 'maxPool':
      return pool(shape, input, layer.size, layer, (values) => Math.max(...values));
    case 'averagePool':
      return pool(shape, input, layer.size, layer, mean);
    case 'globalMaxPool':
      return wholeImage(shape, input, (values) => Math.max(...values));
    case 'globalAveragePool':
      return wholeImage(shape, input, mean);
    case 'depthwiseConv2d':
      return depthwise(layer, shape, input, weights);
    case 'zeroPadding':
      return build(shape, (y, x, c) => valueAt(input, y - layer.top, x - layer.left, c) ?? 0);
    case 'add':
      return { shape, data: input.data.map((_, i) => inputs.reduce((sum, { data }) => sum + data[i]!, 0)) };
    case 'concatenate':
      return build(shape, (y, x, channel) => {
        let c = channel;
        for (const image of inputs) {
          const channels = image.shape.at(-1)!;
          if (c < channels) return valueAt(image, y, x, c)!;
          c -= channels;
        }
        throw new RangeError('no such channel');
      });
    default:
      throw new RangeError(layer.type);
  }
}

function build(shape: Shape, value: (y: number, x: number, c: number) => number): Image {
  const [height, width, channels] = sizeOf(shape);
  const data = new Float64Array(elements(shape));
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) data[i++] = value(y, x, c);
  return { shape, data };
}

function valueAt({ shape, data }: Image, y: number, x: number, c: number): number | undefined {
  const [height, width, channels] = sizeOf(shape);
  return y >= 0 && y < height && x >= 0 && x < width ? data[(y * width + x) * channels + c] : undefined;
}

function pool(
  shape: Shape,
  input: Image,
  [windowHeight, windowWidth]: Size,
  { stride, padding }: { stride: Size; padding: 'valid' | 'same' },
  combine: (values: number[]) => number,
): Image {
  const [height, width] = sizeOf(input.shape);
  const [top] = paddingOf(padding, height, windowHeight, stride[0]);
  const [left] = paddingOf(padding, width, windowWidth, stride[1]);
  return build(shape, (oy, ox, c) => {
    const values: number[] = [];
    for (let i = 0; i < windowHeight; i++)
      for (let j = 0; j < windowWidth; j++) {
        const value = valueAt(input, oy * stride[0] - top + i, ox * stride[1] - left + j, c);
        if (value !== undefined) values.push(value);
      }
    return combine(values);
  });
}

function wholeImage(shape: Shape, input: Image, combine: (values: number[]) => number): Image {
  const [height, width] = sizeOf(input.shape);
  const channels = shape[0]!;
  const windows = { stride: [1, 1], padding: 'valid' } as const;
  return { shape, data: pool([1, 1, channels], input, [height, width], windows, combine).data };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function depthwise(
  layer: Extract<Layer, { type: 'depthwiseConv2d' }>,
  shape: Shape,
  input: Image,
  [kernel, bias]: readonly Float64Array[],
): Image {
  const [height, width] = sizeOf(input.shape);
  const [top] = paddingOf(layer.padding, height, layer.kernel[0], layer.stride[0]);
  const [left] = paddingOf(layer.padding, width, layer.kernel[1], layer.stride[1]);
  const outputs = shape.at(-1)!;
  return build(shape, (oy, ox, o) => {
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < layer.kernel[0]; i++)
      for (let j = 0; j < layer.kernel[1]; j++) {
        const y = oy * layer.stride[0] - top + i;
        const x = ox * layer.stride[1] - left + j;
        const value = valueAt(input, y, x, Math.floor(o / layer.multiplier)) ?? 0;
        sum += value * kernel![(i * layer.kernel[1] + j) * outputs + o]!;
      }
    return sum;
  });
}

function softmax({ shape, data }: Image): Image {
  const channels = shape.at(-1)!;
  const result = new Float64Array(data.length);
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    const values = data.subarray(pixel, pixel + channels);
    const highest = Math.max(...values);
    const sum = values.reduce((total, value) => total + Math.exp(value - highest), 0);
    values.forEach((value, c) => {
      result[pixel + c] = Math.exp(value - highest) / sum;
    });
  }
  return { shape, data: result };
}

function geluTanh(x: number): number {
  // 1 + tanh(u) = 2 / (1 + exp(-2u)), which cancels nothing.
  return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** The probability that a normally distributed value is below x: by its series, or by its continued fraction in the tail. */
export function normalCdf(x: number): number {
  if (Math.abs(x) < 3) {
    // Marsaglia (2004)
    let term = x;
    let sum = x;
    for (let i = 3; Math.abs(term) > 1e-18; i += 2) {
      term *= (x * x) / i;
      sum += term;
    }
    return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  }
  let fraction = Math.abs(x);
  for (let i = 200; i >= 1; i--) fraction = Math.abs(x) + i / fraction;
  const tail = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
  return x < 0 ? tail : 1 - tail;
}
