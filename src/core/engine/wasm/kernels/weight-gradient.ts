import {
  COLUMNS,
  VIEW_ROW,
  WGRAD_BIAS,
  WGRAD_FLAT,
  WGRAD_FROM,
  WGRAD_FROM_PIXEL,
  WGRAD_GRADIENT,
  WGRAD_GRADIENT_PIXEL,
  WGRAD_HEIGHT,
  WGRAD_RUN,
  WGRAD_RUNS,
  WGRAD_TILES,
  WGRAD_TO,
  WGRAD_TO_CHUNK,
  WGRAD_WIDTH,
} from './layout';
import { madd, ZEROS } from './simd';
import { viewAt } from './view';

/**
 * Gradient of weights, [k, columns]: the sum over pixels of patch[pixel, k] * gradient[pixel, column], and of the bias,
 * the sum of the gradient. The reduction runs over the pixels of one image at a time, whose patches and gradients stay in
 * the cache; the register tile is 6 or 4 values of k by 16 columns; see gemm.ts.
 */
export function weightGradient(
  op: usize,
  group: u32,
  start: bool,
  first: u32,
  last: u32,
  split: u32,
  splits: u32,
  scratch: usize,
): void {
  const flat = load<u32>(op, WGRAD_FLAT);
  const height = flat ? 1 : load<u32>(op, WGRAD_HEIGHT);
  const width = flat ? last - first : load<u32>(op, WGRAD_WIDTH);
  const tiles = load<u32>(op, WGRAD_TILES);
  const to = <usize>load<u32>(op, WGRAD_TO) + group * <usize>load<u32>(op, WGRAD_TO_CHUNK);
  const runs = load<u32>(op, WGRAD_RUNS);
  const run = load<u32>(op, WGRAD_RUN);
  const fromRow = <usize>load<u32>(op, WGRAD_FROM + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, WGRAD_GRADIENT + VIEW_ROW);
  const fromPixel = <usize>load<u32>(op, WGRAD_FROM_PIXEL);
  const gradientPixel = <usize>load<u32>(op, WGRAD_GRADIENT_PIXEL);
  // A dense layer's single run is cut into parts for the splits; the image itself has runs that are no multiple of 4.
  const part: u32 = run % 4 == 0 ? 4 : 1;
  const firstK = ((split * run) / part / splits) * part;
  const lastK = (((split + 1) * run) / part / splits) * part;
  const columnBytes = <usize>tiles * COLUMNS * 4;
  const images = flat ? first + 1 : last;
  for (let image = first; image < images; image++) {
    const fresh = start && image == first;
    const from = viewAt(op + WGRAD_FROM, image, first, scratch);
    const gradient = viewAt(op + WGRAD_GRADIENT, image, first, scratch);
    for (let tile: u32 = 0; tile < tiles; tile++) {
      const column = tile * COLUMNS * 4;
      const g = gradient + column;
      for (let row: u32 = 0; row < runs; row++) {
        const x = from + row * fromRow;
        const at = to + row * run * columnBytes + column;
        for (let k = firstK; k < lastK; ) {
          const rows = tileRows(lastK - k);
          tileOf(
            rows,
            x + k * 4,
            fromPixel,
            fromRow,
            g,
            gradientPixel,
            gradientRow,
            height,
            width,
            at + k * columnBytes,
            columnBytes,
            fresh,
          );
          k += rows;
        }
      }
      if (split == 0 && load<u32>(op, WGRAD_BIAS)) {
        const at = to + <usize>(runs * run) * columnBytes + column;
        sumOf8(g, at, fresh, height, width, gradientPixel, gradientRow);
        sumOf8(g + 32, at + 32, fresh, height, width, gradientPixel, gradientRow);
      }
    }
  }
}

/** Rows of the next register tile: 6 where what is left is a multiple of it, 4 to get there, 1 for what is odd or 2. */
export function tileRows(left: u32): u32 {
  if (left & 1 || left == 2) return 1;
  return left % 6 == 0 ? 6 : 4;
}

/** A register tile of `rows` (6, 4 or 1) values of k by 16 columns; all strides are in bytes. */
export function tileOf(
  rows: u32,
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  if (rows == 6) {
    if (WIDE) {
      tileOf6By16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, columnBytes, fresh);
    } else {
      tileOf6By8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, columnBytes, fresh);
      tileOf6By8(x, xPixel, xRow, g + 32, gPixel, gRow, height, width, to + 32, columnBytes, fresh);
    }
  } else if (rows == 4) {
    if (WIDE) {
      tileOf4By16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, columnBytes, fresh);
    } else {
      tileOf4By8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, columnBytes, fresh);
      tileOf4By8(x, xPixel, xRow, g + 32, gPixel, gRow, height, width, to + 32, columnBytes, fresh);
    }
  } else {
    tileOf1By16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, columnBytes, fresh);
  }
}

