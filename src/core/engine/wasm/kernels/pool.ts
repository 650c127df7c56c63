import {
  POOL_BORDER,
  POOL_CHANNELS,
  POOL_FROM,
  POOL_FROM_HEIGHT,
  POOL_FROM_WIDTH,
  POOL_GRADIENT,
  POOL_LEFT,
  POOL_STRIDE_X,
  POOL_STRIDE_Y,
  POOL_TO,
  POOL_TO_HEIGHT,
  POOL_TO_WIDTH,
  POOL_TOP,
  POOL_WINDOW_HEIGHT,
  POOL_WINDOW_WIDTH,
} from './layer-layout';
import { VIEW_ROW } from './layout';
import { clearBorder, sliceEnd, viewAt } from './view';

/*
 * Max and average pooling with windows of any size and stride, which are clipped at the edges of the image. A slice covers
 * some of the channels.
 */

/** Max pooling. */
export function maxPool(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  forward(op, first, last, slice, slices, scratch, true);
}

/** Average pooling: the mean of the values of a window that lie in the image. */
export function averagePool(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  forward(op, first, last, slice, slices, scratch, false);
}

function forward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize, maximum: bool): void {
  const height = load<i32>(op, POOL_FROM_HEIGHT);
  const width = load<i32>(op, POOL_FROM_WIDTH);
  const toHeight = load<i32>(op, POOL_TO_HEIGHT);
  const toWidth = load<i32>(op, POOL_TO_WIDTH);
  const pixel = <usize>load<u32>(op, POOL_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, POOL_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, POOL_TO + VIEW_ROW);
  const start = sliceEnd(slice, slices, pixel);
  const bytes = sliceEnd(slice + 1, slices, pixel) - start;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + POOL_FROM, image, first, scratch) + start;
    const to = viewAt(op + POOL_TO, image, first, scratch) + start;
    clearBorder(to - start, <usize>load<u32>(op, POOL_BORDER), toHeight, toWidth, pixel, toRow);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, POOL_STRIDE_Y) - load<i32>(op, POOL_TOP);
      const top = max(y, 0);
      const rows = <usize>(min(y + load<i32>(op, POOL_WINDOW_HEIGHT), height) - top);
      for (let ox = 0; ox < toWidth; ox++) {
        const x = ox * load<i32>(op, POOL_STRIDE_X) - load<i32>(op, POOL_LEFT);
        const left = max(x, 0);
        const columns = <usize>(min(x + load<i32>(op, POOL_WINDOW_WIDTH), width) - left);
        const window = from + top * fromRow + left * pixel;
        const out = to + oy * toRow + ox * pixel;
        if (maximum) maximumOf(window, fromRow, pixel, rows, columns, out, bytes);
        else meanOf(window, fromRow, pixel, rows, columns, out, bytes);
      }
    }
  }
}

function maximumOf(
  window: usize,
  row: usize,
  pixel: usize,
  rows: usize,
  columns: usize,
  to: usize,
  bytes: usize,
): void {
  for (let c: usize = 0; c < bytes; c += 32) {
    let at = window + c;
    let a = v128.load(at);
    let b = v128.load(at, 16);
    for (let y: usize = 0; y < rows; y++, at += row) {
      const end = at + columns * pixel;
      for (let x = at; x < end; x += pixel) {
        a = f32x4.max(a, v128.load(x));
        b = f32x4.max(b, v128.load(x, 16));
      }
    }
    v128.store(to + c, a);
    v128.store(to + c, b, 16);
  }
}

function meanOf(window: usize, row: usize, pixel: usize, rows: usize, columns: usize, to: usize, bytes: usize): void {
  const count = f32x4.splat(<f32>(rows * columns));
  for (let c: usize = 0; c < bytes; c += 32) {
    let at = window + c;
    let a = f32x4.splat(0);
    let b = a;
    for (let y: usize = 0; y < rows; y++, at += row) {
      const end = at + columns * pixel;
      for (let x = at; x < end; x += pixel) {
        a = f32x4.add(a, v128.load(x));
        b = f32x4.add(b, v128.load(x, 16));
      }
    }
    const meanA = f32x4.div(a, count);
    const meanB = f32x4.div(b, count);
    v128.store(to + c, meanA);
    v128.store(to + c, meanB, 16);
  }
}

/** Backward pass of max pooling: the first maximum of a window, row by row, gets its gradient. */
export function maxPoolBackward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  backward(op, first, last, slice, slices, scratch, true);
}

/** Backward pass of average pooling. */
export function averagePoolBackward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  backward(op, first, last, slice, slices, scratch, false);
}

