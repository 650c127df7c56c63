import {
  OUTER_BIAS,
  OUTER_FLAT,
  OUTER_FROM,
  OUTER_FROM_PIXEL,
  OUTER_GRADIENT,
  OUTER_GRADIENT_PIXEL,
  OUTER_HEIGHT,
  OUTER_RUN,
  OUTER_RUNS,
  OUTER_TILES,
  OUTER_TO,
  OUTER_TO_CHUNK,
  OUTER_WIDTH,
  VIEW_ROW,
} from './layout';
import { madd } from './simd';
import { viewAt } from './view';

/**
 * Gradient of weights, [k, columns]: the sum over pixels of patch[pixel, k] * gradient[pixel, column], and of the bias,
 * the sum of the gradient. The reduction runs over the pixels of one image at a time, whose patches and gradients stay in
 * the cache; the register tile is 6 values of k by 8 columns.
 */
export function outer(op: usize, group: u32, first: u32, last: u32, split: u32, splits: u32, scratch: usize): void {
  const flat = load<u32>(op, OUTER_FLAT);
  const height = flat ? 1 : load<u32>(op, OUTER_HEIGHT);
  const width = flat ? last - first : load<u32>(op, OUTER_WIDTH);
  const tiles = load<u32>(op, OUTER_TILES);
  const to = <usize>load<u32>(op, OUTER_TO) + group * <usize>load<u32>(op, OUTER_TO_CHUNK);
  const runs = load<u32>(op, OUTER_RUNS);
  const run = load<u32>(op, OUTER_RUN);
  const fromRow = <usize>load<u32>(op, OUTER_FROM + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, OUTER_GRADIENT + VIEW_ROW);
  const fromPixel = <usize>load<u32>(op, OUTER_FROM_PIXEL);
  const gradientPixel = <usize>load<u32>(op, OUTER_GRADIENT_PIXEL);
  // A dense layer's single run is cut into whole register tiles for the splits.
  const step: u32 = run >= 6 ? 6 : 1;
  const parts = (run + step - 1) / step;
  const firstPart = (split * parts) / splits;
  const lastPart = ((split + 1) * parts) / splits;
  const columnBytes = <usize>tiles * 32;
  const images = flat ? first + 1 : last;
  for (let image = first; image < images; image++) {
    const fresh = image == first;
    const from = viewAt(op + OUTER_FROM, image, first, scratch);
    const gradient = viewAt(op + OUTER_GRADIENT, image, first, scratch);
    for (let tile: u32 = 0; tile < tiles; tile++) {
      const g = gradient + tile * 32;
      for (let row: u32 = 0; row < runs; row++) {
        for (let part = firstPart; part < lastPart; part++) {
          // The last tile of a run may overlap the one before it; only fresh sums may be written twice.
          const k = min(part * step, run - step);
          const x = from + row * fromRow + k * 4;
          const at = to + (row * run + k) * columnBytes + tile * 32;
          if (step == 6 && (fresh || k == part * step)) {
            tileOf6By8(x, g, at, columnBytes, fresh, height, width, fromPixel, fromRow, gradientPixel, gradientRow, 0);
          } else {
            for (let i = part * step - k; i < step; i++) {
              const xi = x + i * 4;
              const ai = at + i * columnBytes;
              tileOf1By8(xi, g, ai, fresh, height, width, fromPixel, fromRow, gradientPixel, gradientRow);
            }
          }
        }
      }
      if (split == 0 && load<u32>(op, OUTER_BIAS)) {
        const at = to + <usize>(runs * run) * columnBytes + tile * 32;
        sumOf8(g, at, fresh, height, width, gradientPixel, gradientRow);
      }
    }
  }
}

/** One register tile; the first `skip` of its six rows, which another tile has, are not stored. */
export function tileOf6By8(
  x: usize,
  g: usize,
  at: usize,
  columns: usize,
  fresh: bool,
  height: usize,
  width: usize,
  xPixel: usize,
  xRow: usize,
  gPixel: usize,
  gRow: usize,
  skip: usize,
): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
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
  let row = at;
  if (!fresh) {
    a0 = v128.load(row);
    b0 = v128.load(row, 16);
    row += columns;
    a1 = v128.load(row);
    b1 = v128.load(row, 16);
    row += columns;
    a2 = v128.load(row);
    b2 = v128.load(row, 16);
    row += columns;
    a3 = v128.load(row);
    b3 = v128.load(row, 16);
    row += columns;
    a4 = v128.load(row);
    b4 = v128.load(row, 16);
    row += columns;
    a5 = v128.load(row);
    b5 = v128.load(row, 16);
    row = at;
  }
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
  if (skip <= 0) {
    v128.store(row, a0);
    v128.store(row, b0, 16);
  }
  row += columns;
  if (skip <= 1) {
    v128.store(row, a1);
    v128.store(row, b1, 16);
  }
  row += columns;
  if (skip <= 2) {
    v128.store(row, a2);
    v128.store(row, b2, 16);
  }
  row += columns;
  if (skip <= 3) {
    v128.store(row, a3);
    v128.store(row, b3, 16);
  }
  row += columns;
  if (skip <= 4) {
    v128.store(row, a4);
    v128.store(row, b4, 16);
  }
  row += columns;
  v128.store(row, a5);
  v128.store(row, b5, 16);
}

/** As above for one value of k: runs that are no multiple of 6. */
function tileOf1By8(
  x: usize,
  g: usize,
  at: usize,
  fresh: bool,
  height: usize,
  width: usize,
  xPixel: usize,
  xRow: usize,
  gPixel: usize,
  gRow: usize,
): void {
  let a = fresh ? f32x4.splat(0) : v128.load(at);
  let b = fresh ? f32x4.splat(0) : v128.load(at, 16);
  for (let y: usize = 0; y < height; y++) {
    for (let i: usize = 0; i < width; i++) {
      const v = v128.load_splat<f32>(x + i * xPixel);
      a = madd(v, v128.load(g + i * gPixel), a);
      b = madd(v, v128.load(g + i * gPixel, 16), b);
    }
    x += xRow;
    g += gRow;
  }
  v128.store(at, a);
  v128.store(at, b, 16);
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
