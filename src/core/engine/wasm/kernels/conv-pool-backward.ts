import {
  CONV_POOL_ARGMAX,
  CONV_POOL_BIAS,
  CONV_POOL_CHANNELS,
  CONV_POOL_CLEAR_BYTES,
  CONV_POOL_FILTERS,
  CONV_POOL_FROM,
  CONV_POOL_GRADIENT,
  CONV_POOL_GRADIENTS,
  CONV_POOL_GROUP_STRIDE,
  CONV_POOL_HEIGHT,
  CONV_POOL_LISTS,
  CONV_POOL_TO,
  CONV_POOL_WEIGHTS,
  CONV_POOL_WIDTH,
  VIEW_ROW,
} from './layout';
import { weightedSum48, weightedSum96 } from './microkernels';
import { viewAt } from './view';

/**
 * Backward pass of max pooling, ReLU and convolution in one. Before pooling, at most one gradient in four is nonzero,
 * and which one differs from channel to channel, so a GEMM would mostly multiply by zero. Instead, the gradient of a
 * filter's weights is the sum of the patches at its maxima, and that of an input patch the sum of the kernels of those
 * filters whose maximum it is, each times the gradient there. Both are sums over a list of (address, factor).
 */
export function convPoolBackward(op: usize, group: u32, overwrite: bool, first: u32, last: u32, scratch: usize): void {
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const run = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 12;
  const gradients = <usize>load<u32>(op, CONV_POOL_GRADIENTS) + group * <usize>load<u32>(op, CONV_POOL_GROUP_STRIDE);
  const lists = scratch + <usize>load<u32>(op, CONV_POOL_LISTS);
  const clearBytes = <usize>load<u32>(op, CONV_POOL_CLEAR_BYTES);
  if (overwrite) memory.fill(gradients, 0, filters * run * 3 + (load<u32>(op, CONV_POOL_BIAS) ? filters * 4 : 0));
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV_POOL_FROM, image, first, scratch);
    const gradient = viewAt(op + CONV_POOL_GRADIENT, image, first, scratch);
    addWeightGradients(op, image, from, gradient, gradients, lists);
    if (clearBytes == 0) continue;
    const to = viewAt(op + CONV_POOL_TO, image, first, scratch);
    memory.fill(to, 0, clearBytes);
    addInputGradients(op, image, to, gradient, lists);
  }
}

function addWeightGradients(op: usize, image: u32, from: usize, gradient: usize, gradients: usize, list: usize): void {
  const height = <usize>load<u32>(op, CONV_POOL_HEIGHT);
  const width = <usize>load<u32>(op, CONV_POOL_WIDTH);
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const pixel = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 4;
  const row = <usize>load<u32>(op, CONV_POOL_FROM + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, CONV_POOL_GRADIENT + VIEW_ROW);
  const run = pixel * 3;
  const argmax = <usize>load<u32>(op, CONV_POOL_ARGMAX) + image * height * width * filters;
  const bias = load<u32>(op, CONV_POOL_BIAS);
  for (let filter: usize = 0; filter < filters; filter++) {
    let end = list;
    let sum: f32 = 0;
    let at = argmax + filter;
    for (let y: usize = 0; y < height; y++) {
      let patch = from + 2 * y * row;
      let g = gradient + y * gradientRow + filter * 4;
      for (let x: usize = 0; x < width; x++, patch += 2 * pixel, at += filters, g += filters * 4) {
        const index = <usize>load<u8>(at);
        const value = load<f32>(g);
        store<u32>(end, <u32>(patch + (index & 1) * pixel + (index >> 1) * row));
        store<f32>(end, value, 4);
        // No branch: it would be unpredictable.
        const counts: u32 = (index < 4 ? 1 : 0) & (value != 0 ? 1 : 0);
        end += 8 * counts;
        sum += counts ? value : 0;
      }
    }
    const to = gradients + filter * run * 3;
    for (let r: usize = 0; r < 3; r++) addWeightedRuns(list, end, r * row, to + r * run, run);
    if (bias) {
      const biasGradient = gradients + filters * run * 3 + filter * 4;
      store<f32>(biasGradient, load<f32>(biasGradient) + sum);
    }
  }
}

function addInputGradients(op: usize, image: u32, to: usize, gradient: usize, lists: usize): void {
  const height = <usize>load<u32>(op, CONV_POOL_HEIGHT);
  const width = <usize>load<u32>(op, CONV_POOL_WIDTH);
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const pixel = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 4;
  const row = <usize>load<u32>(op, CONV_POOL_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, CONV_POOL_GRADIENT + VIEW_ROW);
  const run = pixel * 3;
  const weights = <usize>load<u32>(op, CONV_POOL_WEIGHTS);
  const listBytes = filters * 8;
  // The ends of five lists, one for each value of argmax; nothing is read from that of inactive ReLUs.
  const ends = lists;
  const start = lists + 32;
  let argmax = <usize>load<u32>(op, CONV_POOL_ARGMAX) + image * height * width * filters;
  for (let y: usize = 0; y < height; y++) {
    let g = gradient + y * gradientRow;
    for (let x: usize = 0; x < width; x++) {
      for (let index: usize = 0; index < 5; index++) store<u32>(ends + index * 4, <u32>(start + index * listBytes));
      let kernel = weights;
      for (let filter: usize = 0; filter < filters; filter++, argmax++, g += 4, kernel += run * 3) {
        const listEnd = ends + <usize>load<u8>(argmax) * 4;
        const end = <usize>load<u32>(listEnd);
        store<u32>(end, <u32>kernel);
        store<f32>(end, load<f32>(g), 4);
        store<u32>(listEnd, <u32>(end + 8));
      }
      for (let index: usize = 0; index < 4; index++) {
        const list = start + index * listBytes;
        const end = <usize>load<u32>(ends + index * 4);
        if (end == list) continue;
        const at = to + (2 * y + (index >> 1)) * row + (2 * x + (index & 1)) * pixel;
        for (let r: usize = 0; r < 3; r++) addWeightedRuns(list, end, r * run, at + r * row, run);
      }
    }
  }
}

/**
 * to[i] += sum over the list of factor * value[i], for `length` bytes (a multiple of 192) that start `offset` bytes
 * after each address of the list.
 */
function addWeightedRuns(list: usize, end: usize, offset: usize, to: usize, length: usize): void {
  let done: usize = 0;
  if (WIDE) {
    for (; done + 384 <= length; done += 384) weightedSum96(list, end, offset + done, to + done);
  }
  for (; done < length; done += 192) weightedSum48(list, end, offset + done, to + done);
}
