import { vectorAt } from './bn-relu';
import {
  BATCH_NORM_INVERSE_STD,
  BATCH_NORM_MEAN,
  BATCH_NORM_MEAN_GRADIENT,
  BATCH_NORM_MEAN_PRODUCT,
  BATCH_NORM_SCALE,
  BATCH_NORM_SHIFT,
  BN_RELU_BORDER,
  BN_RELU_CHANNELS,
  BN_RELU_FROM,
  BN_RELU_GRADIENT,
  BN_RELU_HAS_POOL,
  BN_RELU_HAS_RELU,
  BN_RELU_HEIGHT,
  BN_RELU_PARTIALS,
  BN_RELU_TO,
  BN_RELU_VECTORS,
  BN_RELU_WIDTH,
  VIEW_ROW,
} from './layout';
import { reluFloor } from './max-pool';
import { madd, ONES, ZEROS } from './simd';
import { clearBorder, viewAt } from './view';

/*
 * Backward pass of batch norm, ReLU and max pooling; see bn-relu.ts.
 */

/** Sums over an image group of the gradient and of its product with the normalized value, [groups, 2, channels]. */
export function bnGradientSums(op: usize, group: u32, first: u32, last: u32, scratch: usize): void {
  const pixel = <usize>load<u32>(op, BN_RELU_CHANNELS) * 4;
  const sums = <usize>load<u32>(op, BN_RELU_PARTIALS) + group * 2 * pixel;
  memory.fill(sums, 0, 2 * pixel);
  backward(op, first, last, scratch, sums);
}

/** Gradient of the input. With batch norm, `bnGradientSums` and `batchNormBackward` must have run before. */
export function bnReluBackward(op: usize, first: u32, last: u32, scratch: usize): void {
  backward(op, first, last, scratch, 0);
}

function backward(op: usize, first: u32, last: u32, scratch: usize, sums: usize): void {
  const pool = load<u32>(op, BN_RELU_HAS_POOL);
  const relu = load<u32>(op, BN_RELU_HAS_RELU);
  const norm = <usize>load<u32>(op, BN_RELU_VECTORS);
  const height = <usize>load<u32>(op, BN_RELU_HEIGHT);
  const width = <usize>load<u32>(op, BN_RELU_WIDTH);
  const pixel = <usize>load<u32>(op, BN_RELU_CHANNELS) * 4;
  const fromRow = <usize>load<u32>(op, BN_RELU_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, BN_RELU_TO + VIEW_ROW);
  const gradientRow = <usize>load<u32>(op, BN_RELU_GRADIENT + VIEW_ROW);
  const border = <usize>load<u32>(op, BN_RELU_BORDER);
  const pooledWidth = width >> 1;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + BN_RELU_FROM, image, first, scratch);
    const to = viewAt(op + BN_RELU_TO, image, first, scratch);
    const gradient = sums ? 0 : viewAt(op + BN_RELU_GRADIENT, image, first, scratch);
    if (!sums) clearBorder(gradient, border, height, width, pixel, gradientRow);
    for (let y: usize = 0; y < height; y++) {
      const x = from + y * fromRow;
      const g = gradient + y * gradientRow;
      if (!pool) {
        backwardRow(x, to + y * toRow, g, width, pixel, norm, relu, sums);
        continue;
      }
      const whole = (y | 1) < height;
      if (whole && !(y & 1)) {
        const out = to + (y >> 1) * toRow;
        if (sums) sumsPool(x, fromRow, out, pooledWidth, pixel, norm, relu, sums);
        else backwardPool(x, fromRow, out, g, gradientRow, pooledWidth, pixel, norm, relu);
      }
      // A last row or column that pooling drops still contributes to the mean, and so has a gradient.
      if (sums) continue;
      const done = whole ? pooledWidth * 2 : 0;
      if (done < width) backwardRow(x + done * pixel, 0, g + done * pixel, width - done, pixel, norm, relu, 0);
    }
  }
}

/**
 * A row of values `x`. `out`: the gradients after ReLU, or 0 if they have none. Either adds to `sums` or, if `sums` is
 * 0, stores the gradients before batch norm at `to`.
 */