function backward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize, maximum: bool): void {
  const height = load<i32>(op, POOL_FROM_HEIGHT);
  const width = load<i32>(op, POOL_FROM_WIDTH);
  const toHeight = load<i32>(op, POOL_TO_HEIGHT);
  const toWidth = load<i32>(op, POOL_TO_WIDTH);
  const pixel = <usize>load<u32>(op, POOL_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, POOL_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, POOL_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, POOL_GRADIENT + VIEW_ROW);
  const start = sliceEnd(slice, slices, pixel);
  const bytes = sliceEnd(slice + 1, slices, pixel) - start;
  for (let image = first; image < last; image++) {
    const from = maximum ? viewAt(op + POOL_FROM, image, first, scratch) + start : 0;
    const to = viewAt(op + POOL_TO, image, first, scratch) + start;
    const gradient = viewAt(op + POOL_GRADIENT, image, first, scratch) + start;
    clearBorder(gradient - start, <usize>load<u32>(op, POOL_BORDER), height, width, pixel, gradientRow);
    clearImage(gradient, gradientRow, height, width, pixel, bytes);
    for (let oy = 0; oy < toHeight; oy++) {
      const y = oy * load<i32>(op, POOL_STRIDE_Y) - load<i32>(op, POOL_TOP);
      const top = max(y, 0);
      const rows = <usize>(min(y + load<i32>(op, POOL_WINDOW_HEIGHT), height) - top);
      for (let ox = 0; ox < toWidth; ox++) {
        const x = ox * load<i32>(op, POOL_STRIDE_X) - load<i32>(op, POOL_LEFT);
        const left = max(x, 0);
        const columns = <usize>(min(x + load<i32>(op, POOL_WINDOW_WIDTH), width) - left);
        const window = from + top * fromRow + left * pixel;
        const into = gradient + top * gradientRow + left * pixel;
        const g = to + oy * toRow + ox * pixel;
        if (maximum) addToMaximum(window, fromRow, pixel, rows, columns, g, into, gradientRow, bytes);
        else addToAll(pixel, rows, columns, g, into, gradientRow, bytes);
      }
    }
  }
}

/** Zeroes `bytes` of each pixel. */
function clearImage(at: usize, row: usize, height: usize, width: usize, pixel: usize, bytes: usize): void {
  for (let y: usize = 0; y < height; y++, at += row) {
    if (bytes == pixel) memory.fill(at, 0, width * pixel);
    else for (let x: usize = 0; x < width; x++) memory.fill(at + x * pixel, 0, bytes);
  }
}

function addToMaximum(
  window: usize,
  row: usize,
  pixel: usize,
  rows: usize,
  columns: usize,
  g: usize,
  to: usize,
  toRow: usize,
  bytes: usize,
): void {
  for (let c: usize = 0; c < bytes; c += 32) {
    let maximumA = v128.load(window + c);
    let maximumB = v128.load(window + c, 16);
    for (let y: usize = 0; y < rows; y++) {
      let at = window + y * row + c;
      for (const end = at + columns * pixel; at < end; at += pixel) {
        maximumA = f32x4.max(maximumA, v128.load(at));
        maximumB = f32x4.max(maximumB, v128.load(at, 16));
      }
    }
    // What is left of the gradient: nothing once a lane's maximum was found.
    let restA = v128.load(g + c);
    let restB = v128.load(g + c, 16);
    for (let y: usize = 0; y < rows; y++) {
      let at = window + y * row + c;
      let out = to + y * toRow + c;
      for (const end = at + columns * pixel; at < end; at += pixel, out += pixel) {
        const foundA = f32x4.eq(v128.load(at), maximumA);
        const foundB = f32x4.eq(v128.load(at, 16), maximumB);
        const sumA = f32x4.add(v128.load(out), v128.and(restA, foundA));
        const sumB = f32x4.add(v128.load(out, 16), v128.and(restB, foundB));
        v128.store(out, sumA);
        v128.store(out, sumB, 16);
        restA = v128.andnot(restA, foundA);
        restB = v128.andnot(restB, foundB);
      }
    }
  }
}

function addToAll(pixel: usize, rows: usize, columns: usize, g: usize, to: usize, toRow: usize, bytes: usize): void {
  const count = f32x4.splat(<f32>(rows * columns));
  for (let c: usize = 0; c < bytes; c += 32) {
    const a = f32x4.div(v128.load(g + c), count);
    const b = f32x4.div(v128.load(g + c, 16), count);
    let row = to + c;
    for (let y: usize = 0; y < rows; y++, row += toRow) {
      const end = row + columns * pixel;
      for (let at = row; at < end; at += pixel) {
        const sumA = f32x4.add(v128.load(at), a);
        const sumB = f32x4.add(v128.load(at, 16), b);
        v128.store(at, sumA);
        v128.store(at, sumB, 16);
      }
    }
  }
}
