import { argmaxOf4, floorOf, storeArgmax } from './bn-relu';
import {
  COLUMNS,
  CONV1_ARGMAX,
  CONV1_BIAS,
  CONV1_BORDER,
  CONV1_FILTERS,
  CONV1_FROM,
  CONV1_GRADIENTS,
  CONV1_GRADIENTS_GROUP,
  CONV1_HEIGHT,
  CONV1_RELU,
  CONV1_TO,
  CONV1_WEIGHTS,
  CONV1_WIDTH,
  CONV1_WINDOWS,
  VIEW_ROW,
} from './layout';
import { madd, splat, ZEROS } from './simd';
import { clearBorder, viewAt } from './view';

/*
 * Convolution, ReLU and max-pooling of an image with one channel, where a patch is too short for the GEMM's runs.
 */

/** Forward: the four pixels of a pooling window by sixteen filters at a time, pooled in registers. A split does some of the filters. */
export function conv1Forward(op: usize, first: u32, last: u32, split: u32, splits: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, CONV1_HEIGHT);
  const width = <usize>load<u32>(op, CONV1_WIDTH);
  const filters = <usize>load<u32>(op, CONV1_FILTERS);
  const row = <usize>load<u32>(op, CONV1_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, CONV1_TO + VIEW_ROW);
  const weights = <usize>load<u32>(op, CONV1_WEIGHTS);
  const bias = <usize>load<u32>(op, CONV1_BIAS);
  const relu = load<u32>(op, CONV1_RELU);
  const border = <usize>load<u32>(op, CONV1_BORDER);
  const allArgmax = <usize>load<u32>(op, CONV1_ARGMAX);
  const tiles = filters / COLUMNS;
  const firstFilter = ((split * tiles) / splits) * COLUMNS;
  const lastFilter = (((split + 1) * tiles) / splits) * COLUMNS;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV1_FROM, image, first, scratch);
    const to = viewAt(op + CONV1_TO, image, first, scratch);
    clearBorder(to, border, height, width, filters * 4, toRow);
    let argmax = allArgmax ? allArgmax + image * height * width * filters : 0;
    for (let y: usize = 0; y < height; y++) {
      for (let x: usize = 0; x < width; x++) {
        const patch = from + 2 * y * row + x * 8;
        const out = to + y * toRow + x * filters * 4;
        for (let filter = firstFilter; filter < lastFilter; filter += COLUMNS) {
          window(
            patch,
            row,
            weights + filter * 4,
            filters * 4,
            bias ? bias + filter * 4 : ZEROS,
            relu,
            out + filter * 4,
            argmax ? argmax + filter : 0,
          );
        }
        if (argmax) argmax += filters;
      }
    }
  }
}

/** One pooling window by 16 filters; see gemm.ts. */
function window(
  patch: usize,
  row: usize,
  w: usize,
  tap: usize,
  bias: usize,
  relu: u32,
  to: usize,
  argmax: usize,
): void {
  if (WIDE) {
    windowOf16(patch, row, w, tap, bias, relu, to, argmax);
  } else {
    windowOf8(patch, row, w, tap, bias, relu, to, argmax);
    windowOf8(patch, row, w + 32, tap, bias + 32, relu, to + 32, argmax ? argmax + 8 : 0);
  }
}