function tileOf6By16(
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let a1 = a0;
  let b1 = a0;
  let c1 = a0;
  let d1 = a0;
  let a2 = a0;
  let b2 = a0;
  let c2 = a0;
  let d2 = a0;
  let a3 = a0;
  let b3 = a0;
  let c3 = a0;
  let d3 = a0;
  let a4 = a0;
  let b4 = a0;
  let c4 = a0;
  let d4 = a0;
  let a5 = a0;
  let b5 = a0;
  let c5 = a0;
  let d5 = a0;
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      const ga = v128.load(g);
      const gb = v128.load(g, 16);
      const gc = v128.load(g, 32);
      const gd = v128.load(g, 48);
      let v = v128.load_splat<f32>(x);
      a0 = madd(v, ga, a0);
      b0 = madd(v, gb, b0);
      c0 = madd(v, gc, c0);
      d0 = madd(v, gd, d0);
      v = v128.load_splat<f32>(x, 4);
      a1 = madd(v, ga, a1);
      b1 = madd(v, gb, b1);
      c1 = madd(v, gc, c1);
      d1 = madd(v, gd, d1);
      v = v128.load_splat<f32>(x, 8);
      a2 = madd(v, ga, a2);
      b2 = madd(v, gb, b2);
      c2 = madd(v, gc, c2);
      d2 = madd(v, gd, d2);
      v = v128.load_splat<f32>(x, 12);
      a3 = madd(v, ga, a3);
      b3 = madd(v, gb, b3);
      c3 = madd(v, gc, c3);
      d3 = madd(v, gd, d3);
      v = v128.load_splat<f32>(x, 16);
      a4 = madd(v, ga, a4);
      b4 = madd(v, gb, b4);
      c4 = madd(v, gc, c4);
      d4 = madd(v, gd, d4);
      v = v128.load_splat<f32>(x, 20);
      a5 = madd(v, ga, a5);
      b5 = madd(v, gb, b5);
      c5 = madd(v, gc, c5);
      d5 = madd(v, gd, d5);
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  let from = fresh ? ZEROS : to;
  const step = fresh ? 0 : columnBytes;
  a0 = f32x4.add(a0, v128.load(from));
  b0 = f32x4.add(b0, v128.load(from, 16));
  c0 = f32x4.add(c0, v128.load(from, 32));
  d0 = f32x4.add(d0, v128.load(from, 48));
  from += step;
  a1 = f32x4.add(a1, v128.load(from));
  b1 = f32x4.add(b1, v128.load(from, 16));
  c1 = f32x4.add(c1, v128.load(from, 32));
  d1 = f32x4.add(d1, v128.load(from, 48));
  from += step;
  a2 = f32x4.add(a2, v128.load(from));
  b2 = f32x4.add(b2, v128.load(from, 16));
  c2 = f32x4.add(c2, v128.load(from, 32));
  d2 = f32x4.add(d2, v128.load(from, 48));
  from += step;
  a3 = f32x4.add(a3, v128.load(from));
  b3 = f32x4.add(b3, v128.load(from, 16));
  c3 = f32x4.add(c3, v128.load(from, 32));
  d3 = f32x4.add(d3, v128.load(from, 48));
  from += step;
  a4 = f32x4.add(a4, v128.load(from));
  b4 = f32x4.add(b4, v128.load(from, 16));
  c4 = f32x4.add(c4, v128.load(from, 32));
  d4 = f32x4.add(d4, v128.load(from, 48));
  from += step;
  a5 = f32x4.add(a5, v128.load(from));
  b5 = f32x4.add(b5, v128.load(from, 16));
  c5 = f32x4.add(c5, v128.load(from, 32));
  d5 = f32x4.add(d5, v128.load(from, 48));
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to, c0, 32);
  v128.store(to, d0, 48);
  to += columnBytes;
  v128.store(to, a1);
  v128.store(to, b1, 16);
  v128.store(to, c1, 32);
  v128.store(to, d1, 48);
  to += columnBytes;
  v128.store(to, a2);
  v128.store(to, b2, 16);
  v128.store(to, c2, 32);
  v128.store(to, d2, 48);
  to += columnBytes;
  v128.store(to, a3);
  v128.store(to, b3, 16);
  v128.store(to, c3, 32);
  v128.store(to, d3, 48);
  to += columnBytes;
  v128.store(to, a4);
  v128.store(to, b4, 16);
  v128.store(to, c4, 32);
  v128.store(to, d4, 48);
  to += columnBytes;
  v128.store(to, a5);
  v128.store(to, b5, 16);
  v128.store(to, c5, 32);
  v128.store(to, d5, 48);
}