function backwardRow(
  x: usize,
  out: usize,
  to: usize,
  width: usize,
  pixel: usize,
  norm: usize,
  relu: u32,
  sums: usize,
): void {
  const floor = reluFloor(relu);
  const outPixel = out ? pixel : 0;
  for (let c: usize = 0; c < pixel; c += 32) {
    const scale = vectorAt(norm, BATCH_NORM_SCALE, pixel, c, ONES);
    const scaleA = v128.load(scale);
    const scaleB = v128.load(scale, 16);
    const shift = vectorAt(norm, BATCH_NORM_SHIFT, pixel, c, ZEROS);
    const shiftA = v128.load(shift);
    const shiftB = v128.load(shift, 16);
    const mean = vectorAt(norm, BATCH_NORM_MEAN, pixel, c, ZEROS);
    const meanA = v128.load(mean);
    const meanB = v128.load(mean, 16);
    let at = x + c;
    let g = out ? out + c : ZEROS;
    const end = at + width * pixel;
    if (sums) {
      let sumA = f32x4.splat(0);
      let sumB = f32x4.splat(0);
      let productA = f32x4.splat(0);
      let productB = f32x4.splat(0);
      do {
        const xa = v128.load(at);
        const xb = v128.load(at, 16);
        const ga = v128.and(v128.load(g), f32x4.lt(floor, madd(xa, scaleA, shiftA)));
        const gb = v128.and(v128.load(g, 16), f32x4.lt(floor, madd(xb, scaleB, shiftB)));
        sumA = f32x4.add(sumA, ga);
        sumB = f32x4.add(sumB, gb);
        productA = madd(ga, f32x4.sub(xa, meanA), productA);
        productB = madd(gb, f32x4.sub(xb, meanB), productB);
        at += pixel;
        g += outPixel;
      } while (at < end);
      addSums(sums + c, pixel, sumA, sumB, productA, productB, norm, c);
      continue;
    }
    // With n = (x - mean) / std, the gradient of x is scale * (g - mean(g) - n * mean(g * n)), which equals
    // (x - mean) * factor + g * scale + constant.
    const gradient = vectorAt(norm, BATCH_NORM_MEAN_GRADIENT, pixel, c, ZEROS);
    const product = vectorAt(norm, BATCH_NORM_MEAN_PRODUCT, pixel, c, ZEROS);
    const inverse = vectorAt(norm, BATCH_NORM_INVERSE_STD, pixel, c, ONES);
    const factorA = f32x4.neg(f32x4.mul(f32x4.mul(v128.load(product), scaleA), v128.load(inverse)));
    const factorB = f32x4.neg(f32x4.mul(f32x4.mul(v128.load(product, 16), scaleB), v128.load(inverse, 16)));
    const constantA = f32x4.neg(f32x4.mul(v128.load(gradient), scaleA));
    const constantB = f32x4.neg(f32x4.mul(v128.load(gradient, 16), scaleB));
    let result = to + c;
    do {
      const xa = v128.load(at);
      const xb = v128.load(at, 16);
      const ga = v128.and(v128.load(g), f32x4.lt(floor, madd(xa, scaleA, shiftA)));
      const gb = v128.and(v128.load(g, 16), f32x4.lt(floor, madd(xb, scaleB, shiftB)));
      const ra = madd(f32x4.sub(xa, meanA), factorA, madd(ga, scaleA, constantA));
      const rb = madd(f32x4.sub(xb, meanB), factorB, madd(gb, scaleB, constantB));
      v128.store(result, ra);
      v128.store(result, rb, 16);
      at += pixel;
      g += outPixel;
      result += pixel;
    } while (at < end);
  }
}

/**
 * Adds a row's sums of g and g * (x - mean) to the sums of the gradient and of its product with the normalized value.
 */
function addSums(
  at: usize,
  pixel: usize,
  sumA: v128,
  sumB: v128,
  productA: v128,
  productB: v128,
  norm: usize,
  c: usize,
): void {
  const inverse = norm + BATCH_NORM_INVERSE_STD * pixel + c;
  const ga = f32x4.add(v128.load(at), sumA);
  const gb = f32x4.add(v128.load(at, 16), sumB);
  const pa = madd(productA, v128.load(inverse), v128.load(at + pixel));
  const pb = madd(productB, v128.load(inverse, 16), v128.load(at + pixel, 16));
  v128.store(at, ga);
  v128.store(at, gb, 16);
  v128.store(at + pixel, pa);
  v128.store(at + pixel, pb, 16);
}

