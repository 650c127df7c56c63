import {
  NORM_INVERSE,
  NORM_MEAN,
  NORM_MEAN_GRADIENT,
  NORM_MEAN_PRODUCT,
  NORM_SCALE,
  NORM_SHIFT,
  POST_BORDER,
  POST_CHANNELS,
  POST_FROM,
  POST_GRADIENT,
  POST_HEIGHT,
  POST_NORM,
  POST_PARTIAL,
  POST_POOL,
  POST_RELU,
  POST_TO,
  POST_WIDTH,
  POST_WINNERS,
  VIEW_ROW,
} from './layout';
import { madd } from './simd';
import { clearBorder, viewAt } from './view';

/*
 * Batch normalisation, ReLU and 2x2 max-pooling, any of them, in this order, in one pass over the activations. Channels
 * are a multiple of 8.
 */

/** Forward; normalisation is a scale and a shift for each channel, made beforehand. */
export function postForward(op: usize, first: u32, last: u32, scratch: usize): void {
  const pool = load<u32>(op, POST_POOL);
  const relu = load<u32>(op, POST_RELU);
  const norm = <usize>load<u32>(op, POST_NORM);
  const height = <usize>load<u32>(op, POST_HEIGHT) >> pool;
  const width = <usize>load<u32>(op, POST_WIDTH) >> pool;
  const pixel = <usize>load<u32>(op, POST_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, POST_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, POST_TO + VIEW_ROW);
  const border = <usize>load<u32>(op, POST_BORDER);
  const allWinners = <usize>load<u32>(op, POST_WINNERS);
  const zero = f32x4.splat(0);
  for (let image = first; image < last; image++) {
    const from = viewAt(op + POST_FROM, image, first, scratch);
    const to = viewAt(op + POST_TO, image, first, scratch);
    clearBorder(to, border, height, width, pixel, toRow);
    let winners = allWinners ? allWinners + image * ((height * width * pixel) >> 2) : 0;
    for (let y: usize = 0; y < height; y++) {
      let x0 = from + (y << pool) * fromRow;
      let out = to + y * toRow;
      for (let x: usize = 0; x < width; x++, x0 += pixel << pool) {
        for (let c: usize = 0; c < pixel; c += 16, out += 16) {
          const at = x0 + c;
          let v = normalised(v128.load(at), norm, c, pixel);
          if (pool) {
            const v1 = normalised(v128.load(at + pixel), norm, c, pixel);
            const v2 = normalised(v128.load(at + fromRow), norm, c, pixel);
            const v3 = normalised(v128.load(at + fromRow + pixel), norm, c, pixel);
            const winner = firstMaximum(v, v1, v2, v3);
            v = f32x4.max(f32x4.max(v, v1), f32x4.max(v2, v3));
            if (winners) {
              storeWinners(winners, winner, v, relu);
              winners += 4;
            }
          }
          if (relu) v = f32x4.max(v, zero);
          v128.store(out, v);
        }
      }
    }
  }
}

function normalised(v: v128, norm: usize, c: usize, pixel: usize): v128 {
  if (norm == 0) return v;
  return madd(v, v128.load(norm + NORM_SCALE * pixel + c), v128.load(norm + NORM_SHIFT * pixel + c));
}

/** For each lane, as an integer 0 to 3, which of four values is the highest; the first one of equals. */
export function firstMaximum(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  const top = v128.bitselect(i32x4.splat(1), i32x4.splat(0), f32x4.gt(v1, v0));
  const bottom = v128.bitselect(i32x4.splat(3), i32x4.splat(2), f32x4.gt(v3, v2));
  return v128.bitselect(bottom, top, f32x4.gt(f32x4.max(v2, v3), f32x4.max(v0, v1)));
}

/** Four bytes: which value won, or 4 where ReLU lets the highest not through. */
export function storeWinners(at: usize, winner: v128, highest: v128, relu: u32): void {
  let code = winner;
  if (relu) code = v128.bitselect(code, i32x4.splat(4), f32x4.gt(highest, f32x4.splat(0)));
  // The lowest byte of each lane.
  const bytes = i8x16.shuffle(code, code, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  store<u32>(at, i32x4.extract_lane(bytes, 0));
}

/** Means and sums of squared deviations of a chunk of images, [chunk, 2, channels]. */
export function statistics(op: usize, chunk: u32, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, POST_HEIGHT);
  const width = <usize>load<u32>(op, POST_WIDTH);
  const pixel = <usize>load<u32>(op, POST_CHANNELS) * 4;
  const row = <usize>load<u32>(op, POST_FROM + VIEW_ROW);
  const mean = <usize>load<u32>(op, POST_PARTIAL) + chunk * 2 * pixel;
  const square = mean + pixel;
  const count = f32x4.splat(<f32>(<usize>(last - first) * height * width));
  for (let c: usize = 0; c < pixel; c += 32) {
    let a = f32x4.splat(0);
    let b = a;
    for (let image = first; image < last; image++) {
      const from = viewAt(op + POST_FROM, image, first, scratch) + c;
      for (let y: usize = 0; y < height; y++) {
        let at = from + y * row;
        for (const end = at + width * pixel; at < end; at += pixel) {
          a = f32x4.add(a, v128.load(at));
          b = f32x4.add(b, v128.load(at, 16));
        }
      }
    }
    const ma = f32x4.div(a, count);
    const mb = f32x4.div(b, count);
    a = f32x4.splat(0);
    b = a;
    for (let image = first; image < last; image++) {
      const from = viewAt(op + POST_FROM, image, first, scratch) + c;
      for (let y: usize = 0; y < height; y++) {
        let at = from + y * row;
        for (const end = at + width * pixel; at < end; at += pixel) {
          const da = f32x4.sub(v128.load(at), ma);
          const db = f32x4.sub(v128.load(at, 16), mb);
          a = madd(da, da, a);
          b = madd(db, db, b);
        }
      }
    }
    v128.store(mean + c, ma);
    v128.store(mean + c, mb, 16);
    v128.store(square + c, a);
    v128.store(square + c, b, 16);
  }
}

