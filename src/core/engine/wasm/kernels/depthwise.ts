import {
  DEPTHWISE_BIAS,
  DEPTHWISE_BORDER,
  DEPTHWISE_CHANNELS,
  DEPTHWISE_EXPANDED,
  DEPTHWISE_FROM,
  DEPTHWISE_FROM_HEIGHT,
  DEPTHWISE_FROM_WIDTH,
  DEPTHWISE_GROUP_STRIDE,
  DEPTHWISE_KERNEL_HEIGHT,
  DEPTHWISE_KERNEL_WIDTH,
  DEPTHWISE_LEFT,
  DEPTHWISE_MULTIPLIER,
  DEPTHWISE_OUTPUTS,
  DEPTHWISE_PADDED_CHANNELS,
  DEPTHWISE_STRIDE_X,
  DEPTHWISE_STRIDE_Y,
  DEPTHWISE_TO,
  DEPTHWISE_TO_HEIGHT,
  DEPTHWISE_TO_WIDTH,
  DEPTHWISE_TOP,
  DEPTHWISE_WEIGHTS,
  DEPTHWISE_WORKSPACE,
} from './layer-layout';
import { VIEW_ROW } from './layout';
import { madd, ZEROS } from './simd';
import { clearBorder, sliceEnd, viewAt } from './view';
import { biasGradient8 } from './weight-gradient';

/*
 * Depthwise convolution of any size and stride. Windows are clipped at the edges of the image. If input and output do not
 * have the same channels in memory, each input value is first repeated for all outputs that it contributes to; below,
 * `pixel` is always the size of an output pixel.
 */

/** Forward pass. A slice covers some of the channels. */
export function depthwise(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const height = load<i32>(op, DEPTHWISE_FROM_HEIGHT);
  const width = load<i32>(op, DEPTHWISE_FROM_WIDTH);
  const toHeight = load<i32>(op, DEPTHWISE_TO_HEIGHT);
  const toWidth = load<i32>(op, DEPTHWISE_TO_WIDTH);
  const kernelHeight = load<i32>(op, DEPTHWISE_KERNEL_HEIGHT);
  const kernelWidth = load<i32>(op, DEPTHWISE_KERNEL_WIDTH);
  const pixel = <usize>load<u32>(op, DEPTHWISE_OUTPUTS) * 4;
  const fromRow = inputRow(op, pixel);
  const toRow = <usize>load<u32>(op, DEPTHWISE_TO + VIEW_ROW);
  const start = sliceEnd(slice, slices, pixel);
  const bytes = sliceEnd(slice + 1, slices, pixel) - start;
  const weights = <usize>load<u32>(op, DEPTHWISE_WEIGHTS) + start;
  const bias = <usize>load<u32>(op, DEPTHWISE_BIAS);
  for (let image = first; image < last; image++) {
    const from = inputAt(op, image, first, scratch) + start;
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch) + start;
    clearBorder(to - start, <usize>load<u32>(op, DEPTHWISE_BORDER), toHeight, toWidth, pixel, toRow);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, DEPTHWISE_STRIDE_Y) - load<i32>(op, DEPTHWISE_TOP);
      const top = max(-y, 0);
      const rows = min(kernelHeight, height - y) - top;
      for (let ox = 0; ox < toWidth; ox++) {
        const x = ox * load<i32>(op, DEPTHWISE_STRIDE_X) - load<i32>(op, DEPTHWISE_LEFT);
        const left = max(-x, 0);
        windowSum(
          from + (y + top) * fromRow + (x + left) * pixel,
          fromRow,
          pixel,
          weights + (top * kernelWidth + left) * pixel,
          kernelWidth * pixel,
          pixel,
          rows,
          min(kernelWidth, width - x) - left,
          bias ? bias + start : 0,
          to + oy * toRow + ox * pixel,
          bytes,
        );
      }
    }
  }
}

/**
 * Gradient of the input. An input pixel gets a part of each output whose window covers it: those are a rectangle, and their
 * weights are a stride apart, in reverse order.
 */