/** Two rows of `width` pooling windows: in each, the first maximum gets the gradient. */
function backwardPool(
  x: usize,
  row: usize,
  out: usize,
  to: usize,
  toRow: usize,
  width: usize,
  pixel: usize,
  norm: usize,
  relu: u32,
): void {
  const floor = reluFloor(relu);
  for (let c: usize = 0; c < pixel; c += 32) {
    const scale = vectorAt(norm, BATCH_NORM_SCALE, pixel, c, ONES);
    const scaleA = v128.load(scale);
    const scaleB = v128.load(scale, 16);
    const shift = vectorAt(norm, BATCH_NORM_SHIFT, pixel, c, ZEROS);
    const shiftA = v128.load(shift);
    const shiftB = v128.load(shift, 16);
    const mean = vectorAt(norm, BATCH_NORM_MEAN, pixel, c, ZEROS);
    const meanA = v128.load(mean);
    const meanB = v128.load(mean, 16);
    // With n = (x - mean) / std, the gradient of x is scale * (g - mean(g) - n * mean(g * n)), which equals
    // (x - mean) * factor + g * scale + constant.
    const gradient = vectorAt(norm, BATCH_NORM_MEAN_GRADIENT, pixel, c, ZEROS);
    const product = vectorAt(norm, BATCH_NORM_MEAN_PRODUCT, pixel, c, ZEROS);
    const inverse = vectorAt(norm, BATCH_NORM_INVERSE_STD, pixel, c, ONES);
    const factorA = f32x4.neg(f32x4.mul(f32x4.mul(v128.load(product), scaleA), v128.load(inverse)));
    const factorB = f32x4.neg(f32x4.mul(f32x4.mul(v128.load(product, 16), scaleB), v128.load(inverse, 16)));
    const constantA = f32x4.neg(f32x4.mul(v128.load(gradient), scaleA));
    const constantB = f32x4.neg(f32x4.mul(v128.load(gradient, 16), scaleB));
    let at = x + c;
    let g = out + c;
    let result = to + c;
    const end = g + width * pixel;
    do {
      const xa0 = v128.load(at);
      const xb0 = v128.load(at, 16);
      const xa1 = v128.load(at + pixel);
      const xb1 = v128.load(at + pixel, 16);
      const xa2 = v128.load(at + row);
      const xb2 = v128.load(at + row, 16);
      const xa3 = v128.load(at + row + pixel);
      const xb3 = v128.load(at + row + pixel, 16);
      const a0 = madd(xa0, scaleA, shiftA);
      const b0 = madd(xb0, scaleB, shiftB);
      const a1 = madd(xa1, scaleA, shiftA);
      const b1 = madd(xb1, scaleB, shiftB);
      const a2 = madd(xa2, scaleA, shiftA);
      const b2 = madd(xb2, scaleB, shiftB);
      const a3 = madd(xa3, scaleA, shiftA);
      const b3 = madd(xb3, scaleB, shiftB);
      const a = f32x4.max(f32x4.max(a0, a1), f32x4.max(a2, a3));
      const b = f32x4.max(f32x4.max(b0, b1), f32x4.max(b2, b3));
      // The gradient until a value equals the maximum, then 0.
      let ga = v128.and(v128.load(g), f32x4.lt(floor, a));
      let gb = v128.and(v128.load(g, 16), f32x4.lt(floor, b));
      const ma0 = f32x4.eq(a0, a);
      const mb0 = f32x4.eq(b0, b);
      const ra0 = madd(f32x4.sub(xa0, meanA), factorA, madd(v128.and(ga, ma0), scaleA, constantA));
      const rb0 = madd(f32x4.sub(xb0, meanB), factorB, madd(v128.and(gb, mb0), scaleB, constantB));
      ga = v128.andnot(ga, ma0);
      gb = v128.andnot(gb, mb0);
      const ma1 = f32x4.eq(a1, a);
      const mb1 = f32x4.eq(b1, b);
      const ra1 = madd(f32x4.sub(xa1, meanA), factorA, madd(v128.and(ga, ma1), scaleA, constantA));
      const rb1 = madd(f32x4.sub(xb1, meanB), factorB, madd(v128.and(gb, mb1), scaleB, constantB));
      ga = v128.andnot(ga, ma1);
      gb = v128.andnot(gb, mb1);
      const ma2 = f32x4.eq(a2, a);
      const mb2 = f32x4.eq(b2, b);
      const ra2 = madd(f32x4.sub(xa2, meanA), factorA, madd(v128.and(ga, ma2), scaleA, constantA));
      const rb2 = madd(f32x4.sub(xb2, meanB), factorB, madd(v128.and(gb, mb2), scaleB, constantB));
      ga = v128.andnot(ga, ma2);
      gb = v128.andnot(gb, mb2);
      const ra3 = madd(f32x4.sub(xa3, meanA), factorA, madd(ga, scaleA, constantA));
      const rb3 = madd(f32x4.sub(xb3, meanB), factorB, madd(gb, scaleB, constantB));
      v128.store(result, ra0);
      v128.store(result, rb0, 16);
      v128.store(result + pixel, ra1);
      v128.store(result + pixel, rb1, 16);
      v128.store(result + toRow, ra2);
      v128.store(result + toRow, rb2, 16);
      v128.store(result + toRow + pixel, ra3);
      v128.store(result + toRow + pixel, rb3, 16);
      at += 2 * pixel;
      g += pixel;
      result += 2 * pixel;
    } while (g < end);
  }
}

