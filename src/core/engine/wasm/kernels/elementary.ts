import { madd } from './simd';

/*
 * Elementary functions in four lanes, with relative errors of about 2e-7 (`gaussian`: up to 4e-6 where its result is below
 * 1e-9). NaN stays NaN. They contain no branches, so that the compiler inlines them into loops.
 */

/** 1.5 * 2^23: added to a small float, it moves the nearest integer to the lowest bits. */
const SHIFT: f32 = 12582912;

/** exp(x), for results from 2e-38 to 1.6e38; others are clamped. After Cephes' expf (Moshier 1989). */
export function exp(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-86.6)), f32x4.splat(88));
  const shifted = madd(clamped, f32x4.splat(1.44269504089), f32x4.splat(SHIFT));
  const n = f32x4.sub(shifted, f32x4.splat(SHIFT));
  // x - n * ln(2), with ln(2) in two parts, the first of which has few bits.
  const r = madd(n, f32x4.splat(2.1219444e-4), madd(n, f32x4.splat(-0.693359375), clamped));
  let y = madd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3));
  y = madd(y, r, f32x4.splat(8.3334519073e-3));
  y = madd(y, r, f32x4.splat(4.1665795894e-2));
  y = madd(y, r, f32x4.splat(1.6666665459e-1));
  y = madd(y, r, f32x4.splat(5.0000001201e-1));
  y = f32x4.add(madd(y, f32x4.mul(r, r), r), f32x4.splat(1));
  // Adds n to the exponent: multiplies by 2^n.
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

/** 1 / (1 + exp(-x)) */
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** The derivative of `sigmoid`, by a formula that cancels nothing. */
export function sigmoidGradient(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const sum = f32x4.add(f32x4.splat(1), e);
  return f32x4.div(e, f32x4.mul(sum, sum));
}

/** tanh(x). Near 0 a polynomial, after Cephes' tanhf. */
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const e = exp(f32x4.add(size, size));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const z = f32x4.mul(x, x);
  let small = madd(f32x4.splat(-5.70498872745e-3), z, f32x4.splat(2.06390887954e-2));
  small = madd(small, z, f32x4.splat(-5.37397155531e-2));
  small = madd(small, z, f32x4.splat(1.33314422036e-1));
  small = madd(small, z, f32x4.splat(-3.33332819422e-1));
  small = madd(f32x4.mul(small, z), size, size);
  const positive = v128.bitselect(small, large, f32x4.lt(size, f32x4.splat(0.625)));
  return v128.or(positive, v128.and(x, f32x4.splat(-0.0)));
}

/** exp(-x^2 / 2): the density of the normal distribution without its factor. */
export function density(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/**
 * The probability that a normally distributed value is below x, given `density` of x. For negative x it is the density
 * times a function of 1 / (1 + 0.3 |x|): a polynomial that was fitted to erfcx with a relative error of 1.5e-7.
 */
export function gaussian(x: v128, density: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.abs(x), f32x4.splat(0.3), one));
  let y = madd(f32x4.splat(0.03567487579749748), t, f32x4.splat(-0.1572034953498856));
  y = madd(y, t, f32x4.splat(0.20635418977236458));
  y = madd(y, t, f32x4.splat(-0.05368424082006361));
  y = madd(y, t, f32x4.splat(0.12856192206385994));
  y = madd(y, t, f32x4.splat(0.09991340931322554));
  y = madd(y, t, f32x4.splat(0.12075396817329134));
  y = madd(y, t, f32x4.splat(0.11962929811055018));
  const tail = f32x4.mul(f32x4.mul(y, t), density);
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}