function tileOf6By8(
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let a4 = a0;
  let b4 = a0;
  let a5 = a0;
  let b5 = a0;
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      const ga = v128.load(g);
      const gb = v128.load(g, 16);
      let v = v128.load_splat<f32>(x);
      a0 = madd(v, ga, a0);
      b0 = madd(v, gb, b0);
      v = v128.load_splat<f32>(x, 4);
      a1 = madd(v, ga, a1);
      b1 = madd(v, gb, b1);
      v = v128.load_splat<f32>(x, 8);
      a2 = madd(v, ga, a2);
      b2 = madd(v, gb, b2);
      v = v128.load_splat<f32>(x, 12);
      a3 = madd(v, ga, a3);
      b3 = madd(v, gb, b3);
      v = v128.load_splat<f32>(x, 16);
      a4 = madd(v, ga, a4);
      b4 = madd(v, gb, b4);
      v = v128.load_splat<f32>(x, 20);
      a5 = madd(v, ga, a5);
      b5 = madd(v, gb, b5);
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  let from = fresh ? ZEROS : to;
  const step = fresh ? 0 : columnBytes;
  a0 = f32x4.add(a0, v128.load(from));
  b0 = f32x4.add(b0, v128.load(from, 16));
  from += step;
  a1 = f32x4.add(a1, v128.load(from));
  b1 = f32x4.add(b1, v128.load(from, 16));
  from += step;
  a2 = f32x4.add(a2, v128.load(from));
  b2 = f32x4.add(b2, v128.load(from, 16));
  from += step;
  a3 = f32x4.add(a3, v128.load(from));
  b3 = f32x4.add(b3, v128.load(from, 16));
  from += step;
  a4 = f32x4.add(a4, v128.load(from));
  b4 = f32x4.add(b4, v128.load(from, 16));
  from += step;
  a5 = f32x4.add(a5, v128.load(from));
  b5 = f32x4.add(b5, v128.load(from, 16));
  v128.store(to, a0);
  v128.store(to, b0, 16);
  to += columnBytes;
  v128.store(to, a1);
  v128.store(to, b1, 16);
  to += columnBytes;
  v128.store(to, a2);
  v128.store(to, b2, 16);
  to += columnBytes;
  v128.store(to, a3);
  v128.store(to, b3, 16);
  to += columnBytes;
  v128.store(to, a4);
  v128.store(to, b4, 16);
  to += columnBytes;
  v128.store(to, a5);
  v128.store(to, b5, 16);
}

function tileOf4By16(
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let a1 = a0;
  let b1 = a0;
  let c1 = a0;
  let d1 = a0;
  let a2 = a0;
  let b2 = a0;
  let c2 = a0;
  let d2 = a0;
  let a3 = a0;
  let b3 = a0;
  let c3 = a0;
  let d3 = a0;
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      const ga = v128.load(g);
      const gb = v128.load(g, 16);
      const gc = v128.load(g, 32);
      const gd = v128.load(g, 48);
      let v = v128.load_splat<f32>(x);
      a0 = madd(v, ga, a0);
      b0 = madd(v, gb, b0);
      c0 = madd(v, gc, c0);
      d0 = madd(v, gd, d0);
      v = v128.load_splat<f32>(x, 4);
      a1 = madd(v, ga, a1);
      b1 = madd(v, gb, b1);
      c1 = madd(v, gc, c1);
      d1 = madd(v, gd, d1);
      v = v128.load_splat<f32>(x, 8);
      a2 = madd(v, ga, a2);
      b2 = madd(v, gb, b2);
      c2 = madd(v, gc, c2);
      d2 = madd(v, gd, d2);
      v = v128.load_splat<f32>(x, 12);
      a3 = madd(v, ga, a3);
      b3 = madd(v, gb, b3);
      c3 = madd(v, gc, c3);
      d3 = madd(v, gd, d3);
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  let from = fresh ? ZEROS : to;
  const step = fresh ? 0 : columnBytes;
  a0 = f32x4.add(a0, v128.load(from));
  b0 = f32x4.add(b0, v128.load(from, 16));
  c0 = f32x4.add(c0, v128.load(from, 32));
  d0 = f32x4.add(d0, v128.load(from, 48));
  from += step;
  a1 = f32x4.add(a1, v128.load(from));
  b1 = f32x4.add(b1, v128.load(from, 16));
  c1 = f32x4.add(c1, v128.load(from, 32));
  d1 = f32x4.add(d1, v128.load(from, 48));
  from += step;
  a2 = f32x4.add(a2, v128.load(from));
  b2 = f32x4.add(b2, v128.load(from, 16));
  c2 = f32x4.add(c2, v128.load(from, 32));
  d2 = f32x4.add(d2, v128.load(from, 48));
  from += step;
  a3 = f32x4.add(a3, v128.load(from));
  b3 = f32x4.add(b3, v128.load(from, 16));
  c3 = f32x4.add(c3, v128.load(from, 32));
  d3 = f32x4.add(d3, v128.load(from, 48));
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to, c0, 32);
  v128.store(to, d0, 48);
  to += columnBytes;
  v128.store(to, a1);
  v128.store(to, b1, 16);
  v128.store(to, c1, 32);
  v128.store(to, d1, 48);
  to += columnBytes;
  v128.store(to, a2);
  v128.store(to, b2, 16);
  v128.store(to, c2, 32);
  v128.store(to, d2, 48);
  to += columnBytes;
  v128.store(to, a3);
  v128.store(to, b3, 16);
  v128.store(to, c3, 32);
  v128.store(to, d3, 48);
}

