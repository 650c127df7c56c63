import type { Layer, Shape, Size } from './layer.ts';
import { layerWeights } from './layer-weights.ts';
import { elements, layerInputs, layerShapes, type Network } from './network.ts';

/**
 * The network that reads upright images exactly as `network` reads transposed ones, the orientation of EMNIST's files. Null if
 * there is none of the same layers: where features that were flattened are used as if they were in the order of an image's rows,
 * e.g. reshaped to an image of another size.
 *
 * Convolving a transposed image with transposed kernels transposes the result, and so do pooling and padding with rows and
 * columns swapped. After a flatten layer the features are permuted; the next weights are permuted to match.
 */
export function transposeNetwork(
  network: Network,
  weights: readonly Float32Array[],
): { network: Network; weights: Float32Array[] } | null {
  const shapes = layerShapes(network);
  const arrangements: Arrangement[] = [];
  const layers: Layer[] = [];
  const transposed: Float32Array[] = [];
  const grouped = layerWeights(network, weights);
  for (const [index, layer] of network.layers.entries()) {
    const inputs = layerInputs(network, index).map((input) => ({
      shape: input < 0 ? network.input : shapes[input]!,
      arrangement: input < 0 ? TRANSPOSED : arrangements[input]!,
    }));
    const arrangement = arrangementAfter(layer, inputs, shapes[index]!);
    if (!arrangement) return null;
    arrangements.push(arrangement);
    layers.push(arrangement === TRANSPOSED ? transposeLayer(layer) : layer);
    transposed.push(...transposeLayerWeights(layer, grouped[index]!, inputs[0]!));
  }
  const output = arrangements.at(-1);
  if (!output || output === TRANSPOSED || output.order) return null;
  const [height, width, channels] = network.input;
  return { network: { input: [width, height, channels], layers }, weights: transposed };
}

/**
 * How an activation of the new network relates to that of the original: the transposed image, or for images and vectors
 * `order`, where value i of the new is value order[i] of the original; null if they are the same.
 */
type Arrangement = typeof TRANSPOSED | { readonly order: Int32Array | null };
const TRANSPOSED = 'transposed';
const EQUAL: Arrangement = { order: null };

interface Input {
  readonly shape: Shape;
  readonly arrangement: Arrangement;
}

/** The arrangement of a layer's output; null if the layer cannot be transposed. */
function arrangementAfter(layer: Layer, inputs: readonly Input[], output: Shape): Arrangement | null {
  const [{ shape, arrangement }] = inputs as [Input];
  switch (layer.type) {
    case 'flatten':
    case 'reshape':
      return reshaped(orderOf(shape, arrangement), output);
    case 'dense':
    case 'globalMaxPool':
    case 'globalAveragePool':
      return EQUAL;
    case 'concatenate':
      return output.length === 1 ? { order: joined(inputs) } : commonArrangement(inputs);
    case 'add':
      return commonArrangement(inputs);
    default:
      return arrangement;
  }
}

/** The order of all values of an activation, as if it were flattened. */
function orderOf(shape: Shape, arrangement: Arrangement): Int32Array | null {
  if (arrangement !== TRANSPOSED) return arrangement.order;
  return shape.length === 3 ? transposition(shape) : null;
}

/** For each value of the transposed image, [width, height, channels], its index in the image of `shape`; null if it is the same. */
function transposition([height, width, channels]: readonly [number, number, number]): Int32Array | null {
  if (height === 1 || width === 1) return null;
  const order = new Int32Array(height * width * channels);
  let at = 0;
  for (let x = 0; x < width; x++)
    for (let y = 0; y < height; y++) for (let c = 0; c < channels; c++) order[at++] = (y * width + x) * channels + c;
  return order;
}

/** The arrangement of values in this order after they are reshaped; null if it is none of an image. */
function reshaped(order: Int32Array | null, output: Shape): Arrangement | null {
  if (output.length === 1) return { order };
  const transposed = transposition(output);
  if (sameOrder(order, transposed)) return transposed ? TRANSPOSED : EQUAL;
  return order ? null : EQUAL;
}

