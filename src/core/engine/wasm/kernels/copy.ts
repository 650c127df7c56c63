import {
  ADD_A,
  ADD_B,
  ADD_BORDER,
  ADD_CHANNELS,
  ADD_HEIGHT,
  ADD_TO,
  ADD_WIDTH,
  COPY_BORDER,
  COPY_BOTTOM,
  COPY_CHANNELS,
  COPY_FROM,
  COPY_FROM_PIXEL,
  COPY_HEIGHT,
  COPY_LEFT,
  COPY_RIGHT,
  COPY_TO,
  COPY_TO_OFFSET,
  COPY_TO_PIXEL,
  COPY_TOP,
  COPY_WIDTH,
  COPY_ZEROS,
  RESHAPE_BORDER,
  RESHAPE_FROM,
  RESHAPE_FROM_CHANNELS,
  RESHAPE_FROM_PADDED_CHANNELS,
  RESHAPE_FROM_WIDTH,
  RESHAPE_TO,
  RESHAPE_TO_CHANNELS,
  RESHAPE_TO_HEIGHT,
  RESHAPE_TO_PADDED_CHANNELS,
  RESHAPE_TO_WIDTH,
} from './layer-layout';
import { VIEW_ROW } from './layout';
import { clearBorder, clearPadding, sliceEnd, viewAt } from './view';

/** Copies some channels of a rectangle of pixels: zero padding, concatenation, their backward passes, and plain copies. */
export function copy(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, COPY_HEIGHT);
  const width = <usize>load<u32>(op, COPY_WIDTH);
  const fromPixel = <usize>load<u32>(op, COPY_FROM_PIXEL);
  const toPixel = <usize>load<u32>(op, COPY_TO_PIXEL);
  const channels = <usize>load<u32>(op, COPY_CHANNELS) * 4;
  const zeros = <usize>load<u32>(op, COPY_ZEROS) * 4;
  const offset = <usize>load<u32>(op, COPY_TO_OFFSET);
  const top = <usize>load<u32>(op, COPY_TOP);
  const left = <usize>load<u32>(op, COPY_LEFT);
  const toHeight = top + height + <usize>load<u32>(op, COPY_BOTTOM);
  const toWidth = left + width + <usize>load<u32>(op, COPY_RIGHT);
  const fromRow = <usize>load<u32>(op, COPY_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, COPY_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, COPY_BORDER);
  const whole = channels == fromPixel && channels == toPixel;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + COPY_FROM, image, first, scratch);
    const to = viewAt(op + COPY_TO, image, first, scratch);
    clearBorder(to, border, toHeight, toWidth, toPixel, toRow);
    for (let y: usize = 0; y < toHeight; y++) {
      let out = to + y * toRow;
      if (y < top || y >= top + height) {
        memory.fill(out, 0, toWidth * toPixel);
        continue;
      }
      let x = from + (y - top) * fromRow;
      if (left > 0) memory.fill(out, 0, left * toPixel);
      out += left * toPixel;
      const right = toWidth - left - width;
      if (right > 0) memory.fill(out + width * toPixel, 0, right * toPixel);
      if (whole) {
        memory.copy(out, x, width * channels);
        continue;
      }
      out += offset;
      for (const end = x + width * fromPixel; x < end; x += fromPixel, out += toPixel) {
        copyRun(x, out, channels);
        for (let c: usize = 0; c < zeros; c += 4) store<f32>(out + channels + c, 0);
      }
    }
  }
}

/** Copies the values of an image, row by row and channels last, to an image of another shape. */
export function reshape(op: usize, first: u32, last: u32, scratch: usize): void {
  const fromWidth = <usize>load<u32>(op, RESHAPE_FROM_WIDTH);
  const fromChannels = <usize>load<u32>(op, RESHAPE_FROM_CHANNELS) * 4;
  const fromPixel = <usize>load<u32>(op, RESHAPE_FROM_PADDED_CHANNELS) * 4;
  const toHeight = <usize>load<u32>(op, RESHAPE_TO_HEIGHT);
  const toWidth = <usize>load<u32>(op, RESHAPE_TO_WIDTH);
  const toChannels = <usize>load<u32>(op, RESHAPE_TO_CHANNELS) * 4;
  const toPixel = <usize>load<u32>(op, RESHAPE_TO_PADDED_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, RESHAPE_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, RESHAPE_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, RESHAPE_BORDER);
  for (let image = first; image < last; image++) {
    let row = viewAt(op + RESHAPE_FROM, image, first, scratch);
    const to = viewAt(op + RESHAPE_TO, image, first, scratch);
    clearBorder(to, border, toHeight, toWidth, toPixel, toRow);
    // The next value to read: a pixel of the row, and a byte in it.
    let x: usize = 0;
    let c: usize = 0;
    for (let y: usize = 0; y < toHeight; y++) {
      let out = to + y * toRow;
      for (const end = out + toWidth * toPixel; out < end; out += toPixel) {
        for (let done: usize = 0; done < toChannels; ) {
          const run = min(toChannels - done, fromChannels - c);
          copyRun(row + x * fromPixel + c, out + done, run);
          done += run;
          c += run;
          if (c == fromChannels) {
            c = 0;
            x++;
            if (x == fromWidth) {
              x = 0;
              row += fromRow;
            }
          }
        }
      }
      clearPadding(to + y * toRow, toWidth, toPixel, toChannels >> 2);
    }
  }
}

/** Copies a few values. */
function copyRun(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
  for (let i = whole; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** Adds two tensors. A slice covers some of the channels. */
export function add(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, ADD_HEIGHT);
  const width = <usize>load<u32>(op, ADD_WIDTH);
  const pixel = <usize>load<u32>(op, ADD_CHANNELS) * 4;
  const aRow = <usize>load<u32>(op, ADD_A + VIEW_ROW);
  const bRow = <usize>load<u32>(op, ADD_B + VIEW_ROW);
  const toRow = <usize>load<u32>(op, ADD_TO + VIEW_ROW);
  const start = sliceEnd(slice, slices, pixel);
  const bytes = slices == 1 ? width * pixel : sliceEnd(slice + 1, slices, pixel) - start;
  const step = slices == 1 ? bytes : pixel;
  for (let image = first; image < last; image++) {
    const a = viewAt(op + ADD_A, image, first, scratch) + start;
    const b = viewAt(op + ADD_B, image, first, scratch) + start;
    const to = viewAt(op + ADD_TO, image, first, scratch) + start;
    clearBorder(to - start, <usize>load<u32>(op, ADD_BORDER), height, width, pixel, toRow);
    for (let y: usize = 0; y < height; y++) {
      for (let x: usize = 0; x < width * pixel; x += step) {
        addRun(a + y * aRow + x, b + y * bRow + x, to + y * toRow + x, bytes);
      }
    }
  }
}

function addRun(a: usize, b: usize, to: usize, bytes: usize): void {
  const end = a + (bytes & ~31);
  while (a < end) {
    const sumA = f32x4.add(v128.load(a), v128.load(b));
    const sumB = f32x4.add(v128.load(a, 16), v128.load(b, 16));
    v128.store(to, sumA);
    v128.store(to, sumB, 16);
    a += 32;
    b += 32;
    to += 32;
  }
  for (let i: usize = 0; i < (bytes & 31); i += 4) store<f32>(to + i, load<f32>(a + i) + load<f32>(b + i));
}