export function depthwiseInputGradient(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = load<i32>(op, DEPTHWISE_FROM_HEIGHT);
  const width = load<i32>(op, DEPTHWISE_FROM_WIDTH);
  const toHeight = load<i32>(op, DEPTHWISE_TO_HEIGHT);
  const toWidth = load<i32>(op, DEPTHWISE_TO_WIDTH);
  const kernelHeight = load<i32>(op, DEPTHWISE_KERNEL_HEIGHT);
  const kernelWidth = load<i32>(op, DEPTHWISE_KERNEL_WIDTH);
  const strideY = load<i32>(op, DEPTHWISE_STRIDE_Y);
  const strideX = load<i32>(op, DEPTHWISE_STRIDE_X);
  const pixel = <usize>load<u32>(op, DEPTHWISE_OUTPUTS) * 4;
  const fromRow = inputRow(op, pixel);
  const toRow = <usize>load<u32>(op, DEPTHWISE_TO + VIEW_ROW);
  const weights = <usize>load<u32>(op, DEPTHWISE_WEIGHTS);
  const expanded = load<u32>(op, DEPTHWISE_EXPANDED);
  const inputPixel = <usize>load<u32>(op, DEPTHWISE_PADDED_CHANNELS) * 4;
  const inputStride = <usize>load<u32>(op, DEPTHWISE_FROM + VIEW_ROW);
  for (let image = first; image < last; image++) {
    const input = viewAt(op + DEPTHWISE_FROM, image, first, scratch);
    const from = expanded ? scratch + <usize>load<u32>(op, DEPTHWISE_WORKSPACE) : input;
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch);
    clearBorder(input, <usize>load<u32>(op, DEPTHWISE_BORDER), height, width, inputPixel, inputStride);
    for (let y = 0; y < height; y++) {
      const lastRow = y + load<i32>(op, DEPTHWISE_TOP);
      const oy = firstWindow(lastRow, kernelHeight, strideY);
      const rows = max(min(lastRow / strideY, toHeight - 1) - oy + 1, 0);
      for (let x = 0; x < width; x++) {
        const lastColumn = x + load<i32>(op, DEPTHWISE_LEFT);
        const ox = firstWindow(lastColumn, kernelWidth, strideX);
        windowSum(
          to + oy * toRow + ox * pixel,
          toRow,
          pixel,
          weights + ((lastRow - oy * strideY) * kernelWidth + lastColumn - ox * strideX) * pixel,
          -strideY * kernelWidth * pixel,
          -strideX * pixel,
          rows,
          max(min(lastColumn / strideX, toWidth - 1) - ox + 1, 0),
          0,
          from + y * fromRow + x * pixel,
          pixel,
        );
      }
    }
    if (expanded) contract(op, from, input);
  }
}

/** The first window that covers a row or column, counted from the first row or column of the first window. */
function firstWindow(at: i32, size: i32, stride: i32): i32 {
  return at < size ? 0 : (at - size) / stride + 1;
}

/** The sum over a rectangle of pixels of value times weight, plus the bias (address, or 0). */
function windowSum(
  x: usize,
  row: usize,
  pixel: usize,
  weights: usize,
  weightRow: usize,
  weightPixel: usize,
  rows: usize,
  columns: usize,
  bias: usize,
  to: usize,
  bytes: usize,
): void {
  for (let c: usize = 0; c < bytes; c += 32) {
    const initial = bias ? bias + c : ZEROS;
    let a = v128.load(initial);
    let b = v128.load(initial, 16);
    let xLine = x + c;
    let wLine = weights + c;
    for (let i: usize = 0; i < rows; i++) {
      let at = xLine;
      let w = wLine;
      for (let j: usize = 0; j < columns; j++) {
        a = madd(v128.load(at), v128.load(w), a);
        b = madd(v128.load(at, 16), v128.load(w, 16), b);
        at += pixel;
        w += weightPixel;
      }
      xLine += row;
      wLine += weightRow;
    }
    v128.store(to + c, a);
    v128.store(to + c, b, 16);
  }
}

/** Gradients of kernel and bias for an image group, row by row of the output, so that values stay in the cache. */
export function depthwiseWeightGradient(
  op: usize,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  scratch: usize,
): void {
  const height = load<i32>(op, DEPTHWISE_FROM_HEIGHT);
  const width = load<i32>(op, DEPTHWISE_FROM_WIDTH);
  const toHeight = load<i32>(op, DEPTHWISE_TO_HEIGHT);
  const toWidth = load<i32>(op, DEPTHWISE_TO_WIDTH);
  const kernelHeight = load<i32>(op, DEPTHWISE_KERNEL_HEIGHT);
  const kernelWidth = load<i32>(op, DEPTHWISE_KERNEL_WIDTH);
  const strideX = load<i32>(op, DEPTHWISE_STRIDE_X);
  const firstColumn = load<i32>(op, DEPTHWISE_LEFT);
  const pixel = <usize>load<u32>(op, DEPTHWISE_OUTPUTS) * 4;
  const fromRow = inputRow(op, pixel);
  const toRow = <usize>load<u32>(op, DEPTHWISE_TO + VIEW_ROW);
  const weights = <usize>load<u32>(op, DEPTHWISE_WEIGHTS) + group * load<u32>(op, DEPTHWISE_GROUP_STRIDE);
  const bias = load<u32>(op, DEPTHWISE_BIAS);
  const taps = kernelHeight * kernelWidth;
  if (overwrite) memory.fill(weights, 0, (taps + bias) * pixel);
  for (let image = first; image < last; image++) {
    const from = inputAt(op, image, first, scratch);
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, DEPTHWISE_STRIDE_Y) - load<i32>(op, DEPTHWISE_TOP);
      const lastTap = min(kernelHeight, height - y);
      for (let c: usize = 0; c < pixel; c += 32) {
        const g = to + oy * toRow + c;
        for (let ky = max(-y, 0); ky < lastTap; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            // The first output whose window has this tap inside the image, and the number of them.
            const ox = kx < firstColumn ? (firstColumn - kx + strideX - 1) / strideX : 0;
            const end = min((width - 1 + firstColumn - kx + strideX) / strideX, toWidth);
            if (ox >= end) continue;
            addProducts(
              from + (y + ky) * fromRow + (ox * strideX - firstColumn + kx) * pixel + c,
              strideX * pixel,
              g + ox * pixel,
              pixel,
              end - ox,
              weights + (ky * kernelWidth + kx) * pixel + c,
            );
          }
        }
      }
    }
    if (bias) {
      for (let c: usize = 0; c < pixel; c += 32) {
        biasGradient8(to + c, weights + taps * pixel + c, false, toHeight, toWidth, pixel, toRow);
      }
    }
  }
}

