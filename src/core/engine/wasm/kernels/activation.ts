import { density, exp, gaussian, sigmoid, sigmoidGradient, tanh } from './elementary';
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
  FUNCTION_ELU,
  FUNCTION_GELU,
  FUNCTION_GELU_TANH,
  FUNCTION_LEAKY_RELU,
  FUNCTION_RELU,
  FUNCTION_RESCALING,
  FUNCTION_SIGMOID,
  FUNCTION_TANH,
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
        forwardRun(name, from + y * fromRow + x, to + y * toRow + x, bytes, factor, offset);
      }
      if (pads) clearPadding(to - start + y * toRow, width, pixel, channels);
    }
  }
}

function forwardRun(name: u32, x: usize, to: usize, bytes: usize, factor: f32, offset: f32): void {
  switch (name) {
    case FUNCTION_RELU:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.max(v128.load(x + i), f32x4.splat(0)));
      break;
    case FUNCTION_LEAKY_RELU:
      for (let i: usize = 0; i < bytes; i += 16)
        v128.store(to + i, scaledNegative(v128.load(x + i), v128.load(x + i), factor));
      break;
    case FUNCTION_ELU:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, elu(v128.load(x + i), factor));
      break;
    case FUNCTION_GELU:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, gelu(v128.load(x + i)));
      break;
    case FUNCTION_GELU_TANH:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, geluTanh(v128.load(x + i)));
      break;
    case FUNCTION_SIGMOID:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, sigmoid(v128.load(x + i)));
      break;
    case FUNCTION_TANH:
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, tanh(v128.load(x + i)));
      break;
    case FUNCTION_RESCALING:
      rescale(x, to, bytes, factor, offset);
      break;
    default:
      unreachable();
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
        backwardRun(name, from + y * fromRow + x, g + x, out + x, bytes, factor);
      }
    }
  }
}

function backwardRun(name: u32, x: usize, g: usize, to: usize, bytes: usize, factor: f32): void {
  switch (name) {
    case FUNCTION_RELU:
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(to + i, v128.and(v128.load(g + i), f32x4.gt(v128.load(x + i), f32x4.splat(0))));
      }
      break;
    case FUNCTION_LEAKY_RELU:
      for (let i: usize = 0; i < bytes; i += 16)
        v128.store(to + i, scaledNegative(v128.load(x + i), v128.load(g + i), factor));
      break;
    case FUNCTION_ELU:
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(to + i, f32x4.mul(v128.load(g + i), eluGradient(v128.load(x + i), factor)));
      }
      break;
    case FUNCTION_GELU:
      for (let i: usize = 0; i < bytes; i += 16)
        v128.store(to + i, f32x4.mul(v128.load(g + i), geluGradient(v128.load(x + i))));
      break;
    case FUNCTION_GELU_TANH:
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(to + i, f32x4.mul(v128.load(g + i), geluTanhGradient(v128.load(x + i))));
      }
      break;
    case FUNCTION_SIGMOID:
      for (let i: usize = 0; i < bytes; i += 16)
        v128.store(to + i, f32x4.mul(v128.load(g + i), sigmoidGradient(v128.load(x + i))));
      break;
    case FUNCTION_TANH:
      for (let i: usize = 0; i < bytes; i += 16)
        v128.store(to + i, f32x4.mul(v128.load(g + i), tanhGradient(v128.load(x + i))));
      break;
    case FUNCTION_RESCALING:
      rescale(g, to, bytes, factor, 0);
      break;
    default:
      unreachable();
  }
}

/** `value` where x is positive, else `value` times `factor`. */
function scaledNegative(x: v128, value: v128, factor: f32): v128 {
  return v128.bitselect(value, f32x4.mul(value, f32x4.splat(factor)), f32x4.gt(x, f32x4.splat(0)));
}

/** Exponential linear unit (Clevert et al. 2016). Near 0, exp(x) - 1 is taken from tanh, which loses no digits there. */
function elu(x: v128, alpha: f32): v128 {
  const t = tanh(f32x4.mul(x, f32x4.splat(0.5)));
  const negative = f32x4.div(f32x4.mul(f32x4.splat(2 * alpha), t), f32x4.sub(f32x4.splat(1), t));
  return v128.bitselect(x, negative, f32x4.gt(x, f32x4.splat(0)));
}

function eluGradient(x: v128, alpha: f32): v128 {
  const negative = f32x4.mul(exp(x), f32x4.splat(alpha));
  return v128.bitselect(f32x4.splat(1), negative, f32x4.gt(x, f32x4.splat(0)));
}

function gelu(x: v128): v128 {
  return f32x4.mul(x, gaussian(x, density(x)));
}

function geluGradient(x: v128): v128 {
  const d = density(x);
  // 1 / sqrt(2 * pi)
  return madd(f32x4.mul(x, d), f32x4.splat(0.3989422804), gaussian(x, d));
}

/** Twice the argument of tanh in GELU's approximation, which is x * sigmoid of it: 2 * sqrt(2 / pi) * (x + 0.044715 x^3). */
function geluArgument(x: v128): v128 {
  return f32x4.mul(x, madd(f32x4.mul(x, x), f32x4.splat(0.0713548162726), f32x4.splat(1.59576912161)));
}

function geluTanh(x: v128): v128 {
  return f32x4.mul(x, sigmoid(geluArgument(x)));
}

function geluTanhGradient(value: v128): v128 {
  // Beyond, the derivative is 0 or 1; and x cubed could overflow.
  const x = f32x4.min(f32x4.max(value, f32x4.splat(-1000)), f32x4.splat(1000));
  const argument = geluArgument(x);
  const slope = madd(f32x4.mul(x, x), f32x4.splat(3 * 0.0713548162726), f32x4.splat(1.59576912161));
  const e = exp(f32x4.neg(argument));
  const s = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
  // s * (1 - s) = s * s * e
  return madd(f32x4.mul(x, slope), f32x4.mul(f32x4.mul(s, e), s), s);
}

/** 1 - tanh(x)^2 = 4 * the derivative of sigmoid at 2x */
function tanhGradient(x: v128): v128 {
  return f32x4.mul(f32x4.splat(4), sigmoidGradient(f32x4.add(x, x)));
}

/** Any number of values. */
function rescale(x: usize, to: usize, bytes: usize, scale: f32, offset: f32): void {
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, madd(v128.load(x + i), f32x4.splat(scale), f32x4.splat(offset)));
  }
  for (let i = whole; i < bytes; i += 4) store<f32>(to + i, load<f32>(x + i) * scale + offset);
}