/** The arrangement that all inputs have; null if they differ. */
function commonArrangement(inputs: readonly Input[]): Arrangement | null {
  const [first] = inputs as [Input];
  if (first.shape.length === 1) {
    const orders = inputs.map(({ shape, arrangement }) => orderOf(shape, arrangement));
    return orders.every((order) => sameOrder(order, orders[0]!)) ? { order: orders[0]! } : null;
  }
  // An image of one pixel is its own transpose.
  if (first.shape[0] === 1 && first.shape[1] === 1) return EQUAL;
  const transposed = inputs.filter(({ arrangement }) => arrangement === TRANSPOSED).length;
  if (transposed === inputs.length) return TRANSPOSED;
  return transposed === 0 ? EQUAL : null;
}

/** The order of concatenated vectors. */
function joined(inputs: readonly Input[]): Int32Array | null {
  if (inputs.every(({ arrangement }) => arrangement !== TRANSPOSED && !arrangement.order)) return null;
  const order: number[] = [];
  for (const { shape, arrangement } of inputs) {
    const offset = order.length;
    const own = orderOf(shape, arrangement);
    for (let i = 0; i < elements(shape); i++) order.push(offset + (own?.[i] ?? i));
  }
  return Int32Array.from(order);
}

function sameOrder(a: Int32Array | null, b: Int32Array | null): boolean {
  return a === b || (a !== null && b !== null && a.length === b.length && a.every((value, i) => value === b[i]));
}

/** A layer with rows and columns swapped. */
function transposeLayer(layer: Layer): Layer {
  switch (layer.type) {
    case 'conv2d':
    case 'depthwiseConv2d':
      return { ...layer, kernel: swapped(layer.kernel), stride: swapped(layer.stride) };
    case 'maxPool':
    case 'averagePool':
      return { ...layer, size: swapped(layer.size), stride: swapped(layer.stride) };
    case 'zeroPadding':
      return { ...layer, top: layer.left, bottom: layer.right, left: layer.top, right: layer.bottom };
    case 'reshape':
      return layer.shape.length === 3 ? { ...layer, shape: [layer.shape[1], layer.shape[0], layer.shape[2]] } : layer;
    default:
      return layer;
  }
}

function swapped([height, width]: Size): Size {
  return [width, height];
}

/** The weights of a layer for an input in this arrangement. */
function transposeLayerWeights(layer: Layer, weights: Float32Array[], { arrangement }: Input): Float32Array[] {
  if (arrangement === TRANSPOSED) {
    if (layer.type !== 'conv2d' && layer.type !== 'depthwiseConv2d') return weights;
    const [kernel, ...bias] = weights;
    return [transposeGrid(kernel!, ...layer.kernel), ...bias];
  }
  const { order } = arrangement;
  if (!order) return weights;
  if (layer.type === 'batchNorm') return weights.map((tensor) => reorderRows(tensor, order));
  if (layer.type !== 'dense') return weights;
  const [kernel, ...bias] = weights;
  return [reorderRows(kernel!, order), ...bias];
}

/** Puts the rows of a tensor in this order. */
function reorderRows(tensor: Float32Array, order: Int32Array): Float32Array {
  const length = tensor.length / order.length;
  const reordered = new Float32Array(tensor.length);
  order.forEach((from, row) => {
    reordered.set(tensor.subarray(from * length, (from + 1) * length), row * length);
  });
  return reordered;
}

/** Transposes [height, width, rest] to [width, height, rest]. */
function transposeGrid(tensor: Float32Array, height: number, width: number): Float32Array {
  const rest = tensor.length / (height * width);
  const transposed = new Float32Array(tensor.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      transposed.set(tensor.subarray((y * width + x) * rest, (y * width + x + 1) * rest), (x * height + y) * rest);
    }
  }
  return transposed;
}
