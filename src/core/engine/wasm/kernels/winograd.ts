import { gemmTile } from './gemm';
import {
  COLUMNS,
  GEMM_BIAS,
  GEMM_FROM,
  GEMM_FROM_PIXEL,
  GEMM_HEIGHT,
  GEMM_TILES,
  GEMM_TO,
  GEMM_TO_PIXEL,
  GEMM_WEIGHTS,
  GEMM_WIDTH,
  VIEW_ROW,
  WINOGRAD_BLOCK,
  WINOGRAD_INPUTS,
  WINOGRAD_PRODUCTS,
} from './layout';
import { winogradOutput } from './microkernels';
import { madd } from './simd';
import { viewAt } from './view';

/*
 * 3x3 convolution by Winograd's minimal filtering algorithm F(2x2, 3x3) (Lavin & Gray 2016): computing a 2x2 tile of
 * the output from a 4x4 tile of the input takes 16 multiplications instead of 36. Input tiles d, kernels g and products
 * m are transformed to B^T d B, G g G^T and A^T m A, where
 *   B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1],
 *   G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1],
 *   A^T = [1 1 1 0; 0 1 -1 -1],
 * and the sum over channels at each of the 16 positions of a transformed tile is a GEMM.
 */

/**
 * Forward pass, or the gradient of the input. For odd sizes one more row or column is computed than stored. A slice
 * computes some of the columns.
 */
export function winograd(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const height = load<u32>(op, GEMM_HEIGHT);
  const width = load<u32>(op, GEMM_WIDTH);
  const toPixel = <usize>load<u32>(op, GEMM_TO_PIXEL);
  const toRow = <usize>load<u32>(op, GEMM_TO + VIEW_ROW);
  const bias = <usize>load<u32>(op, GEMM_BIAS);
  const inputs = scratch + <usize>load<u32>(op, WINOGRAD_INPUTS);
  const products = scratch + <usize>load<u32>(op, WINOGRAD_PRODUCTS);
  const tiles = load<u32>(op, GEMM_TILES);
  const firstColumn = (slice * tiles) / slices;
  const lastColumn = ((slice + 1) * tiles) / slices;
  const start = <usize>firstColumn * COLUMNS * 4;
  const end = <usize>lastColumn * COLUMNS * 4;
  const across = (width + 1) >> 1;
  const perImage = ((height + 1) >> 1) * across;
  const all = (last - first) * perImage;
  for (let block: u32 = 0; block < all; block += WINOGRAD_BLOCK) {
    const count = min<u32>(WINOGRAD_BLOCK, all - block);
    transformInputs(op, first, block, count, scratch, inputs);
    multiply(op, count, firstColumn, lastColumn, scratch, inputs, products);
    for (let i: u32 = 0; i < count; i++) {
      const tile = block + i;
      const image = first + tile / perImage;
      const y = ((tile % perImage) / across) * 2;
      const x = ((tile % perImage) % across) * 2;
      const to = viewAt(op + GEMM_TO, image, first, scratch) + y * toRow + x * toPixel;
      winogradOutput(products + i * toPixel, toPixel, start, end, bias, to, toRow, x + 1 < width, y + 1 < height);
    }
  }
}