function windowOf16(
  patch: usize,
  row: usize,
  w: usize,
  tap: usize,
  bias: usize,
  relu: u32,
  to: usize,
  argmax: usize,
): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let c0 = v128.load(bias, 32);
  let d0 = v128.load(bias, 48);
  let a1 = a0;
  let b1 = b0;
  let c1 = c0;
  let d1 = d0;
  let a2 = a0;
  let b2 = b0;
  let c2 = c0;
  let d2 = d0;
  let a3 = a0;
  let b3 = b0;
  let c3 = c0;
  let d3 = d0;
  for (let r: usize = 0; r < 3; r++, patch += row) {
    for (let s: usize = 0; s < 12; s += 4, w += tap) {
      const wa = v128.load(w);
      const wb = v128.load(w, 16);
      const wc = v128.load(w, 32);
      const wd = v128.load(w, 48);
      const x = patch + s;
      const v0 = splat(x);
      a0 = madd(v0, wa, a0);
      b0 = madd(v0, wb, b0);
      c0 = madd(v0, wc, c0);
      d0 = madd(v0, wd, d0);
      const v1 = splat(x + 4);
      a1 = madd(v1, wa, a1);
      b1 = madd(v1, wb, b1);
      c1 = madd(v1, wc, c1);
      d1 = madd(v1, wd, d1);
      const v2 = splat(x + row);
      a2 = madd(v2, wa, a2);
      b2 = madd(v2, wb, b2);
      c2 = madd(v2, wc, c2);
      d2 = madd(v2, wd, d2);
      const v3 = splat(x + row + 4);
      a3 = madd(v3, wa, a3);
      b3 = madd(v3, wb, b3);
      c3 = madd(v3, wc, c3);
      d3 = madd(v3, wd, d3);
    }
  }
  const a = f32x4.max(f32x4.max(a0, a1), f32x4.max(a2, a3));
  const b = f32x4.max(f32x4.max(b0, b1), f32x4.max(b2, b3));
  const c = f32x4.max(f32x4.max(c0, c1), f32x4.max(c2, c3));
  const d = f32x4.max(f32x4.max(d0, d1), f32x4.max(d2, d3));
  const floor = floorOf(relu);
  v128.store(to, f32x4.max(a, floor));
  v128.store(to, f32x4.max(b, floor), 16);
  v128.store(to, f32x4.max(c, floor), 32);
  v128.store(to, f32x4.max(d, floor), 48);
  if (!argmax) return;
  storeArgmax(argmax, argmaxOf4(a0, a1, a2, a3), a, relu);
  storeArgmax(argmax + 4, argmaxOf4(b0, b1, b2, b3), b, relu);
  storeArgmax(argmax + 8, argmaxOf4(c0, c1, c2, c3), c, relu);
  storeArgmax(argmax + 12, argmaxOf4(d0, d1, d2, d3), d, relu);
}

function windowOf8(
  patch: usize,
  row: usize,
  w: usize,
  tap: usize,
  bias: usize,
  relu: u32,
  to: usize,
  argmax: usize,
): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (let r: usize = 0; r < 3; r++, patch += row) {
    for (let s: usize = 0; s < 12; s += 4, w += tap) {
      const wa = v128.load(w);
      const wb = v128.load(w, 16);
      const x = patch + s;
      const v0 = splat(x);
      a0 = madd(v0, wa, a0);
      b0 = madd(v0, wb, b0);
      const v1 = splat(x + 4);
      a1 = madd(v1, wa, a1);
      b1 = madd(v1, wb, b1);
      const v2 = splat(x + row);
      a2 = madd(v2, wa, a2);
      b2 = madd(v2, wb, b2);
      const v3 = splat(x + row + 4);
      a3 = madd(v3, wa, a3);
      b3 = madd(v3, wb, b3);
    }
  }
  const a = f32x4.max(f32x4.max(a0, a1), f32x4.max(a2, a3));
  const b = f32x4.max(f32x4.max(b0, b1), f32x4.max(b2, b3));
  const floor = floorOf(relu);
  v128.store(to, f32x4.max(a, floor));
  v128.store(to, f32x4.max(b, floor), 16);
  if (!argmax) return;
  storeArgmax(argmax, argmaxOf4(a0, a1, a2, a3), a, relu);
  storeArgmax(argmax + 4, argmaxOf4(b0, b1, b2, b3), b, relu);
}

/**
 * Gradients of the weights. For each tap the four pixels that a pooling window's places see are one vector; each filter
 * picks its own by the place that won, which is a byte shuffle.
 */
export function conv1WeightGradient(op: usize, group: u32, fresh: bool, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, CONV1_HEIGHT);
  const width = <usize>load<u32>(op, CONV1_WIDTH);
  const filters = <usize>load<u32>(op, CONV1_FILTERS);
  const row = <usize>load<u32>(op, CONV1_FROM + VIEW_ROW);
  const gradients = <usize>load<u32>(op, CONV1_GRADIENTS) + group * <usize>load<u32>(op, CONV1_GRADIENTS_GROUP);
  const windows = scratch + <usize>load<u32>(op, CONV1_WINDOWS);
  const bias = load<u32>(op, CONV1_BIAS);
  const gradientRow = <usize>load<u32>(op, CONV1_TO + VIEW_ROW);
  if (fresh) memory.fill(gradients, 0, filters * 36 + (bias ? filters * 4 : 0));
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV1_FROM, image, first, scratch);
    const gradient = viewAt(op + CONV1_TO, image, first, scratch);
    const argmax = <usize>load<u32>(op, CONV1_ARGMAX) + image * height * width * filters;
    let at = windows;
    for (let y: usize = 0; y < height; y++) {
      let patch = from + 2 * y * row;
      for (let x: usize = 0; x < width; x++, patch += 8, at += 144) storeWindows(patch, row, at);
    }
    for (let filter: usize = 0; filter < filters; filter += 4) {
      const g = gradient + filter * 4;
      addWindows(windows, height, width, argmax + filter, g, gradientRow, filters, gradients + filter * 4, bias);
    }
  }
}

