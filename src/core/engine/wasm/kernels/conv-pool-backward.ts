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
import { madd, splat } from './simd';
import { viewAt } from './view';

/**
 * Backward through max-pooling, ReLU and convolution at once. Of the gradient before pooling at most one value in four is
 * not zero, and which one differs from channel to channel, so that a GEMM would multiply by zeros most of the time.
 * Instead, for each channel the patches that won are added up with their gradients (weights), and for each pixel the
 * kernels of the channels that it won (input). Both are the same sum over a list of (address, factor).
 */
export function convPoolBackward(op: usize, group: u32, fresh: bool, first: u32, last: u32, scratch: usize): void {
  const filters = <usize>load<u32>(op, CONV_POOL_FILTERS);
  const run = <usize>load<u32>(op, CONV_POOL_CHANNELS) * 12;
  const gradients = <usize>load<u32>(op, CONV_POOL_GRADIENTS) + group * <usize>load<u32>(op, CONV_POOL_GRADIENTS_GROUP);
  const lists = scratch + <usize>load<u32>(op, CONV_POOL_LISTS);
  const clearBytes = <usize>load<u32>(op, CONV_POOL_CLEAR_BYTES);
  if (fresh) memory.fill(gradients, 0, filters * run * 3 + (load<u32>(op, CONV_POOL_BIAS) ? filters * 4 : 0));
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
    for (; done + 384 <= length; done += 384) add24(list, end, offset + done, to + done);
  }
  for (; done < length; done += 192) add12(list, end, offset + done, to + done);
}

/** For vectors of 8: see gemm.ts. */
function add24(list: usize, end: usize, offset: usize, to: usize): void {
  let a0 = v128.load(to);
  let a1 = v128.load(to, 16);
  let a2 = v128.load(to, 32);
  let a3 = v128.load(to, 48);
  let a4 = v128.load(to, 64);
  let a5 = v128.load(to, 80);
  let a6 = v128.load(to, 96);
  let a7 = v128.load(to, 112);
  let a8 = v128.load(to, 128);
  let a9 = v128.load(to, 144);
  let a10 = v128.load(to, 160);
  let a11 = v128.load(to, 176);
  let a12 = v128.load(to, 192);
  let a13 = v128.load(to, 208);
  let a14 = v128.load(to, 224);
  let a15 = v128.load(to, 240);
  let a16 = v128.load(to, 256);
  let a17 = v128.load(to, 272);
  let a18 = v128.load(to, 288);
  let a19 = v128.load(to, 304);
  let a20 = v128.load(to, 320);
  let a21 = v128.load(to, 336);
  let a22 = v128.load(to, 352);
  let a23 = v128.load(to, 368);
  for (; list < end; list += 8) {
    const x = <usize>load<u32>(list) + offset;
    const g = splat(list + 4);
    a0 = madd(v128.load(x), g, a0);
    a1 = madd(v128.load(x, 16), g, a1);
    a2 = madd(v128.load(x, 32), g, a2);
    a3 = madd(v128.load(x, 48), g, a3);
    a4 = madd(v128.load(x, 64), g, a4);
    a5 = madd(v128.load(x, 80), g, a5);
    a6 = madd(v128.load(x, 96), g, a6);
    a7 = madd(v128.load(x, 112), g, a7);
    a8 = madd(v128.load(x, 128), g, a8);
    a9 = madd(v128.load(x, 144), g, a9);
    a10 = madd(v128.load(x, 160), g, a10);
    a11 = madd(v128.load(x, 176), g, a11);
    a12 = madd(v128.load(x, 192), g, a12);
    a13 = madd(v128.load(x, 208), g, a13);
    a14 = madd(v128.load(x, 224), g, a14);
    a15 = madd(v128.load(x, 240), g, a15);
    a16 = madd(v128.load(x, 256), g, a16);
    a17 = madd(v128.load(x, 272), g, a17);
    a18 = madd(v128.load(x, 288), g, a18);
    a19 = madd(v128.load(x, 304), g, a19);
    a20 = madd(v128.load(x, 320), g, a20);
    a21 = madd(v128.load(x, 336), g, a21);
    a22 = madd(v128.load(x, 352), g, a22);
    a23 = madd(v128.load(x, 368), g, a23);
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(to, a4, 64);
  v128.store(to, a5, 80);
  v128.store(to, a6, 96);
  v128.store(to, a7, 112);
  v128.store(to, a8, 128);
  v128.store(to, a9, 144);
  v128.store(to, a10, 160);
  v128.store(to, a11, 176);
  v128.store(to, a12, 192);
  v128.store(to, a13, 208);
  v128.store(to, a14, 224);
  v128.store(to, a15, 240);
  v128.store(to, a16, 256);
  v128.store(to, a17, 272);
  v128.store(to, a18, 288);
  v128.store(to, a19, 304);
  v128.store(to, a20, 320);
  v128.store(to, a21, 336);
  v128.store(to, a22, 352);
  v128.store(to, a23, 368);
}

function add12(list: usize, end: usize, offset: usize, to: usize): void {
  let a0 = v128.load(to);
  let a1 = v128.load(to, 16);
  let a2 = v128.load(to, 32);
  let a3 = v128.load(to, 48);
  let a4 = v128.load(to, 64);
  let a5 = v128.load(to, 80);
  let a6 = v128.load(to, 96);
  let a7 = v128.load(to, 112);
  let a8 = v128.load(to, 128);
  let a9 = v128.load(to, 144);
  let a10 = v128.load(to, 160);
  let a11 = v128.load(to, 176);
  for (; list < end; list += 8) {
    const x = <usize>load<u32>(list) + offset;
    const g = splat(list + 4);
    a0 = madd(v128.load(x), g, a0);
    a1 = madd(v128.load(x, 16), g, a1);
    a2 = madd(v128.load(x, 32), g, a2);
    a3 = madd(v128.load(x, 48), g, a3);
    a4 = madd(v128.load(x, 64), g, a4);
    a5 = madd(v128.load(x, 80), g, a5);
    a6 = madd(v128.load(x, 96), g, a6);
    a7 = madd(v128.load(x, 112), g, a7);
    a8 = madd(v128.load(x, 128), g, a8);
    a9 = madd(v128.load(x, 144), g, a9);
    a10 = madd(v128.load(x, 160), g, a10);
    a11 = madd(v128.load(x, 176), g, a11);
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(to, a4, 64);
  v128.store(to, a5, 80);
  v128.store(to, a6, 96);
  v128.store(to, a7, 112);
  v128.store(to, a8, 128);
  v128.store(to, a9, 144);
  v128.store(to, a10, 160);
  v128.store(to, a11, 176);
}