function tileOf4By8(
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      const ga = v128.load(g);
      const gb = v128.load(g, 16);
      let v = v128.load_splat<f32>(x);
      a0 = madd(v, ga, a0);
      b0 = madd(v, gb, b0);
      v = v128.load_splat<f32>(x, 4);
      a1 = madd(v, ga, a1);
      b1 = madd(v, gb, b1);
      v = v128.load_splat<f32>(x, 8);
      a2 = madd(v, ga, a2);
      b2 = madd(v, gb, b2);
      v = v128.load_splat<f32>(x, 12);
      a3 = madd(v, ga, a3);
      b3 = madd(v, gb, b3);
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  let from = fresh ? ZEROS : to;
  const step = fresh ? 0 : columnBytes;
  a0 = f32x4.add(a0, v128.load(from));
  b0 = f32x4.add(b0, v128.load(from, 16));
  from += step;
  a1 = f32x4.add(a1, v128.load(from));
  b1 = f32x4.add(b1, v128.load(from, 16));
  from += step;
  a2 = f32x4.add(a2, v128.load(from));
  b2 = f32x4.add(b2, v128.load(from, 16));
  from += step;
  a3 = f32x4.add(a3, v128.load(from));
  b3 = f32x4.add(b3, v128.load(from, 16));
  v128.store(to, a0);
  v128.store(to, b0, 16);
  to += columnBytes;
  v128.store(to, a1);
  v128.store(to, b1, 16);
  to += columnBytes;
  v128.store(to, a2);
  v128.store(to, b2, 16);
  to += columnBytes;
  v128.store(to, a3);
  v128.store(to, b3, 16);
}

function tileOf1By16(
  x: usize,
  xPixel: usize,
  xRow: usize,
  g: usize,
  gPixel: usize,
  gRow: usize,
  height: usize,
  width: usize,
  to: usize,
  columnBytes: usize,
  fresh: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  const xSkip = xRow - width * xPixel;
  const gSkip = gRow - width * gPixel;
  for (let y: usize = 0; y < height; y++) {
    const end = g + width * gPixel;
    do {
      const ga = v128.load(g);
      const gb = v128.load(g, 16);
      const gc = v128.load(g, 32);
      const gd = v128.load(g, 48);
      let v = v128.load_splat<f32>(x);
      a0 = madd(v, ga, a0);
      b0 = madd(v, gb, b0);
      c0 = madd(v, gc, c0);
      d0 = madd(v, gd, d0);
      x += xPixel;
      g += gPixel;
    } while (g < end);
    x += xSkip;
    g += gSkip;
  }
  const from = fresh ? ZEROS : to;
  a0 = f32x4.add(a0, v128.load(from));
  b0 = f32x4.add(b0, v128.load(from, 16));
  c0 = f32x4.add(c0, v128.load(from, 32));
  d0 = f32x4.add(d0, v128.load(from, 48));
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to, c0, 32);
  v128.store(to, d0, 48);
}

/** Sums of a gradient's columns over its pixels. */
export function sumOf8(g: usize, at: usize, fresh: bool, height: usize, width: usize, pixel: usize, row: usize): void {
  let a = fresh ? f32x4.splat(0) : v128.load(at);
  let b = fresh ? f32x4.splat(0) : v128.load(at, 16);
  for (let y: usize = 0; y < height; y++, g += row) {
    for (let i: usize = 0; i < width; i++) {
      a = f32x4.add(a, v128.load(g + i * pixel));
      b = f32x4.add(b, v128.load(g + i * pixel, 16));
    }
  }
  v128.store(at, a);
  v128.store(at, b, 16);
}
