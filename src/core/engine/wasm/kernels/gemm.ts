import {
  COLUMNS,
  GEMM_BIAS,
  GEMM_BLOCK,
  GEMM_FROM,
  GEMM_FROM_PIXEL,
  GEMM_HALF,
  GEMM_HEIGHT,
  GEMM_RUN_BYTES,
  GEMM_RUN_STRIDE,
  GEMM_RUNS,
  GEMM_TAP_BYTES,
  GEMM_TAP_STRIDE,
  GEMM_TAPS,
  GEMM_TILES,
  GEMM_TO,
  GEMM_TO_PIXEL,
  GEMM_WEIGHTS,
  GEMM_WIDTH,
  VIEW_ROW,
} from './layout';
import { gemm6x8, gemm6x16, gemmTaps6x8, gemmTaps6x16 } from './microkernels';
import { ZEROS } from './simd';
import { viewAt } from './view';

/**
 * Matrix product out[pixel, column] = bias[column] + sum over k of patch[pixel, k] * weights[k, column].
 *
 * In NHWC a patch of a convolution is one contiguous run of values for each row of the kernel, so it needs no im2col; the
 * input of a dense layer is one run. Weights are packed as [column / 16][k][16] (see pack.ts). 16 columns of them stay in
 * the cache for a block of pixels.
 */
export function gemm(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const height = load<u32>(op, GEMM_HEIGHT);
  const width = load<u32>(op, GEMM_WIDTH);
  const fromPixel = <usize>load<u32>(op, GEMM_FROM_PIXEL);
  const toPixel = <usize>load<u32>(op, GEMM_TO_PIXEL);
  const fromRow = <usize>load<u32>(op, GEMM_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, GEMM_TO + VIEW_ROW);
  const weights = <usize>load<u32>(op, GEMM_WEIGHTS);
  const bias = <usize>load<u32>(op, GEMM_BIAS);
  const runs = <usize>load<u32>(op, GEMM_RUNS);
  const runBytes = <usize>load<u32>(op, GEMM_RUN_BYTES);
  const runStride = <usize>load<u32>(op, GEMM_RUN_STRIDE);
  const tiles = load<u32>(op, GEMM_TILES);
  const firstTile = (slice * tiles) / slices;
  const lastTile = ((slice + 1) * tiles) / slices;
  const taps = <usize>load<u32>(op, GEMM_TAPS);
  const tapBytes = <usize>load<u32>(op, GEMM_TAP_BYTES);
  const tapStride = <usize>load<u32>(op, GEMM_TAP_STRIDE);
  const lastHalf = load<u32>(op, GEMM_HALF) ? tiles - 1 : tiles;
  const tileBytes = runs * (taps ? taps * tapBytes : runBytes) * COLUMNS;

  let left = (last - first) * height * width;
  let image = first;
  let x: u32 = 0;
  let y: u32 = 0;
  let from = viewAt(op + GEMM_FROM, image, first, scratch);
  let to = viewAt(op + GEMM_TO, image, first, scratch);
  while (left > 0) {
    const count = min<u32>(left, GEMM_BLOCK);
    left -= count;
    let end = scratch;
    for (let i: u32 = 0; i < count; i++, end += 8) {
      store<u32>(end, <u32>(from + y * fromRow + x * fromPixel));
      store<u32>(end, <u32>(to + y * toRow + x * toPixel), 4);
      x++;
      if (x == width) {
        x = 0;
        y++;
        if (y == height) {
          y = 0;
          image++;
          from = viewAt(op + GEMM_FROM, image, first, scratch);
          to = viewAt(op + GEMM_TO, image, first, scratch);
        }
      }
    }
    // Past the end the last pixel is repeated, which writes the same values again.
    for (let i = count; i % 6 != 0; i++, end += 8) store<u64>(end, load<u64>(end - 8));
    for (let tile = firstTile; tile < lastTile; tile++) {
      const w = weights + tile * tileBytes;
      const b = bias ? bias + tile * COLUMNS * 4 : 0;
      const column = <usize>tile * COLUMNS * 4;
      const half = tile >= lastHalf;
      if (half) clearHalf(scratch, end, column + 32);
      for (let table = scratch; table < end; table += 48) {
        if (taps) {
          const skip = runStride - taps * tapStride;
          gemmTapsTile(table, w, b, runs, skip, taps, tapBytes, tapStride - tapBytes, column, half);
        } else if (half) {
          gemm6x8(table, 0, w, b ? b : ZEROS, runs, runBytes, runStride - runBytes, column);
        } else {
          gemmTile(table, 0, w, b, runs, runBytes, runStride - runBytes, column);
        }
      }
    }
  }
}

/** A tile of 6 pixels by 16 columns: see `gemm6x16`. `bias` may be 0. */
export function gemmTile(
  table: usize,
  from: usize,
  weights: usize,
  bias: usize,
  runs: usize,
  runBytes: usize,
  skip: usize,
  to: usize,
): void {
  const start = bias ? bias : ZEROS;
  if (WIDE) {
    gemm6x16(table, from, weights, start, runs, runBytes, skip, to);
  } else {
    gemm6x8(table, from, weights, start, runs, runBytes, skip, to);
    gemm6x8(table, from, weights + 32, start + 32, runs, runBytes, skip, to + 32);
  }
}

/** The same for patches of which some channels are not needed: see `gemmTaps6x16`. `half`: only 8 columns are needed. */
function gemmTapsTile(
  table: usize,
  weights: usize,
  bias: usize,
  runs: usize,
  skip: usize,
  taps: usize,
  tapBytes: usize,
  tapSkip: usize,
  to: usize,
  half: bool,
): void {
  const start = bias ? bias : ZEROS;
  if (half) {
    gemmTaps6x8(table, 0, weights, start, runs, skip, taps, tapBytes, tapSkip, to);
  } else if (WIDE) {
    gemmTaps6x16(table, 0, weights, start, runs, skip, taps, tapBytes, tapSkip, to);
  } else {
    gemmTaps6x8(table, 0, weights, start, runs, skip, taps, tapBytes, tapSkip, to);
    gemmTaps6x8(table, 0, weights + 32, start + 32, runs, skip, taps, tapBytes, tapSkip, to + 32);
  }
}

/** Zeroes 8 columns of all pixels in a table. */
function clearHalf(table: usize, end: usize, to: usize): void {
  for (; table < end; table += 8) {
    const at = <usize>load<u32>(table, 4) + to;
    v128.store(at, f32x4.splat(0));
    v128.store(at, f32x4.splat(0), 16);
  }
}
