import {
  CONV_POOL_ARGMAX,
  CONV_POOL_BIAS,
  CONV_POOL_CHANNELS,
  CONV_POOL_CLEAR_BYTES,
  CONV_POOL_FILTERS,
  CONV_POOL_FROM,
  CONV_POOL_GRADIENT,
  CONV_POOL_GRADIENTS,
  CONV_POOL_GRADIENTS_GROUP,
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
 * Backward through max-pooling, ReLU and convolution at once. Of the gradient before pooling at most one value in four is
 * not zero, and which one differs from channel to channel, so that a GEMM would multiply by zeros most of the time.
 * Instead, for each channel the patches that won are added up with their gradients (weights), and for each pixel the
 * kernels of the channels that it won (input). Both are the same sum over a list of (address, factor).
 */
export function convPoolBackward(op: usize, group: u32, overwrite: bool, first: u32, last: u32, scratch: usize): void {
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const run = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 12;
  const gradients = <usize>load<u32>(op, CONV_POOL_GRADIENTS) + group * <usize>load<u32>(op, CONV_POOL_GRADIENTS_GROUP);
  const lists = scratch + <usize>load<u32>(op, CONV_POOL_LISTS);
  const clearBytes = <usize>load<u32>(op, CONV_POOL_CLEAR_BYTES);
  if (overwrite) memory.fill(gradients, 0, filters * run * 3 + (load<u32>(op, CONV_POOL_BIAS) ? filters * 4 : 0));
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV_POOL_FROM, image, first, scratch);
    const gradient = viewAt(op + CONV_POOL_GRADIENT, image, first, scratch);
    weightGradients(op, image, from, gradient, gradients, lists);
    if (clearBytes == 0) continue;
    const to = viewAt(op + CONV_POOL_TO, image, first, scratch);
    memory.fill(to, 0, clearBytes);
    inputGradients(op, image, to, gradient, lists);
  }
}

function weightGradients(op: usize, image: u32, from: usize, gradient: usize, gradients: usize, list: usize): void {
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
    let winner = argmax + filter;
    for (let y: usize = 0; y < height; y++) {
      let patch = from + 2 * y * row;
      let g = gradient + y * gradientRow + filter * 4;
      for (let x: usize = 0; x < width; x++, patch += 2 * pixel, winner += filters, g += filters * 4) {
        const place = <usize>load<u8>(winner);
        const value = load<f32>(g);
        store<u32>(end, <u32>(patch + (place & 1) * pixel + (place >> 1) * row));
        store<f32>(end, value, 4);
        // Without a branch, which no processor could predict.
        const counts: u32 = (place < 4 ? 1 : 0) & (value != 0 ? 1 : 0);
        end += 8 * counts;
        sum += counts ? value : 0;
      }
    }
    const to = gradients + filter * run * 3;
    for (let r: usize = 0; r < 3; r++) addRun(list, end, r * row, to + r * run, run);
    if (bias) {
      const at = gradients + filters * run * 3 + filter * 4;
      store<f32>(at, load<f32>(at) + sum);
    }
  }
}

function inputGradients(op: usize, image: u32, to: usize, gradient: usize, lists: usize): void {
  const height = <usize>load<u32>(op, CONV_POOL_HEIGHT);
  const width = <usize>load<u32>(op, CONV_POOL_WIDTH);
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const pixel = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 4;
  const row = <usize>load<u32>(op, CONV_POOL_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, CONV_POOL_GRADIENT + VIEW_ROW);
  const run = pixel * 3;
  const weights = <usize>load<u32>(op, CONV_POOL_WEIGHTS);
  const listBytes = filters * 8;
  // Four ends of lists and a fifth for what did not pass.
  const ends = lists;
  const start = lists + 32;
  let winner = <usize>load<u32>(op, CONV_POOL_ARGMAX) + image * height * width * filters;
  for (let y: usize = 0; y < height; y++) {
    let g = gradient + y * gradientRow;
    for (let x: usize = 0; x < width; x++) {
      for (let place: usize = 0; place < 5; place++) store<u32>(ends + place * 4, <u32>(start + place * listBytes));
      let kernel = weights;
      for (let filter: usize = 0; filter < filters; filter++, winner++, g += 4, kernel += run * 3) {
        const place = ends + <usize>load<u8>(winner) * 4;
        const end = <usize>load<u32>(place);
        store<u32>(end, <u32>kernel);
        store<f32>(end, load<f32>(g), 4);
        store<u32>(place, <u32>(end + 8));
      }
      for (let place: usize = 0; place < 4; place++) {
        const list = start + place * listBytes;
        const end = <usize>load<u32>(ends + place * 4);
        if (end == list) continue;
        const at = to + (2 * y + (place >> 1)) * row + (2 * x + (place & 1)) * pixel;
        for (let r: usize = 0; r < 3; r++) addRun(list, end, r * run, at + r * row, run);
      }
    }
  }
}

/** Adds `length` bytes (a multiple of 192) that begin `offset` behind each address of the list, times its factor. */
function addRun(list: usize, end: usize, offset: usize, to: usize, length: usize): void {
  let done: usize = 0;
  if (WIDE) {
    for (; done + 384 <= length; done += 384) weightedSum96(list, end, offset + done, to + done);
  }
  for (; done < length; done += 192) weightedSum48(list, end, offset + done, to + done);
}