/** For each of the nine taps, what the window's four places see: [top left, top right, bottom left, bottom right]. */
function storeWindows(patch: usize, row: usize, to: usize): void {
  const r0 = v128.load(patch);
  const r1 = v128.load(patch + row);
  const r2 = v128.load(patch + 2 * row);
  const r3 = v128.load(patch + 3 * row);
  v128.store(to, v128.shuffle<f32>(r0, r1, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(r0, r1, 1, 2, 5, 6), 16);
  v128.store(to, v128.shuffle<f32>(r0, r1, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(r1, r2, 0, 1, 4, 5), 48);
  v128.store(to, v128.shuffle<f32>(r1, r2, 1, 2, 5, 6), 64);
  v128.store(to, v128.shuffle<f32>(r1, r2, 2, 3, 6, 7), 80);
  v128.store(to, v128.shuffle<f32>(r2, r3, 0, 1, 4, 5), 96);
  v128.store(to, v128.shuffle<f32>(r2, r3, 1, 2, 5, 6), 112);
  v128.store(to, v128.shuffle<f32>(r2, r3, 2, 3, 6, 7), 128);
}

function addWindows(
  windows: usize,
  height: usize,
  width: usize,
  winner: usize,
  gradient: usize,
  gradientRow: usize,
  filters: usize,
  to: usize,
  bias: u32,
): void {
  const next = filters * 4;
  let a0 = v128.load(to);
  let a1 = v128.load(to + next);
  let a2 = v128.load(to + 2 * next);
  let a3 = v128.load(to + 3 * next);
  let a4 = v128.load(to + 4 * next);
  let a5 = v128.load(to + 5 * next);
  let a6 = v128.load(to + 6 * next);
  let a7 = v128.load(to + 7 * next);
  let a8 = v128.load(to + 8 * next);
  let sum = f32x4.splat(0);
  const spread = i8x16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  const bytes = i32x4.splat(0x03020100);
  for (let y: usize = 0; y < height; y++) {
    let at = gradient + y * gradientRow;
    for (let x: usize = 0; x < width; x++, windows += 144, winner += filters, at += next) {
      const place = i8x16.swizzle(v128.load32_zero(winner), spread);
      const g = v128.and(v128.load(at), i8x16.lt_u(place, i8x16.splat(4)));
      const pick = v128.or(i32x4.shl(place, 2), bytes);
      sum = f32x4.add(sum, g);
      a0 = madd(i8x16.swizzle(v128.load(windows), pick), g, a0);
      a1 = madd(i8x16.swizzle(v128.load(windows, 16), pick), g, a1);
      a2 = madd(i8x16.swizzle(v128.load(windows, 32), pick), g, a2);
      a3 = madd(i8x16.swizzle(v128.load(windows, 48), pick), g, a3);
      a4 = madd(i8x16.swizzle(v128.load(windows, 64), pick), g, a4);
      a5 = madd(i8x16.swizzle(v128.load(windows, 80), pick), g, a5);
      a6 = madd(i8x16.swizzle(v128.load(windows, 96), pick), g, a6);
      a7 = madd(i8x16.swizzle(v128.load(windows, 112), pick), g, a7);
      a8 = madd(i8x16.swizzle(v128.load(windows, 128), pick), g, a8);
    }
  }
  v128.store(to, a0);
  v128.store(to + next, a1);
  v128.store(to + 2 * next, a2);
  v128.store(to + 3 * next, a3);
  v128.store(to + 4 * next, a4);
  v128.store(to + 5 * next, a5);
  v128.store(to + 6 * next, a6);
  v128.store(to + 7 * next, a7);
  v128.store(to + 8 * next, a8);
  if (bias) v128.store(to + 9 * next, f32x4.add(v128.load(to + 9 * next), sum));
}
