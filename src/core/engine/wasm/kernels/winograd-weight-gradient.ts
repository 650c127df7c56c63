import {
  COLUMNS,
  GEMM_FROM_PIXEL,
  GEMM_HEIGHT,
  GEMM_WIDTH,
  UNPACK_CHANNELS,
  UNPACK_COLUMNS,
  UNPACK_FROM,
  UNPACK_TO,
  VIEW_ROW,
  WINOGRAD_BIAS,
  WINOGRAD_BLOCK,
  WINOGRAD_GRADIENT,
  WINOGRAD_GRADIENT_PIXEL,
  WINOGRAD_GROUP_STRIDE,
  WINOGRAD_INPUTS,
  WINOGRAD_PRODUCTS,
  WINOGRAD_TO,
} from './layout';
import { viewAt } from './view';
import { biasGradient8, tileRows, weightGradientTile } from './weight-gradient';
import { transformInputs } from './winograd';

/**
 * Gradient of the transformed weights (see winograd.ts) for an image group, [16, channels, columns], followed by that
 * of the bias: at each position the sum over tiles of input[tile, channel] * (A g A^T)[tile, column]. The gradient g
 * must have a border of zeros, which is read if the size is odd.
 */
export function winogradWeightGradient(
  op: usize,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  scratch: usize,
): void {
  const height = load<u32>(op, GEMM_HEIGHT);
  const width = load<u32>(op, GEMM_WIDTH);
  const pixel = <usize>load<u32>(op, GEMM_FROM_PIXEL);
  const gradientPixel = <usize>load<u32>(op, WINOGRAD_GRADIENT_PIXEL);
  const row = <usize>load<u32>(op, WINOGRAD_GRADIENT + VIEW_ROW);
  const inputs = scratch + <usize>load<u32>(op, WINOGRAD_INPUTS);
  const gradients = scratch + <usize>load<u32>(op, WINOGRAD_PRODUCTS);
  const to = <usize>load<u32>(op, WINOGRAD_TO) + group * <usize>load<u32>(op, WINOGRAD_GROUP_STRIDE);
  const across = (width + 1) >> 1;
  const perImage = ((height + 1) >> 1) * across;
  const all = (last - first) * perImage;
  for (let start: u32 = 0; start < all; start += WINOGRAD_BLOCK) {
    const count = min<u32>(WINOGRAD_BLOCK, all - start);
    transformInputs(op, first, start, count, scratch, inputs);
    for (let i: u32 = 0; i < count; i++) {
      const tile = start + i;
      const image = first + tile / perImage;
      const y = ((tile % perImage) / across) * 2;
      const x = ((tile % perImage) % across) * 2;
      const from = viewAt(op + WINOGRAD_GRADIENT, image, first, scratch) + y * row + x * gradientPixel;
      transformGradient(from, row, gradientPixel, gradients + i * gradientPixel);
    }
    multiply(inputs, pixel, gradients, gradientPixel, count, to, overwrite && start == 0);
  }
  if (!load<u32>(op, WINOGRAD_BIAS)) return;
  const bias = to + 4 * pixel * gradientPixel;
  for (let image = first; image < last; image++) {
    const gradient = viewAt(op + WINOGRAD_GRADIENT, image, first, scratch);
    for (let column: usize = 0; column < gradientPixel; column += 32) {
      biasGradient8(gradient + column, bias + column, overwrite && image == first, height, width, gradientPixel, row);
    }
  }
}

/** Transforms a 2x2 tile of the gradient to A g A^T, 8 channels at a time. */
function transformGradient(from: usize, row: usize, pixel: usize, to: usize): void {
  const plane = pixel * WINOGRAD_BLOCK;
  for (let c: usize = 0; c < pixel; c += 32, to += 32) {
    const at = from + c;
    const a0 = v128.load(at);
    const b0 = v128.load(at, 16);
    const a1 = v128.load(at + pixel);
    const b1 = v128.load(at + pixel, 16);
    const a2 = v128.load(at + row);
    const b2 = v128.load(at + row, 16);
    const a3 = v128.load(at + row + pixel);
    const b3 = v128.load(at + row + pixel, 16);
    storeRow(a0, b0, a1, b1, to, plane);
    storeRow(f32x4.add(a0, a2), f32x4.add(b0, b2), f32x4.add(a1, a3), f32x4.add(b1, b3), to + 4 * plane, plane);
    storeRow(f32x4.sub(a0, a2), f32x4.sub(b0, b2), f32x4.sub(a1, a3), f32x4.sub(b1, b3), to + 8 * plane, plane);
    storeRow(f32x4.neg(a2), f32x4.neg(b2), f32x4.neg(a3), f32x4.neg(b3), to + 12 * plane, plane);
  }
}

