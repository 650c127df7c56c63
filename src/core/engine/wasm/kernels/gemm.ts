import {
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
import { madd, splat } from './simd';
import { viewAt } from './view';

/**
 * Matrix product out[pixel, column] = bias[column] + sum over k of patch[pixel, k] * weights[k, column].
 *
 * A 3x3 patch in NHWC is three runs of 3 * channels values, one a row, so the convolution needs no im2col; a dense layer
 * is one run. Weights are packed [column / 8][k][8] (see pack.ts). The register tile is 6 pixels by 8 columns: 12
 * accumulators, 2 vectors of weights and 1 value fill 15 of the 16 registers of x64.
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
  const tileBytes = runs * runBytes * 8;
  const unrolled = runBytes % 16 == 0;

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
      const b = bias ? bias + tile * 32 : 0;
      if (unrolled) tileOf6By8(scratch, w, b, runs, runBytes, fromRow - runBytes, tile * 32);
      else tileOfAnyRun(scratch, w, b, runs, runBytes, fromRow - runBytes, tile * 32);
    }
  }
}

/** One register tile; runs are multiples of 4 values. `skip`: bytes from the end of a run to the next one. */
export function tileOf6By8(
  table: usize,
  w: usize,
  bias: usize,
  runs: usize,
  runBytes: usize,
  skip: usize,
  to: usize,
): void {
  let x0 = <usize>load<u32>(table);
  let x1 = <usize>load<u32>(table, 8);
  let x2 = <usize>load<u32>(table, 16);
  let x3 = <usize>load<u32>(table, 24);
  let x4 = <usize>load<u32>(table, 32);
  let x5 = <usize>load<u32>(table, 40);
  let a0 = bias ? v128.load(bias) : f32x4.splat(0);
  let b0 = bias ? v128.load(bias, 16) : f32x4.splat(0);
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
      let wa = v128.load(w);
      let wb = v128.load(w, 16);
      let v = v128.load_splat<f32>(x0);
      a0 = madd(v, wa, a0);
      b0 = madd(v, wb, b0);
      v = v128.load_splat<f32>(x1);
      a1 = madd(v, wa, a1);
      b1 = madd(v, wb, b1);
      v = v128.load_splat<f32>(x2);
      a2 = madd(v, wa, a2);
      b2 = madd(v, wb, b2);
      v = v128.load_splat<f32>(x3);
      a3 = madd(v, wa, a3);
      b3 = madd(v, wb, b3);
      v = v128.load_splat<f32>(x4);
      a4 = madd(v, wa, a4);
      b4 = madd(v, wb, b4);
      v = v128.load_splat<f32>(x5);
      a5 = madd(v, wa, a5);
      b5 = madd(v, wb, b5);
      wa = v128.load(w, 32);
      wb = v128.load(w, 48);
      v = v128.load_splat<f32>(x0, 4);
      a0 = madd(v, wa, a0);
      b0 = madd(v, wb, b0);
      v = v128.load_splat<f32>(x1, 4);
      a1 = madd(v, wa, a1);
      b1 = madd(v, wb, b1);
      v = v128.load_splat<f32>(x2, 4);
      a2 = madd(v, wa, a2);
      b2 = madd(v, wb, b2);
      v = v128.load_splat<f32>(x3, 4);
      a3 = madd(v, wa, a3);
      b3 = madd(v, wb, b3);
      v = v128.load_splat<f32>(x4, 4);
      a4 = madd(v, wa, a4);
      b4 = madd(v, wb, b4);
      v = v128.load_splat<f32>(x5, 4);
      a5 = madd(v, wa, a5);
      b5 = madd(v, wb, b5);
      wa = v128.load(w, 64);
      wb = v128.load(w, 80);
      v = v128.load_splat<f32>(x0, 8);
      a0 = madd(v, wa, a0);
      b0 = madd(v, wb, b0);
      v = v128.load_splat<f32>(x1, 8);
      a1 = madd(v, wa, a1);
      b1 = madd(v, wb, b1);
      v = v128.load_splat<f32>(x2, 8);
      a2 = madd(v, wa, a2);
      b2 = madd(v, wb, b2);
      v = v128.load_splat<f32>(x3, 8);
      a3 = madd(v, wa, a3);
      b3 = madd(v, wb, b3);
      v = v128.load_splat<f32>(x4, 8);
      a4 = madd(v, wa, a4);
      b4 = madd(v, wb, b4);
      v = v128.load_splat<f32>(x5, 8);
      a5 = madd(v, wa, a5);
      b5 = madd(v, wb, b5);
      wa = v128.load(w, 96);
      wb = v128.load(w, 112);
      v = v128.load_splat<f32>(x0, 12);
      a0 = madd(v, wa, a0);
      b0 = madd(v, wb, b0);
      v = v128.load_splat<f32>(x1, 12);
      a1 = madd(v, wa, a1);
      b1 = madd(v, wb, b1);
      v = v128.load_splat<f32>(x2, 12);
      a2 = madd(v, wa, a2);
      b2 = madd(v, wb, b2);
      v = v128.load_splat<f32>(x3, 12);
      a3 = madd(v, wa, a3);
      b3 = madd(v, wb, b3);
      v = v128.load_splat<f32>(x4, 12);
      a4 = madd(v, wa, a4);
      b4 = madd(v, wb, b4);
      v = v128.load_splat<f32>(x5, 12);
      a5 = madd(v, wa, a5);
      b5 = madd(v, wb, b5);
      w += 128;
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
      x4 += 16;
      x5 += 16;
    } while (x0 < end);
    x0 += skip;
    x1 += skip;
    x2 += skip;
    x3 += skip;
    x4 += skip;
    x5 += skip;
  }
  let out: usize;
  out = <usize>load<u32>(table, 4) + to;
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

/** As above for runs of any length: the first layer's, whose channels are the image's. */
function tileOfAnyRun(table: usize, w: usize, bias: usize, runs: usize, runBytes: usize, skip: usize, to: usize): void {
  for (let i: usize = 0; i < 6; i++, table += 8) {
    let x = <usize>load<u32>(table);
    let at = w;
    let a = bias ? v128.load(bias) : f32x4.splat(0);
    let b = bias ? v128.load(bias, 16) : f32x4.splat(0);
    for (let run: usize = 0; run < runs; run++, x += skip) {
      for (const end = x + runBytes; x < end; x += 4, at += 32) {
        const v = splat(x);
        a = madd(v, v128.load(at), a);
        b = madd(v, v128.load(at, 16), b);
      }
    }
    const out = <usize>load<u32>(table, 4) + to;
    v128.store(out, a);
    v128.store(out, b, 16);
  }
}