/** Transforms a block of 4x4 tiles of the input to [16, WINOGRAD_BLOCK, channels]. */
export function transformInputs(op: usize, first: u32, start: u32, count: u32, scratch: usize, inputs: usize): void {
  const height = load<u32>(op, GEMM_HEIGHT);
  const width = load<u32>(op, GEMM_WIDTH);
  const pixel = <usize>load<u32>(op, GEMM_FROM_PIXEL);
  const row = <usize>load<u32>(op, GEMM_FROM + VIEW_ROW);
  const across = (width + 1) >> 1;
  const perImage = ((height + 1) >> 1) * across;
  const plane = pixel * WINOGRAD_BLOCK;
  for (let i: u32 = 0; i < count; i++) {
    const tile = start + i;
    const image = first + tile / perImage;
    const y = ((tile % perImage) / across) * 2;
    const x = ((tile % perImage) % across) * 2;
    const from = viewAt(op + GEMM_FROM, image, first, scratch) + y * row + x * pixel;
    const to = inputs + i * pixel;
    for (let c: usize = 0; c < pixel; c += 32) {
      const r0 = from + c;
      const r1 = r0 + row;
      const r2 = r1 + row;
      transformRow(r0, r2, pixel, to + c, plane, -1);
      transformRow(r1, r2, pixel, to + c + 4 * plane, plane, 1);
      transformRow(r2, r1, pixel, to + c + 8 * plane, plane, -1);
      transformRow(r1, r2 + row, pixel, to + c + 12 * plane, plane, -1);
    }
  }
}

/** A row of B^T d B for 8 channels, from the sum (`sign` 1) or difference (`sign` -1) of two rows of d. */
function transformRow(a: usize, b: usize, pixel: usize, to: usize, plane: usize, sign: f32): void {
  const signs = f32x4.splat(sign);
  const c0 = madd(v128.load(b), signs, v128.load(a));
  const d0 = madd(v128.load(b, 16), signs, v128.load(a, 16));
  a += pixel;
  b += pixel;
  const c1 = madd(v128.load(b), signs, v128.load(a));
  const d1 = madd(v128.load(b, 16), signs, v128.load(a, 16));
  a += pixel;
  b += pixel;
  const c2 = madd(v128.load(b), signs, v128.load(a));
  const d2 = madd(v128.load(b, 16), signs, v128.load(a, 16));
  a += pixel;
  b += pixel;
  const c3 = madd(v128.load(b), signs, v128.load(a));
  const d3 = madd(v128.load(b, 16), signs, v128.load(a, 16));
  v128.store(to, f32x4.sub(c0, c2));
  v128.store(to, f32x4.sub(d0, d2), 16);
  to += plane;
  v128.store(to, f32x4.add(c1, c2));
  v128.store(to, f32x4.add(d1, d2), 16);
  to += plane;
  v128.store(to, f32x4.sub(c2, c1));
  v128.store(to, f32x4.sub(d2, d1), 16);
  to += plane;
  v128.store(to, f32x4.sub(c1, c3));
  v128.store(to, f32x4.sub(d1, d3), 16);
}

/**
 * At each of the 16 positions, products[tile, column] = sum over channels of inputs[tile, channel] *
 * weights[channel, column]. 16 columns of weights stay in the cache for all tiles of the block.
 */
function multiply(
  op: usize,
  count: u32,
  firstColumn: usize,
  lastColumn: usize,
  tables: usize,
  inputs: usize,
  products: usize,
): void {
  const pixel = <usize>load<u32>(op, GEMM_FROM_PIXEL);
  const toPixel = <usize>load<u32>(op, GEMM_TO_PIXEL);
  const columns = <usize>load<u32>(op, GEMM_TILES);
  let weights = <usize>load<u32>(op, GEMM_WEIGHTS);
  let end = tables;
  for (let i: u32 = 0; i < count; i += 6) {
    // Past the end the last tile is repeated, which writes the same values again.
    for (let j: u32 = 0; j < 6; j++, end += 8) {
      const tile = min(i + j, count - 1);
      store<u32>(end, <u32>(inputs + tile * pixel));
      store<u32>(end, <u32>(products + tile * toPixel), 4);
    }
  }
  let from: usize = 0;
  let to: usize = 0;
  for (let position: usize = 0; position < 16; position++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const offset = to + column * COLUMNS * 4;
      const w = weights + column * pixel * COLUMNS;
      for (let table = tables; table < end; table += 48) gemmTile(table, from, w, 0, 1, pixel, 0, offset);
    }
    weights += columns * pixel * COLUMNS;
    from += pixel * WINOGRAD_BLOCK;
    to += toPixel * WINOGRAD_BLOCK;
  }
}
