import {
  COLUMNS,
  VIEW_ROW,
  WGRAD_BIAS,
  WGRAD_FLAT,
  WGRAD_FROM,
  WGRAD_FROM_PIXEL,
  WGRAD_GRADIENT,
  WGRAD_GRADIENT_PIXEL,
  WGRAD_GROUP_STRIDE,
  WGRAD_HALF,
  WGRAD_HEIGHT,
  WGRAD_RUN,
  WGRAD_RUN_STRIDE,
  WGRAD_RUNS,
  WGRAD_TAP_VALUES,
  WGRAD_TAPS,
  WGRAD_TILES,
  WGRAD_TO,
  WGRAD_WIDTH,
} from './layout';
import {
  weightGradient1x8,
  weightGradient1x16,
  weightGradient2x8,
  weightGradient2x16,
  weightGradient3x8,
  weightGradient3x16,
  weightGradient4x8,
  weightGradient4x16,
  weightGradient5x8,
  weightGradient5x16,
  weightGradient6x8,
  weightGradient6x16,
} from './microkernels';
import { viewAt } from './view';

/**
 * Gradient of the weights, [k, columns], the sum over pixels of patch[pixel, k] * gradient[pixel, column]; and of the
 * bias, the sum of the gradient over pixels. The reduction covers one image at a time, whose patches and gradients stay
 * in the cache. `start`: the images are the first ones of their group, whose results overwrite the memory.
 */
export function weightGradient(
  op: usize,
  group: u32,
  start: bool,
  first: u32,
  last: u32,
  slice: u32,
  slices: u32,
  scratch: usize,
): void {
  const flat = load<u32>(op, WGRAD_FLAT);
  const height = flat ? 1 : load<u32>(op, WGRAD_HEIGHT);
  const width = flat ? last - first : load<u32>(op, WGRAD_WIDTH);
  const tiles = load<u32>(op, WGRAD_TILES);
  const to = <usize>load<u32>(op, WGRAD_TO) + group * <usize>load<u32>(op, WGRAD_GROUP_STRIDE);
  const runs = load<u32>(op, WGRAD_RUNS);
  const run = load<u32>(op, WGRAD_RUN);
  const runStride = <usize>load<u32>(op, WGRAD_RUN_STRIDE);
  const fromRow = <usize>load<u32>(op, WGRAD_FROM + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, WGRAD_GRADIENT + VIEW_ROW);
  const fromPixel = <usize>load<u32>(op, WGRAD_FROM_PIXEL);
  const gradientPixel = <usize>load<u32>(op, WGRAD_GRADIENT_PIXEL);
  const pieces = load<u32>(op, WGRAD_TAPS);
  const piece = run / pieces;
  const needed = load<u32>(op, WGRAD_TAP_VALUES);
  // Slices share the single run of a dense layer: its pieces, or the values of the only one.
  const whole = pieces == 1;
  const firstPiece = whole ? 0 : (slice * pieces) / slices;
  const lastPiece = whole ? 1 : ((slice + 1) * pieces) / slices;
  const firstK = whole ? (slice * needed) / slices : 0;
  const lastK = whole ? ((slice + 1) * needed) / slices : needed;
  const toRow = <usize>tiles * COLUMNS * 4;
  const lastHalf = load<u32>(op, WGRAD_HALF) ? tiles - 1 : tiles;
  const images = flat ? first + 1 : last;
  for (let image = first; image < images; image++) {
    const overwrite = start && image == first;
    const from = viewAt(op + WGRAD_FROM, image, first, scratch);
    const gradient = viewAt(op + WGRAD_GRADIENT, image, first, scratch);
    if (overwrite && needed < piece) {
      for (let row: u32 = 0; row < runs; row++) {
        for (let p = firstPiece; p < lastPiece; p++) {
          memory.fill(to + (row * run + p * piece + needed) * toRow, 0, (piece - needed) * toRow);
        }
      }
    }
    for (let tile: u32 = 0; tile < tiles; tile++) {
      const column = tile * COLUMNS * 4;
      const g = gradient + column;
      const half = tile >= lastHalf;
      for (let row: u32 = 0; row < runs; row++) {
        for (let p = firstPiece; p < lastPiece; p++) {
          const x = from + row * runStride + p * piece * 4;
          const at = to + (row * run + p * piece) * toRow + column;
          for (let k = firstK; k < lastK; ) {
            const rows = tileRows(lastK - k);
            const out = at + k * toRow;
            weightGradientTile(
              rows,
              x + k * 4,
              fromPixel,
              fromRow,
              g,
              gradientPixel,
              gradientRow,
              height,
              width,
              out,
              toRow,
              overwrite,
              half,
            );
            k += rows;
          }
        }
      }
      if (slice == 0 && load<u32>(op, WGRAD_BIAS)) {
        const at = to + <usize>(runs * run) * toRow + column;
        biasGradient8(g, at, overwrite, height, width, gradientPixel, gradientRow);
        biasGradient8(g + 32, at + 32, overwrite, height, width, gradientPixel, gradientRow);
      }
    }
  }
}

/** Rows of the next register tile, at most 6, so that there are as few tiles as possible, all of about the same size. */
export function tileRows(rest: u32): u32 {
  const tiles = (rest + 5) / 6;
  return (rest + tiles - 1) / tiles;
}

/**
 * A tile of `rows` (1 to 6) values of k by 16 columns: see `weightGradient6x16`. `half`: only 8 columns are needed; the
 * others are set to 0 if `overwrite` is.
 */
export function weightGradientTile(
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
  toRow: usize,
  overwrite: bool,
  half: bool,
): void {
  if (WIDE && !half) {
    switch (rows) {
      case 6:
        weightGradient6x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      case 5:
        weightGradient5x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      case 4:
        weightGradient4x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      case 3:
        weightGradient3x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      case 2:
        weightGradient2x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      case 1:
        weightGradient1x16(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
        return;
      default:
        unreachable();
    }
  }
  weightGradientHalf(rows, x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
  if (!half) {
    weightGradientHalf(rows, x, xPixel, xRow, g + 32, gPixel, gRow, height, width, to + 32, toRow, overwrite);
  } else if (overwrite) {
    for (let row: u32 = 0; row < rows; row++) memory.fill(to + row * toRow + 32, 0, 32);
  }
}

/** Eight columns of a tile. */
function weightGradientHalf(
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
  toRow: usize,
  overwrite: bool,
): void {
  switch (rows) {
    case 6:
      weightGradient6x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    case 5:
      weightGradient5x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    case 4:
      weightGradient4x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    case 3:
      weightGradient3x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    case 2:
      weightGradient2x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    case 1:
      weightGradient1x8(x, xPixel, xRow, g, gPixel, gRow, height, width, to, toRow, overwrite);
      return;
    default:
      unreachable();
  }
}

/** Bias gradient of 8 columns: the sum of `g`, [height, width, columns], over its pixels. */
export function biasGradient8(
  g: usize,
  to: usize,
  overwrite: bool,
  height: usize,
  width: usize,
  pixel: usize,
  row: usize,
): void {
  let a = overwrite ? f32x4.splat(0) : v128.load(to);
  let b = overwrite ? f32x4.splat(0) : v128.load(to, 16);
  for (let y: usize = 0; y < height; y++, g += row) {
    for (let i: usize = 0; i < width; i++) {
      a = f32x4.add(a, v128.load(g + i * pixel));
      b = f32x4.add(b, v128.load(g + i * pixel, 16));
    }
  }
  v128.store(to, a);
  v128.store(to, b, 16);
}
