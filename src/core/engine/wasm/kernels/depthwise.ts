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
import { depthwiseGradientRow3, depthwiseGradientRow5, depthwiseRow3, depthwiseRow5 } from './microkernels';
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
  const strideX = load<i32>(op, DEPTHWISE_STRIDE_X);
  const firstColumn = load<i32>(op, DEPTHWISE_LEFT);
  // Outputs whose windows have all columns inside the image: the first, and their number.
  const inner = firstWhole(op);
  const whole = wholeWindows(op, inner);
  for (let image = first; image < last; image++) {
    const from = inputAt(op, image, first, scratch) + start;
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch) + start;
    clearBorder(to - start, <usize>load<u32>(op, DEPTHWISE_BORDER), toHeight, toWidth, pixel, toRow);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, DEPTHWISE_STRIDE_Y) - load<i32>(op, DEPTHWISE_TOP);
      const top = max(-y, 0);
      const rows = min(kernelHeight, height - y) - top;
      const line = from + (y + top) * fromRow;
      const out = to + oy * toRow;
      if (whole > 0) {
        const x = (inner * strideX - firstColumn) * pixel;
        const w = weights + top * kernelWidth * pixel;
        const begin = out + inner * pixel;
        rowSums(
          kernelWidth,
          line + x,
          fromRow,
          strideX * pixel,
          pixel,
          w,
          kernelWidth * pixel,
          pixel,
          rows,
          bias ? bias + start : 0,
          begin,
          whole,
          bytes,
        );
      }
      for (let ox = 0; ox < toWidth; ox++) {
        if (ox == inner) ox += whole;
        if (ox == toWidth) break;
        const x = ox * strideX - firstColumn;
        const left = max(-x, 0);
        windowSum(
          line + (x + left) * pixel,
          fromRow,
          pixel,
          weights + (top * kernelWidth + left) * pixel,
          kernelWidth * pixel,
          pixel,
          rows,
          min(kernelWidth, width - x) - left,
          bias ? bias + start : 0,
          out + ox * pixel,
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
  const firstColumn = load<i32>(op, DEPTHWISE_LEFT);
  // With strides of 1, pixels that all columns of the kernel contribute to: the first, and their number.
  const strided = strideX > 1 || strideY > 1;
  const inner = max(kernelWidth - 1 - firstColumn, 0);
  const whole = strided || !hasRow(kernelWidth) ? 0 : max(min(toWidth - firstColumn, width) - inner, 0);
  for (let image = first; image < last; image++) {
    const input = viewAt(op + DEPTHWISE_FROM, image, first, scratch);
    const from = expanded ? scratch + <usize>load<u32>(op, DEPTHWISE_WORKSPACE) : input;
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch);
    clearBorder(input, <usize>load<u32>(op, DEPTHWISE_BORDER), height, width, inputPixel, inputStride);
    for (let y = 0; y < height; y++) {
      const lastRow = y + load<i32>(op, DEPTHWISE_TOP);
      const oy = firstWindow(lastRow, kernelHeight, strideY);
      const rows = max(min(lastRow / strideY, toHeight - 1) - oy + 1, 0);
      const line = weights + (lastRow - oy * strideY) * kernelWidth * pixel;
      if (whole > 0) {
        const g = to + oy * toRow + (inner + firstColumn - kernelWidth + 1) * pixel;
        const w = line + (kernelWidth - 1) * pixel;
        const out = from + y * fromRow + inner * pixel;
        rowSums(
          kernelWidth,
          g,
          toRow,
          pixel,
          pixel,
          w,
          -strideY * kernelWidth * pixel,
          -pixel,
          rows,
          0,
          out,
          whole,
          pixel,
        );
      }
      for (let x = 0; x < width; x++) {
        if (x == inner) x += whole;
        if (x == width) break;
        const lastColumn = x + firstColumn;
        const ox = firstWindow(lastColumn, kernelWidth, strideX);
        windowSum(
          to + oy * toRow + ox * pixel,
          toRow,
          pixel,
          line + (lastColumn - ox * strideX) * pixel,
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

/** Whether there are microkernels for a kernel of this width. */
function hasRow(kernelWidth: i32): bool {
  return kernelWidth == 3 || kernelWidth == 5;
}

/** The first output whose window does not reach beyond the left edge of the image. */
function firstWhole(op: usize): i32 {
  const stride = load<i32>(op, DEPTHWISE_STRIDE_X);
  return (load<i32>(op, DEPTHWISE_LEFT) + stride - 1) / stride;
}

/** The number of outputs from `first` on whose windows end in the image, if there are microkernels for them, else 0. */
function wholeWindows(op: usize, first: i32): i32 {
  const kernelWidth = load<i32>(op, DEPTHWISE_KERNEL_WIDTH);
  const rest = load<i32>(op, DEPTHWISE_FROM_WIDTH) + load<i32>(op, DEPTHWISE_LEFT) - kernelWidth;
  if (!hasRow(kernelWidth) || rest < 0) return 0;
  return max(min(rest / load<i32>(op, DEPTHWISE_STRIDE_X) + 1, load<i32>(op, DEPTHWISE_TO_WIDTH)) - first, 0);
}

/** The same as `windowSum` for `count` windows with all columns of the kernel, `step` bytes apart, in a row of the output. */
function rowSums(
  kernelWidth: i32,
  x: usize,
  row: usize,
  step: usize,
  pixel: usize,
  weights: usize,
  weightRow: usize,
  weightPixel: usize,
  rows: usize,
  bias: usize,
  to: usize,
  count: usize,
  bytes: usize,
): void {
  for (let c: usize = 0; c < bytes; c += 32) {
    let before = bias ? bias + c : ZEROS;
    let beforeStep: usize = 0;
    for (let i: usize = 0; i < rows; i++) {
      const at = x + i * row + c;
      const w = weights + i * weightRow + c;
      if (kernelWidth == 3) depthwiseRow3(at, step, pixel, w, weightPixel, before, beforeStep, to + c, count);
      else depthwiseRow5(at, step, pixel, w, weightPixel, before, beforeStep, to + c, count);
      before = to + c;
      beforeStep = pixel;
    }
  }
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
  const xStep = strideX * pixel;
  const inner = firstWhole(op);
  const whole = wholeWindows(op, inner);
  if (overwrite) memory.fill(weights, 0, (taps + bias) * pixel);
  for (let image = first; image < last; image++) {
    const from = inputAt(op, image, first, scratch);
    const to = viewAt(op + DEPTHWISE_TO, image, first, scratch);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, DEPTHWISE_STRIDE_Y) - load<i32>(op, DEPTHWISE_TOP);
      const firstTap = max(-y, 0);
      const lastTap = min(kernelHeight, height - y);
      const g = to + oy * toRow;
      const line = from + y * fromRow - firstColumn * pixel;
      if (whole > 0) {
        for (let c: usize = 0; c < pixel; c += 32) {
          for (let ky = firstTap; ky < lastTap; ky++) {
            const x = line + ky * fromRow + inner * xStep + c;
            const out = weights + ky * kernelWidth * pixel + c;
            if (kernelWidth == 3) depthwiseGradientRow3(x, xStep, pixel, g + inner * pixel + c, out, whole);
            else depthwiseGradientRow5(x, xStep, pixel, g + inner * pixel + c, out, whole);
          }
        }
      }
      for (let kx = 0; kx < kernelWidth; kx++) {
        // The first output whose window has this tap inside the image, and the end of them.
        const ox = kx < firstColumn ? (firstColumn - kx + strideX - 1) / strideX : 0;
        const end = min((width - 1 + firstColumn - kx + strideX) / strideX, toWidth);
        for (let ky = firstTap; ky < lastTap; ky++) {
          const x = line + ky * fromRow + kx * pixel;
          const out = weights + (ky * kernelWidth + kx) * pixel;
          addProducts(x, xStep, g, pixel, ox, whole > 0 ? inner : end, out);
          if (whole > 0) addProducts(x, xStep, g, pixel, inner + whole, end, out);
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

/** Adds to the values at `to` the sums over the outputs from `first` to `end` of a row of value times gradient. */
function addProducts(x: usize, xStep: usize, g: usize, pixel: usize, first: i32, end: i32, to: usize): void {
  if (first >= end) return;
  for (let c: usize = 0; c < pixel; c += 32) {
    let a = v128.load(to + c);
    let b = v128.load(to + c, 16);
    let at = x + first * xStep + c;
    let gradient = g + first * pixel + c;
    const last = g + end * pixel + c;
    do {
      a = madd(v128.load(at), v128.load(gradient), a);
      b = madd(v128.load(at, 16), v128.load(gradient, 16), b);
      at += xStep;
      gradient += pixel;
    } while (gradient < last);
    v128.store(to + c, a);
    v128.store(to + c, b, 16);
  }
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