function storeRow(a0: v128, b0: v128, a1: v128, b1: v128, to: usize, plane: usize): void {
  v128.store(to, a0);
  v128.store(to, b0, 16);
  to += plane;
  v128.store(to, f32x4.add(a0, a1));
  v128.store(to, f32x4.add(b0, b1), 16);
  to += plane;
  v128.store(to, f32x4.sub(a0, a1));
  v128.store(to, f32x4.sub(b0, b1), 16);
  to += plane;
  v128.store(to, f32x4.neg(a1));
  v128.store(to, f32x4.neg(b1), 16);
}

function multiply(
  inputs: usize,
  pixel: usize,
  gradients: usize,
  columns: usize,
  count: u32,
  to: usize,
  overwrite: bool,
): void {
  const channels = <u32>pixel >> 2;
  for (let position: usize = 0; position < 16; position++) {
    for (let column: usize = 0; column < columns; column += COLUMNS * 4) {
      const g = gradients + column;
      for (let channel: u32 = 0; channel < channels; ) {
        const rows = tileRows(channels - channel);
        const out = to + channel * columns + column;
        weightGradientTile(
          rows,
          inputs + channel * 4,
          pixel,
          0,
          g,
          columns,
          0,
          1,
          count,
          out,
          columns,
          overwrite,
          false,
        );
        channel += rows;
      }
    }
    inputs += pixel * WINOGRAD_BLOCK;
    gradients += columns * WINOGRAD_BLOCK;
    to += channels * columns;
  }
}

/** Transforms the gradient u of the transformed weights to G^T u G. A chunk is a channel, and the last one the bias. */
export function winogradUnpack(op: usize, channel: u32): void {
  const channels = <usize>load<u32>(op, UNPACK_CHANNELS);
  const row = <usize>load<u32>(op, UNPACK_COLUMNS) * 4;
  const plane = channels * row;
  const from = <usize>load<u32>(op, UNPACK_FROM);
  const to = <usize>load<u32>(op, UNPACK_TO);
  if (<usize>channel == channels) {
    memory.copy(to + 9 * plane, from + 16 * plane, row);
    return;
  }
  for (let c: usize = 0; c < row; c += 16) {
    const at = from + channel * row + c;
    const out = to + channel * row + c;
    for (let s: usize = 0; s < 3; s++) {
      const u0 = timesColumn(at, plane, s);
      const u1 = timesColumn(at + 4 * plane, plane, s);
      const u2 = timesColumn(at + 8 * plane, plane, s);
      const u3 = timesColumn(at + 12 * plane, plane, s);
      const half = f32x4.mul(f32x4.add(u1, u2), f32x4.splat(0.5));
      v128.store(out + s * plane, f32x4.add(u0, half));
      v128.store(out + (3 + s) * plane, f32x4.mul(f32x4.sub(u1, u2), f32x4.splat(0.5)));
      v128.store(out + (6 + s) * plane, f32x4.add(half, u3));
    }
  }
}

/** A row of u times a column of G. */
function timesColumn(at: usize, plane: usize, column: usize): v128 {
  const u1 = v128.load(at + plane);
  const u2 = v128.load(at + 2 * plane);
  const half = f32x4.splat(0.5);
  if (column == 1) return f32x4.mul(f32x4.sub(u1, u2), half);
  const end = v128.load(column == 0 ? at : at + 3 * plane);
  return f32x4.add(end, f32x4.mul(f32x4.add(u1, u2), half));
}
