import type { LayerFunction, Shape } from '../../../model/layer.ts';
import { type Batch, columnSums, type ReferenceLayer, zeros } from './layer.ts';
import { forEachCell } from './windows.ts';

/** A cross-correlation of the image with each filter, as in Keras; the kernel is [height, width, channels, filters]. */
export function convolution(
  layer: Extract<LayerFunction, { type: 'conv2d' }>,
  input: Shape,
  output: Shape,
): ReferenceLayer {
  const channels = input.at(-1)!;
  const { filters } = layer;
  return windowed(layer, input, output, channels * filters, (visit) => (outputPixel, inputPixel, cell) => {
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        visit(outputPixel * filters + f, inputPixel * channels + c, (cell * channels + c) * filters + f);
  });
}

/** Filters of one channel each; the kernel is [height, width, channels, multiplier]. */
export function depthwiseConvolution(
  layer: Extract<LayerFunction, { type: 'depthwiseConv2d' }>,
  input: Shape,
  output: Shape,
): ReferenceLayer {
  const channels = input.at(-1)!;
  const { multiplier } = layer;
  const filters = channels * multiplier;
  return windowed(layer, input, output, filters, (visit) => (outputPixel, inputPixel, cell) => {
    for (let c = 0; c < channels; c++)
      for (let m = 0; m < multiplier; m++) {
        const filter = c * multiplier + m;
        visit(outputPixel * filters + filter, inputPixel * channels + c, cell * filters + filter);
      }
  });
}

/** Visits a product of input value `at` and weight `weight` that contributes to output value `to`. */
type VisitProduct = (to: number, at: number, weight: number) => void;

/** `products` makes, of a function for products, one for pairs of pixels. `cellWeights`: the weights for each cell. */
function windowed(
  layer: Extract<LayerFunction, { kernel: unknown }>,
  input: Shape,
  output: Shape,
  cellWeights: number,
  products: (visit: VisitProduct) => (outputPixel: number, inputPixel: number, cell: number) => void,
): ReferenceLayer {
  const { useBias } = layer;
  const windows = { ...layer, size: layer.kernel };
  const filters = output.at(-1)!;
  const kernel = new Float64Array(layer.kernel[0] * layer.kernel[1] * cellWeights);
  const bias = new Float64Array(filters);
  let x: Batch;
  const reference: ReferenceLayer = {
    weights: useBias ? [kernel, bias] : [kernel],
    gradients: [],
    forward([batch]) {
      x = batch!;
      const y = zeros(x.n, output);
      if (useBias) for (let i = 0; i < y.data.length; i++) y.data[i] = bias[i % filters]!;
      const visit = products((to, at, weight) => (y.data[to]! += x.data[at]! * kernel[weight]!));
      forEachCell(windows, x.n, input, output, visit);
      return y;
    },
    backward(dy) {
      const dx = zeros(x.n, input);
      const dKernel = new Float64Array(kernel.length);
      const visit = products((to, at, weight) => {
        dx.data[at]! += dy.data[to]! * kernel[weight]!;
        dKernel[weight]! += dy.data[to]! * x.data[at]!;
      });
      forEachCell(windows, x.n, input, output, visit);
      reference.gradients.splice(0, 2, dKernel, ...(useBias ? [columnSums(dy, filters)] : []));
      return [dx];
    },
  };
  return reference;
}
