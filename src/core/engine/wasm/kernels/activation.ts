import { activationGradientRun, activationRun } from './activation-runs';
import {
  ACTIVATION_BORDER,
  ACTIVATION_CHANNELS,
  ACTIVATION_FACTOR,
  ACTIVATION_FROM,
  ACTIVATION_FUNCTION,
  ACTIVATION_GRADIENT,
  ACTIVATION_HEIGHT,
  ACTIVATION_OFFSET,
  ACTIVATION_PADDED_CHANNELS,
  ACTIVATION_TO,
  ACTIVATION_WIDTH,
  FUNCTION_RESCALING,
  FUNCTION_SIGMOID,
} from './layer-layout';
import { VIEW_ROW } from './layout';
import { madd } from './simd';
import { clearBorder, clearPadding, sliceEnd, viewAt } from './view';

/*
 * Functions of each value by itself. A slice covers some of the channels. A run is a number of contiguous values: a whole
 * row, or the channels of a slice in one pixel.
 */

/** Forward pass. */
export function activation(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const name = load<u32>(op, ACTIVATION_FUNCTION);
  const factor = load<f32>(op, ACTIVATION_FACTOR);
  const offset = load<f32>(op, ACTIVATION_OFFSET);
  const height = <usize>load<u32>(op, ACTIVATION_HEIGHT);
  const width = <usize>load<u32>(op, ACTIVATION_WIDTH);
  const pixel = <usize>load<u32>(op, ACTIVATION_PADDED_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, ACTIVATION_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, ACTIVATION_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, ACTIVATION_BORDER);
  const start = sliceEnd(slice, slices, pixel);
  const end = sliceEnd(slice + 1, slices, pixel);
  const bytes = slices == 1 ? width * pixel : end - start;
  const step = slices == 1 ? bytes : pixel;
  // The other functions map 0 to 0.
  const pads = (name == FUNCTION_SIGMOID || name == FUNCTION_RESCALING) && end == pixel;
  const channels = <usize>load<u32>(op, ACTIVATION_CHANNELS);
  for (let image = first; image < last; image++) {
    const from = viewAt(op + ACTIVATION_FROM, image, first, scratch) + start;
    const to = viewAt(op + ACTIVATION_TO, image, first, scratch) + start;
    clearBorder(to - start, border, height, width, pixel, toRow);
    for (let y: usize = 0; y < height; y++) {
      for (let x: usize = 0; x < width * pixel; x += step) {
        const at = from + y * fromRow + x;
        const out = to + y * toRow + x;
        if (name == FUNCTION_RESCALING) rescale(at, out, bytes, factor, offset);
        else activationRun(name, at, out, bytes, factor);
      }
      if (pads) clearPadding(to - start + y * toRow, width, pixel, channels);
    }
  }
}

/** Backward pass: the gradient of the input. The padding needs no care: its gradient is 0. */
export function activationBackward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const name = load<u32>(op, ACTIVATION_FUNCTION);
  const factor = load<f32>(op, ACTIVATION_FACTOR);
  const height = <usize>load<u32>(op, ACTIVATION_HEIGHT);
  const width = <usize>load<u32>(op, ACTIVATION_WIDTH);
  const pixel = <usize>load<u32>(op, ACTIVATION_PADDED_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, ACTIVATION_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, ACTIVATION_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, ACTIVATION_GRADIENT + VIEW_ROW);
  const border = <usize>load<u32>(op, ACTIVATION_BORDER);
  const start = sliceEnd(slice, slices, pixel);
  const bytes = slices == 1 ? width * pixel : sliceEnd(slice + 1, slices, pixel) - start;
  const step = slices == 1 ? bytes : pixel;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + ACTIVATION_FROM, image, first, scratch) + start;
    const to = viewAt(op + ACTIVATION_TO, image, first, scratch) + start;
    const gradient = viewAt(op + ACTIVATION_GRADIENT, image, first, scratch) + start;
    clearBorder(gradient - start, border, height, width, pixel, gradientRow);
    for (let y: usize = 0; y < height; y++) {
      const g = to + y * toRow;
      const out = gradient + y * gradientRow;
      for (let x: usize = 0; x < width * pixel; x += step) {
        if (name == FUNCTION_RESCALING) rescale(g + x, out + x, bytes, factor, 0);
        else activationGradientRun(name, from + y * fromRow + x, g + x, out + x, bytes, factor);
      }
    }
  }
}

/** Any number of values. */
function rescale(x: usize, to: usize, bytes: usize, scale: f32, offset: f32): void {
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, madd(v128.load(x + i), f32x4.splat(scale), f32x4.splat(offset)));
  }
  for (let i = whole; i < bytes; i += 4) store<f32>(to + i, load<f32>(x + i) * scale + offset);
}