/** The sums over two rows of pooling windows, of which only the maxima count. */
function sumsPool(
  x: usize,
  row: usize,
  out: usize,
  width: usize,
  pixel: usize,
  norm: usize,
  relu: u32,
  sums: usize,
): void {
  const floor = reluFloor(relu);
  for (let c: usize = 0; c < pixel; c += 32) {
    const scale = vectorAt(norm, BATCH_NORM_SCALE, pixel, c, ONES);
    const scaleA = v128.load(scale);
    const scaleB = v128.load(scale, 16);
    const shift = vectorAt(norm, BATCH_NORM_SHIFT, pixel, c, ZEROS);
    const shiftA = v128.load(shift);
    const shiftB = v128.load(shift, 16);
    const mean = vectorAt(norm, BATCH_NORM_MEAN, pixel, c, ZEROS);
    const meanA = v128.load(mean);
    const meanB = v128.load(mean, 16);
    let sumA = f32x4.splat(0);
    let sumB = f32x4.splat(0);
    let productA = f32x4.splat(0);
    let productB = f32x4.splat(0);
    let at = x + c;
    let g = out + c;
    const end = g + width * pixel;
    do {
      const xa0 = v128.load(at);
      const xb0 = v128.load(at, 16);
      const xa1 = v128.load(at + pixel);
      const xb1 = v128.load(at + pixel, 16);
      const xa2 = v128.load(at + row);
      const xb2 = v128.load(at + row, 16);
      const xa3 = v128.load(at + row + pixel);
      const xb3 = v128.load(at + row + pixel, 16);
      const a0 = madd(xa0, scaleA, shiftA);
      const b0 = madd(xb0, scaleB, shiftB);
      const a1 = madd(xa1, scaleA, shiftA);
      const b1 = madd(xb1, scaleB, shiftB);
      const a2 = madd(xa2, scaleA, shiftA);
      const b2 = madd(xb2, scaleB, shiftB);
      const a = f32x4.max(f32x4.max(a0, a1), f32x4.max(a2, madd(xa3, scaleA, shiftA)));
      const b = f32x4.max(f32x4.max(b0, b1), f32x4.max(b2, madd(xb3, scaleB, shiftB)));
      const ga = v128.and(v128.load(g), f32x4.lt(floor, a));
      const gb = v128.and(v128.load(g, 16), f32x4.lt(floor, b));
      // The input at the maximum; the first among equals is selected last.
      let xa = v128.bitselect(xa2, xa3, f32x4.eq(a2, a));
      let xb = v128.bitselect(xb2, xb3, f32x4.eq(b2, b));
      xa = v128.bitselect(xa1, xa, f32x4.eq(a1, a));
      xb = v128.bitselect(xb1, xb, f32x4.eq(b1, b));
      xa = v128.bitselect(xa0, xa, f32x4.eq(a0, a));
      xb = v128.bitselect(xb0, xb, f32x4.eq(b0, b));
      sumA = f32x4.add(sumA, ga);
      sumB = f32x4.add(sumB, gb);
      productA = madd(ga, f32x4.sub(xa, meanA), productA);
      productB = madd(gb, f32x4.sub(xb, meanB), productB);
      at += 2 * pixel;
      g += pixel;
    } while (g < end);
    addSums(sums + c, pixel, sumA, sumB, productA, productB, norm, c);
  }
}