/** Sums over a chunk of the gradient and of its product with the normalised value, [chunk, 2, channels]. */
export function postSums(op: usize, chunk: u32, first: u32, last: u32, scratch: usize): void {
  const pixel = <usize>load<u32>(op, POST_CHANNELS) * 4;
  const sums = <usize>load<u32>(op, POST_PARTIAL) + chunk * 2 * pixel;
  memory.fill(sums, 0, 2 * pixel);
  backward(op, first, last, scratch, sums);
}

/** Gradient of the input; for a normalisation after `postSums` and `normBackward`. */
export function postBackward(op: usize, first: u32, last: u32, scratch: usize): void {
  backward(op, first, last, scratch, 0);
}

function backward(op: usize, first: u32, last: u32, scratch: usize, sums: usize): void {
  const pool = load<u32>(op, POST_POOL);
  const relu = load<u32>(op, POST_RELU);
  const norm = <usize>load<u32>(op, POST_NORM);
  const height = <usize>load<u32>(op, POST_HEIGHT);
  const width = <usize>load<u32>(op, POST_WIDTH);
  const pixel = <usize>load<u32>(op, POST_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, POST_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, POST_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, POST_GRADIENT + VIEW_ROW);
  const border = <usize>load<u32>(op, POST_BORDER);
  const zero = f32x4.splat(0);
  for (let image = first; image < last; image++) {
    const from = viewAt(op + POST_FROM, image, first, scratch);
    const to = viewAt(op + POST_TO, image, first, scratch);
    const gradient = sums ? 0 : viewAt(op + POST_GRADIENT, image, first, scratch);
    if (!sums) clearBorder(gradient, border, height, width, pixel, gradientRow);
    for (let y: usize = 0; y < height; y += 1 << pool) {
      for (let x: usize = 0; x < width; x += 1 << pool) {
        // A last row or column that pooling drops has no gradient of its own.
        const right = pool && x + 1 < width;
        const below = pool && y + 1 < height;
        const dropped = pool && !(right && below);
        const at = from + y * fromRow + x * pixel;
        const out = to + (y >> pool) * toRow + (x >> pool) * pixel;
        const g = gradient + y * gradientRow + x * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const x0 = v128.load(at + c);
          let g0 = dropped ? zero : v128.load(out + c);
          if (!pool) {
            if (relu) g0 = v128.and(g0, f32x4.gt(normalised(x0, norm, c, pixel), zero));
            finish(x0, g0, norm, c, pixel, sums, g);
            continue;
          }
          if (dropped) {
            finish(x0, zero, norm, c, pixel, sums, g);
            if (right) finish(v128.load(at + c + pixel), zero, norm, c, pixel, sums, g + pixel);
            if (below) finish(v128.load(at + c + fromRow), zero, norm, c, pixel, sums, g + gradientRow);
            continue;
          }
          const x1 = v128.load(at + c + pixel);
          const x2 = v128.load(at + c + fromRow);
          const x3 = v128.load(at + c + fromRow + pixel);
          const v0 = normalised(x0, norm, c, pixel);
          const v1 = normalised(x1, norm, c, pixel);
          const v2 = normalised(x2, norm, c, pixel);
          const v3 = normalised(x3, norm, c, pixel);
          const highest = firstMaximum(v0, v1, v2, v3);
          if (relu) {
            g0 = v128.and(g0, f32x4.gt(f32x4.max(f32x4.max(v0, v1), f32x4.max(v2, v3)), zero));
          }
          const d0 = v128.and(g0, i32x4.eq(highest, i32x4.splat(0)));
          const d1 = v128.and(g0, i32x4.eq(highest, i32x4.splat(1)));
          const d2 = v128.and(g0, i32x4.eq(highest, i32x4.splat(2)));
          const d3 = v128.and(g0, i32x4.eq(highest, i32x4.splat(3)));
          finish(x0, d0, norm, c, pixel, sums, g);
          finish(x1, d1, norm, c, pixel, sums, g + pixel);
          finish(x2, d2, norm, c, pixel, sums, g + gradientRow);
          finish(x3, d3, norm, c, pixel, sums, g + gradientRow + pixel);
        }
      }
    }
  }
}

/** Adds one gradient to the sums or, without them, takes it through the normalisation and stores it. */
function finish(x: v128, gradient: v128, norm: usize, c: usize, pixel: usize, sums: usize, to: usize): void {
  let result = gradient;
  if (norm) {
    const inverse = v128.load(norm + NORM_INVERSE * pixel + c);
    const value = f32x4.mul(f32x4.sub(x, v128.load(norm + NORM_MEAN * pixel + c)), inverse);
    if (sums) {
      v128.store(sums + c, f32x4.add(v128.load(sums + c), gradient));
      v128.store(sums + pixel + c, madd(gradient, value, v128.load(sums + pixel + c)));
      return;
    }
    result = f32x4.sub(gradient, v128.load(norm + NORM_MEAN_GRADIENT * pixel + c));
    result = f32x4.sub(result, f32x4.mul(value, v128.load(norm + NORM_MEAN_PRODUCT * pixel + c)));
    result = f32x4.mul(result, v128.load(norm + NORM_SCALE * pixel + c));
  }
  v128.store(to + c, result);
}
