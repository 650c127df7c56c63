import { exp } from './elementary';
import {
  ACTIVATION_BORDER,
  ACTIVATION_CHANNELS,
  ACTIVATION_FROM,
  ACTIVATION_GRADIENT,
  ACTIVATION_HEIGHT,
  ACTIVATION_PADDED_CHANNELS,
  ACTIVATION_TO,
  ACTIVATION_WIDTH,
} from './layer-layout';
import { VIEW_ROW } from './layout';
import { clearBorder, clearPadding, viewAt } from './view';

/*
 * Softmax over the channels of each pixel.
 */

/** Forward pass. */
export function softmax(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, ACTIVATION_HEIGHT);
  const width = <usize>load<u32>(op, ACTIVATION_WIDTH);
  const channels = <usize>load<u32>(op, ACTIVATION_CHANNELS);
  const pixel = <usize>load<u32>(op, ACTIVATION_PADDED_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, ACTIVATION_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, ACTIVATION_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, ACTIVATION_BORDER);
  for (let image = first; image < last; image++) {
    const from = viewAt(op + ACTIVATION_FROM, image, first, scratch);
    const to = viewAt(op + ACTIVATION_TO, image, first, scratch);
    clearBorder(to, border, height, width, pixel, toRow);
    for (let y: usize = 0; y < height; y++) {
      let x = from + y * fromRow;
      let out = to + y * toRow;
      for (const end = out + width * pixel; out < end; out += pixel, x += pixel) {
        const share = f32x4.splat(<f32>1 / exponentials(x, out, channels, pixel));
        for (let c: usize = 0; c < pixel; c += 16) v128.store(out + c, f32x4.mul(v128.load(out + c), share));
      }
    }
  }
}

/** Backward pass. The gradient of the input must not be where that of the output is. */
export function softmaxBackward(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, ACTIVATION_HEIGHT);
  const width = <usize>load<u32>(op, ACTIVATION_WIDTH);
  const channels = <usize>load<u32>(op, ACTIVATION_CHANNELS);
  const pixel = <usize>load<u32>(op, ACTIVATION_PADDED_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, ACTIVATION_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, ACTIVATION_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, ACTIVATION_GRADIENT + VIEW_ROW);
  const border = <usize>load<u32>(op, ACTIVATION_BORDER);
  for (let image = first; image < last; image++) {
    const from = viewAt(op + ACTIVATION_FROM, image, first, scratch);
    const to = viewAt(op + ACTIVATION_TO, image, first, scratch);
    const gradient = viewAt(op + ACTIVATION_GRADIENT, image, first, scratch);
    clearBorder(gradient, border, height, width, pixel, gradientRow);
    for (let y: usize = 0; y < height; y++) {
      let x = from + y * fromRow;
      let g = to + y * toRow;
      let out = gradient + y * gradientRow;
      for (const end = out + width * pixel; out < end; out += pixel, x += pixel, g += pixel) {
        const share = <f32>1 / exponentials(x, out, channels, pixel);
        let products = f32x4.splat(0);
        for (let c: usize = 0; c < pixel; c += 16) {
          products = f32x4.add(products, f32x4.mul(v128.load(out + c), v128.load(g + c)));
        }
        const mean = f32x4.splat(sumOfLanes(products) * share);
        for (let c: usize = 0; c < pixel; c += 16) {
          const probability = f32x4.mul(v128.load(out + c), f32x4.splat(share));
          v128.store(out + c, f32x4.mul(probability, f32x4.sub(v128.load(g + c), mean)));
        }
      }
    }
  }
}

/** Stores exp(x - maximum of x) of a pixel's channels, and zeros in their padding. Returns their sum. */
function exponentials(x: usize, to: usize, channels: usize, pixel: usize): f32 {
  let maximum = load<f32>(x);
  for (let c: usize = 4; c < channels * 4; c += 4) maximum = max(maximum, load<f32>(x + c));
  for (let c: usize = 0; c < pixel; c += 16) {
    v128.store(to + c, exp(f32x4.sub(v128.load(x + c), f32x4.splat(maximum))));
  }
  clearPadding(to, 1, pixel, channels);
  let sums = f32x4.splat(0);
  for (let c: usize = 0; c < pixel; c += 16) sums = f32x4.add(sums, v128.load(to + c));
  return sumOfLanes(sums);
}

function sumOfLanes(values: v128): f32 {
  const first = f32x4.extract_lane(values, 0) + f32x4.extract_lane(values, 1);
  return first + (f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3));
}
