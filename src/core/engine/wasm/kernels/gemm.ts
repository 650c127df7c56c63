import {
  COLUMNS,
  GEMM_BIAS,
  GEMM_FROM,
  GEMM_FROM_PIXEL,
  GEMM_HEIGHT,
  GEMM_RUN_BYTES,
  GEMM_RUNS,
  GEMM_TILES,
  GEMM_TO,
  GEMM_TO_PIXEL,
  GEMM_WEIGHTS,
  GEMM_WIDTH,
  VIEW_ROW,
} from './layout';
import { madd, splat, ZEROS } from './simd';
import { viewAt } from './view';

/**
 * Matrix product out[pixel, column] = bias[column] + sum over k of patch[pixel, k] * weights[k, column].
 *
 * A 3x3 patch in NHWC is three runs of 3 * channels values, one a row, so the convolution needs no im2col; a dense layer
 * is one run. Weights are packed [column / 16][k][16] (see pack.ts).
 */
export function gemm(op: usize, first: u32, last: u32, split: u32, splits: u32, scratch: usize): void {
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
  const tiles = load<u32>(op, GEMM_TILES);
  const firstTile = (split * tiles) / splits;
  const lastTile = ((split + 1) * tiles) / splits;
  const tileBytes = runs * runBytes * COLUMNS;

  let left = (last - first) * height * width;
  let image = first;
  let x: u32 = 0;
  let y: u32 = 0;
  let from = viewAt(op + GEMM_FROM, image, first, scratch);
  let to = viewAt(op + GEMM_TO, image, first, scratch);
  while (left > 0) {
    // Six pixels in a row; after the last one it is repeated, which writes the same values once more.
    for (let i: usize = 0; i < 6; i++) {
      store<u32>(scratch + 8 * i, <u32>(from + y * fromRow + x * fromPixel));
      store<u32>(scratch + 8 * i, <u32>(to + y * toRow + x * toPixel), 4);
      if (left <= 1) {
        left = 0;
        continue;
      }
      left--;
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
    for (let tile = firstTile; tile < lastTile; tile++) {
      const w = weights + tile * tileBytes;
      const b = bias ? bias + tile * COLUMNS * 4 : 0;
      tileOf6(scratch, 0, w, b, runs, runBytes, fromRow - runBytes, tile * COLUMNS * 4);
    }
  }
}

/**
 * One tile of 6 pixels by 16 columns. `table`: for each pixel the addresses of its patch and of its output, to which the
 * offsets `from` and `to` are added. `skip`: bytes from the end of a run to the next one; `bias` may be 0.
 *
 * With vectors of 8 the 12 accumulators, 2 vectors of weights and 1 value fill 15 of x64's 16 registers; with vectors of
 * 4 two tiles of 8 columns do. The loop must stay short and its vectors side by side: V8 joins two of 4 to one of 8 where
 * loads, sums and stores are plainly pairs (see ../support.ts).
 */
export function tileOf6(
  table: usize,
  from: usize,
  w: usize,
  bias: usize,
  runs: usize,
  runBytes: usize,
  skip: usize,
  to: usize,
): void {
  const start = bias ? bias : ZEROS;
  if (WIDE) {
    tileOf6By16(table, from, w, start, runs, runBytes, skip, to);
  } else {
    tileOf6By8(table, from, w, start, runs, runBytes, skip, to);
    tileOf6By8(table, from, w + 32, start + 32, runs, runBytes, skip, to + 32);
  }
}

function tileOf6By16(
  table: usize,
  from: usize,
  w: usize,
  bias: usize,
  runs: usize,
  runBytes: usize,
  skip: usize,
  to: usize,
): void {
  let x0 = <usize>load<u32>(table) + from;
  let x1 = <usize>load<u32>(table, 8) + from;
  let x2 = <usize>load<u32>(table, 16) + from;
  let x3 = <usize>load<u32>(table, 24) + from;
  let x4 = <usize>load<u32>(table, 32) + from;
  let x5 = <usize>load<u32>(table, 40) + from;
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
  let a4 = a0;
  let b4 = b0;
  let c4 = c0;
  let d4 = d0;
  let a5 = a0;
  let b5 = b0;
  let c5 = c0;
  let d5 = d0;
  for (let run: usize = 0; run < runs; run++) {
    const end = x0 + runBytes;
    do {
      const wa = v128.load(w);
      const wb = v128.load(w, 16);
      const wc = v128.load(w, 32);
      const wd = v128.load(w, 48);
      let x = splat(x0);
      a0 = madd(x, wa, a0);
      b0 = madd(x, wb, b0);
      c0 = madd(x, wc, c0);
      d0 = madd(x, wd, d0);
      x = splat(x1);
      a1 = madd(x, wa, a1);
      b1 = madd(x, wb, b1);
      c1 = madd(x, wc, c1);
      d1 = madd(x, wd, d1);
      x = splat(x2);
      a2 = madd(x, wa, a2);
      b2 = madd(x, wb, b2);
      c2 = madd(x, wc, c2);
      d2 = madd(x, wd, d2);
      x = splat(x3);
      a3 = madd(x, wa, a3);
      b3 = madd(x, wb, b3);
      c3 = madd(x, wc, c3);
      d3 = madd(x, wd, d3);
      x = splat(x4);
      a4 = madd(x, wa, a4);
      b4 = madd(x, wb, b4);
      c4 = madd(x, wc, c4);
      d4 = madd(x, wd, d4);
      x = splat(x5);
      a5 = madd(x, wa, a5);
      b5 = madd(x, wb, b5);
      c5 = madd(x, wc, c5);
      d5 = madd(x, wd, d5);
      w += COLUMNS * 4;
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
      x4 += 4;
      x5 += 4;
    } while (x0 < end);
    x0 += skip;
    x1 += skip;
    x2 += skip;
    x3 += skip;
    x4 += skip;
    x5 += skip;
  }
  let out = <usize>load<u32>(table, 4) + to;
  v128.store(out, a0);
  v128.store(out, b0, 16);
  v128.store(out, c0, 32);
  v128.store(out, d0, 48);
  out = <usize>load<u32>(table, 12) + to;
  v128.store(out, a1);
  v128.store(out, b1, 16);
  v128.store(out, c1, 32);
  v128.store(out, d1, 48);
  out = <usize>load<u32>(table, 20) + to;
  v128.store(out, a2);
  v128.store(out, b2, 16);
  v128.store(out, c2, 32);
  v128.store(out, d2, 48);
  out = <usize>load<u32>(table, 28) + to;
  v128.store(out, a3);
  v128.store(out, b3, 16);
  v128.store(out, c3, 32);
  v128.store(out, d3, 48);
  out = <usize>load<u32>(table, 36) + to;
  v128.store(out, a4);
  v128.store(out, b4, 16);
  v128.store(out, c4, 32);
  v128.store(out, d4, 48);
  out = <usize>load<u32>(table, 44) + to;
  v128.store(out, a5);
  v128.store(out, b5, 16);
  v128.store(out, c5, 32);
  v128.store(out, d5, 48);
}

function tileOf6By8(
  table: usize,
  from: usize,
  w: usize,
  bias: usize,
  runs: usize,
  runBytes: usize,
  skip: usize,
  to: usize,
): void {
  let x0 = <usize>load<u32>(table) + from;
  let x1 = <usize>load<u32>(table, 8) + from;
  let x2 = <usize>load<u32>(table, 16) + from;
  let x3 = <usize>load<u32>(table, 24) + from;
  let x4 = <usize>load<u32>(table, 32) + from;
  let x5 = <usize>load<u32>(table, 40) + from;
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  let a4 = a0;
  let b4 = b0;
  let a5 = a0;
  let b5 = b0;
  for (let run: usize = 0; run < runs; run++) {
    const end = x0 + runBytes;
    do {
      const wa = v128.load(w);
      const wb = v128.load(w, 16);
      let x = splat(x0);
      a0 = madd(x, wa, a0);
      b0 = madd(x, wb, b0);
      x = splat(x1);
      a1 = madd(x, wa, a1);
      b1 = madd(x, wb, b1);
      x = splat(x2);
      a2 = madd(x, wa, a2);
      b2 = madd(x, wb, b2);
      x = splat(x3);
      a3 = madd(x, wa, a3);
      b3 = madd(x, wb, b3);
      x = splat(x4);
      a4 = madd(x, wa, a4);
      b4 = madd(x, wb, b4);
      x = splat(x5);
      a5 = madd(x, wa, a5);
      b5 = madd(x, wb, b5);
      w += COLUMNS * 4;
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
      x4 += 4;
      x5 += 4;
    } while (x0 < end);
    x0 += skip;
    x1 += skip;
    x2 += skip;
    x3 += skip;
    x4 += skip;
    x5 += skip;
  }
  let out = <usize>load<u32>(table, 4) + to;
  v128.store(out, a0);
  v128.store(out, b0, 16);
  out = <usize>load<u32>(table, 12) + to;
  v128.store(out, a1);
  v128.store(out, b1, 16);
  out = <usize>load<u32>(table, 20) + to;
  v128.store(out, a2);
  v128.store(out, b2, 16);
  out = <usize>load<u32>(table, 28) + to;
  v128.store(out, a3);
  v128.store(out, b3, 16);
  out = <usize>load<u32>(table, 36) + to;
  v128.store(out, a4);
  v128.store(out, b4, 16);
  out = <usize>load<u32>(table, 44) + to;
  v128.store(out, a5);
  v128.store(out, b5, 16);
}