/** Adds to eight values at `to` the sum over a row of `count` pixels of value times gradient. */
function addProducts(x: usize, xPixel: usize, g: usize, pixel: usize, count: usize, to: usize): void {
  let a = v128.load(to);
  let b = v128.load(to, 16);
  const end = g + count * pixel;
  do {
    a = madd(v128.load(x), v128.load(g), a);
    b = madd(v128.load(x, 16), v128.load(g, 16), b);
    x += xPixel;
    g += pixel;
  } while (g < end);
  v128.store(to, a);
  v128.store(to, b, 16);
}

/** Bytes between the rows of the input as `inputAt` gives it. */
function inputRow(op: usize, pixel: usize): usize {
  if (load<u32>(op, DEPTHWISE_EXPANDED)) return <usize>load<u32>(op, DEPTHWISE_FROM_WIDTH) * pixel;
  return <usize>load<u32>(op, DEPTHWISE_FROM + VIEW_ROW);
}

/** Address of an input image, expanded if necessary. */
function inputAt(op: usize, image: u32, first: u32, scratch: usize): usize {
  const from = viewAt(op + DEPTHWISE_FROM, image, first, scratch);
  if (!load<u32>(op, DEPTHWISE_EXPANDED)) return from;
  const to = scratch + <usize>load<u32>(op, DEPTHWISE_WORKSPACE);
  expand(op, from, to);
  return to;
}

/** Repeats each value of an image `multiplier` times. */
function expand(op: usize, from: usize, to: usize): void {
  const height = <usize>load<u32>(op, DEPTHWISE_FROM_HEIGHT);
  const width = <usize>load<u32>(op, DEPTHWISE_FROM_WIDTH);
  const channels = <usize>load<u32>(op, DEPTHWISE_CHANNELS);
  const multiplier = <usize>load<u32>(op, DEPTHWISE_MULTIPLIER);
  const pixel = <usize>load<u32>(op, DEPTHWISE_PADDED_CHANNELS) * 4;
  const row = <usize>load<u32>(op, DEPTHWISE_FROM + VIEW_ROW);
  const padding = <usize>load<u32>(op, DEPTHWISE_OUTPUTS) - channels * multiplier;
  for (let y: usize = 0; y < height; y++) {
    for (let x: usize = 0; x < width; x++) {
      const values = from + y * row + x * pixel;
      for (let c: usize = 0; c < channels; c++) {
        const value = load<f32>(values + c * 4);
        for (let m: usize = 0; m < multiplier; m++, to += 4) store<f32>(to, value);
      }
      for (let c: usize = 0; c < padding; c++, to += 4) store<f32>(to, 0);
    }
  }
}

/** The reverse of `expand` for gradients: the sum of the `multiplier` values of each channel. */
function contract(op: usize, from: usize, to: usize): void {
  const height = <usize>load<u32>(op, DEPTHWISE_FROM_HEIGHT);
  const width = <usize>load<u32>(op, DEPTHWISE_FROM_WIDTH);
  const channels = <usize>load<u32>(op, DEPTHWISE_CHANNELS);
  const multiplier = <usize>load<u32>(op, DEPTHWISE_MULTIPLIER);
  const padded = <usize>load<u32>(op, DEPTHWISE_PADDED_CHANNELS);
  const row = <usize>load<u32>(op, DEPTHWISE_FROM + VIEW_ROW);
  const padding = (<usize>load<u32>(op, DEPTHWISE_OUTPUTS) - channels * multiplier) * 4;
  for (let y: usize = 0; y < height; y++) {
    let out = to + y * row;
    for (let x: usize = 0; x < width; x++) {
      for (let c: usize = 0; c < channels; c++, out += 4) {
        let sum: f32 = 0;
        for (let m: usize = 0; m < multiplier; m++, from += 4) sum += load<f32>(from);
        store<f32>(out, sum);
      }
      for (let c = channels; c < padded; c++, out += 4) store<f32>(out, 0);
      from += padding;
    }
  }
}
