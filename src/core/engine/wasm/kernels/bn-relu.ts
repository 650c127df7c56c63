import {
  BATCH_NORM_SCALE,
  BATCH_NORM_SHIFT,
  BN_RELU_ARGMAX,
  BN_RELU_BORDER,
  BN_RELU_CHANNELS,
  BN_RELU_FROM,
  BN_RELU_HAS_POOL,
  BN_RELU_HAS_RELU,
  BN_RELU_HEIGHT,
  BN_RELU_PARTIALS,
  BN_RELU_TO,
  BN_RELU_VECTORS,
  BN_RELU_WIDTH,
  COLUMNS,
  VIEW_ROW,
} from './layout';
import { argmaxOf4, reluFloor, storeArgmax } from './max-pool';
import { madd, ONES, ZEROS } from './simd';
import { clearBorder, viewAt } from './view';

/*
 * Batch norm, ReLU and 2x2 max pooling, each of them optional, in one pass over the activations. The number of channels
 * is a multiple of 16.
 */

/**
 * Forward pass. Batch norm is a scale and a shift for each channel, which `batchNormForward` has computed. A slice
 * covers some of the channels; it must cover all of them if the argmax is kept.
 */
export function bnReluForward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const pool = load<u32>(op, BN_RELU_HAS_POOL);
  const relu = load<u32>(op, BN_RELU_HAS_RELU);
  const norm = <usize>load<u32>(op, BN_RELU_VECTORS);
  const height = <usize>load<u32>(op, BN_RELU_HEIGHT) >> pool;
  const width = <usize>load<u32>(op, BN_RELU_WIDTH) >> pool;
  const pixel = <usize>load<u32>(op, BN_RELU_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, BN_RELU_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, BN_RELU_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, BN_RELU_BORDER);
  const allArgmax = <usize>load<u32>(op, BN_RELU_ARGMAX);
  const tiles = pixel / (COLUMNS * 4);
  const start = ((slice * tiles) / slices) * COLUMNS * 4;
  const bytes = (((slice + 1) * tiles) / slices) * COLUMNS * 4 - start;
  const vectors = norm ? norm + start : 0;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + BN_RELU_FROM, image, first, scratch);
    const to = viewAt(op + BN_RELU_TO, image, first, scratch);
    clearBorder(to, border, height, width, pixel, toRow);
    const argmax = allArgmax + ((image * height * width * pixel) >> 2);
    for (let y: usize = 0; y < height; y++) {
      const x = from + (y << pool) * fromRow;
      const out = to + y * toRow;
      if (allArgmax) forwardPoolArgmax(x, fromRow, out, width, pixel, relu, argmax + ((y * width * pixel) >> 2));
      else if (pool) forwardPool(x + start, fromRow, out + start, width, pixel, bytes, vectors, relu);
      else forwardRow(x + start, out + start, width, pixel, bytes, vectors, relu);
    }
  }
}

/*
 * The functions below process one or two rows of an image, eight channels at a time: per-channel values stay in
 * registers, and the row in the cache. The vectors of channels 0 to 3 and 4 to 7 are called a and b; they are always
 * loaded, computed and stored side by side, so that V8 can fuse them (see ../kernel-build.ts).
 */

/**
 * Address of eight channels of one of the batch norm's vectors, or `fallback` without batch norm. Choosing between
 * addresses rather than values lets V8 fuse the loads.
 */
export function vectorAt(norm: usize, vector: usize, pixel: usize, c: usize, fallback: usize): usize {
  return norm ? norm + vector * pixel + c : fallback;
}

function forwardRow(x: usize, to: usize, width: usize, pixel: usize, bytes: usize, norm: usize, relu: u32): void {
  const floor = reluFloor(relu);
  for (let c: usize = 0; c < bytes; c += 32) {
    const scale = vectorAt(norm, BATCH_NORM_SCALE, pixel, c, ONES);
    const scaleA = v128.load(scale);
    const scaleB = v128.load(scale, 16);
    const shift = vectorAt(norm, BATCH_NORM_SHIFT, pixel, c, ZEROS);
    const shiftA = v128.load(shift);
    const shiftB = v128.load(shift, 16);
    let at = x + c;
    const end = at + width * pixel;
    let out = to + c;
    do {
      const a = f32x4.max(madd(v128.load(at), scaleA, shiftA), floor);
      const b = f32x4.max(madd(v128.load(at, 16), scaleB, shiftB), floor);
      v128.store(out, a);
      v128.store(out, b, 16);
      at += pixel;
      out += pixel;
    } while (at < end);
  }
}

function forwardPool(
  x: usize,
  row: usize,
  to: usize,
  width: usize,
  pixel: usize,
  bytes: usize,
  norm: usize,
  relu: u32,
): void {
  const floor = reluFloor(relu);
  for (let c: usize = 0; c < bytes; c += 32) {
    const scale = vectorAt(norm, BATCH_NORM_SCALE, pixel, c, ONES);
    const scaleA = v128.load(scale);
    const scaleB = v128.load(scale, 16);
    const shift = vectorAt(norm, BATCH_NORM_SHIFT, pixel, c, ZEROS);
    const shiftA = v128.load(shift);
    const shiftB = v128.load(shift, 16);
    let out = to + c;
    let at = x + c;
    const end = out + width * pixel;
    do {
      const a0 = madd(v128.load(at), scaleA, shiftA);
      const b0 = madd(v128.load(at, 16), scaleB, shiftB);
      const a1 = madd(v128.load(at + pixel), scaleA, shiftA);
      const b1 = madd(v128.load(at + pixel, 16), scaleB, shiftB);
      const a2 = madd(v128.load(at + row), scaleA, shiftA);
      const b2 = madd(v128.load(at + row, 16), scaleB, shiftB);
      const a3 = madd(v128.load(at + row + pixel), scaleA, shiftA);
      const b3 = madd(v128.load(at + row + pixel, 16), scaleB, shiftB);
      const a = f32x4.max(f32x4.max(f32x4.max(a0, a1), f32x4.max(a2, a3)), floor);
      const b = f32x4.max(f32x4.max(f32x4.max(b0, b1), f32x4.max(b2, b3)), floor);
      v128.store(out, a);
      v128.store(out, b, 16);
      at += 2 * pixel;
      out += pixel;
    } while (out < end);
  }
}

/** Without batch norm, keeping the argmax. */
function forwardPoolArgmax(
  x: usize,
  row: usize,
  to: usize,
  width: usize,
  pixel: usize,
  relu: u32,
  argmax: usize,
): void {
  const floor = reluFloor(relu);
  const end = to + width * pixel;
  for (; to < end; to += pixel, x += 2 * pixel) {
    for (let c: usize = 0; c < pixel; c += 16, argmax += 4) {
      const v0 = v128.load(x + c);
      const v1 = v128.load(x + c + pixel);
      const v2 = v128.load(x + c + row);
      const v3 = v128.load(x + c + row + pixel);
      const maximum = f32x4.max(f32x4.max(v0, v1), f32x4.max(v2, v3));
      storeArgmax(argmax, argmaxOf4(v0, v1, v2, v3), maximum, relu);
      v128.store(to + c, f32x4.max(maximum, floor));
    }
  }
}

/** Means and sums of squared deviations of an image group, [groups, 2, channels]. */
export function bnStatistics(op: usize, group: u32, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, BN_RELU_HEIGHT);
  const width = <usize>load<u32>(op, BN_RELU_WIDTH);
  const pixel = <usize>load<u32>(op, BN_RELU_CHANNELS) * 4;
  const row = <usize>load<u32>(op, BN_RELU_FROM + VIEW_ROW);
  const mean = <usize>load<u32>(op, BN_RELU_PARTIALS) + group * 2 * pixel;
  const square = mean + pixel;
  const count = f32x4.splat(<f32>(<usize>(last - first) * height * width));
  for (let c: usize = 0; c < pixel; c += 32) {
    let a = f32x4.splat(0);
    let b = a;
    for (let image = first; image < last; image++) {
      const from = viewAt(op + BN_RELU_FROM, image, first, scratch) + c;
      for (let y: usize = 0; y < height; y++) {
        let at = from + y * row;
        for (const end = at + width * pixel; at < end; at += pixel) {
          a = f32x4.add(a, v128.load(at));
          b = f32x4.add(b, v128.load(at, 16));
        }
      }
    }
    const ma = f32x4.div(a, count);
    const mb = f32x4.div(b, count);
    a = f32x4.splat(0);
    b = a;
    for (let image = first; image < last; image++) {
      const from = viewAt(op + BN_RELU_FROM, image, first, scratch) + c;
      for (let y: usize = 0; y < height; y++) {
        let at = from + y * row;
        for (const end = at + width * pixel; at < end; at += pixel) {
          const da = f32x4.sub(v128.load(at), ma);
          const db = f32x4.sub(v128.load(at, 16), mb);
          a = madd(da, da, a);
          b = madd(db, db, b);
        }
      }
    }
    v128.store(mean + c, ma);
    v128.store(mean + c, mb, 16);
    v128.store(square + c, a);
    v128.store(square + c, b, 16);
  }
}
