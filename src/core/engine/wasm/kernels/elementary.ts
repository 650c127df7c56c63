import { madd, splat } from './simd';

/*
 * Activations in four lanes, with relative errors of a few parts in 10 million (of GELU: in a million below 1e-9). NaN
 * stays NaN. Each is a function of x and of e, the exponential function of the argument that is stated with it. Functions
 * are short and without branches, so that they are inlined into loops.
 *
 * Constants come from memory: V8 would build a constant vector from immediate values, with several instructions, each time
 * that a loop needs it.
 */

/** For `exp`. 1.5 * 2^23 moves the nearest integer to the lowest bits; ln(2) is in two parts, the first with few bits. */
const EXP: usize = memory.data<f32>(
  [
    -86.6, 88, 1.44269504089, 12582912, -0.693359375, 2.1219444e-4, 1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3,
    4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  ],
  16,
);
/** 0, 1, 2, 4, -0.5, and the sign bit alone. */
const NUMBERS: usize = memory.data<f32>([0, 1, 2, 4, -0.5, -0.0], 16);
const TANH: usize = memory.data<f32>(
  [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1, 0.625],
  16,
);
const NORMAL: usize = memory.data<f32>(
  [
    0.03567487579749748, -0.1572034953498856, 0.20635418977236458, -0.05368424082006361, 0.12856192206385994,
    0.09991340931322554, 0.12075396817329134, 0.11962929811055018, 0.3,
  ],
  16,
);
/** 1 / sqrt(2 pi); 2 sqrt(2 / pi), the same times 0.044715, and times 3; a limit beyond which GELU's slope is 0 or 1. */
const GELU: usize = memory.data<f32>([0.3989422804, 1.59576912161, 0.0713548162726, 0.2140644488178, -1000, 1000], 16);

function zero(): v128 {
  return splat(NUMBERS);
}

function one(): v128 {
  return splat(NUMBERS + 4);
}

/** exp(x), for results from 2e-38 to 1.6e38; others are clamped. After Cephes' expf (Moshier 1989). */
export function exp(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, splat(EXP)), splat(EXP + 4));
  const shifted = madd(clamped, splat(EXP + 8), splat(EXP + 12));
  const n = f32x4.sub(shifted, splat(EXP + 12));
  const r = madd(n, splat(EXP + 20), madd(n, splat(EXP + 16), clamped));
  let y = madd(splat(EXP + 24), r, splat(EXP + 28));
  y = madd(y, r, splat(EXP + 32));
  y = madd(y, r, splat(EXP + 36));
  y = madd(y, r, splat(EXP + 40));
  y = madd(y, r, splat(EXP + 44));
  y = f32x4.add(madd(y, f32x4.mul(r, r), r), one());
  // Adds n to the exponent: multiplies by 2^n.
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

export function relu(x: v128): v128 {
  return f32x4.max(x, zero());
}

/** The gradient `g` where x is positive, else 0. */
export function reluGradient(x: v128, g: v128): v128 {
  return v128.and(g, f32x4.lt(zero(), x));
}

/** `value` where x is positive, else `value` times `slope`: leaky ReLU of x, or its gradient. */
export function leaky(x: v128, value: v128, slope: v128): v128 {
  return v128.bitselect(value, f32x4.mul(value, slope), f32x4.lt(zero(), x));
}

/** Sigmoid: 1 / (1 + e). */
export function sigmoidExponent(x: v128): v128 {
  return f32x4.neg(x);
}

export function sigmoid(e: v128): v128 {
  return f32x4.div(one(), f32x4.add(one(), e));
}

/** The derivative of sigmoid, by a formula that cancels nothing: e / (1 + e)^2. */
export function sigmoidSlopeExponent(x: v128): v128 {
  return f32x4.neg(f32x4.abs(x));
}

export function sigmoidSlope(e: v128): v128 {
  const sum = f32x4.add(one(), e);
  return f32x4.div(e, f32x4.mul(sum, sum));
}

/** tanh: 1 - 2 / (1 + e) for positive x, and near 0 a polynomial, after Cephes' tanhf. */
export function tanhExponent(x: v128): v128 {
  return f32x4.abs(f32x4.add(x, x));
}

export function tanh(x: v128, e: v128): v128 {
  const size = f32x4.abs(x);
  const large = f32x4.sub(one(), f32x4.div(splat(NUMBERS + 8), f32x4.add(e, one())));
  const z = f32x4.mul(x, x);
  let small = madd(splat(TANH), z, splat(TANH + 4));
  small = madd(small, z, splat(TANH + 8));
  small = madd(small, z, splat(TANH + 12));
  small = madd(small, z, splat(TANH + 16));
  small = madd(f32x4.mul(small, z), size, size);
  const positive = v128.bitselect(small, large, f32x4.lt(size, splat(TANH + 20)));
  return v128.or(positive, v128.and(x, splat(NUMBERS + 20)));
}

/** The derivative of tanh: four times that of sigmoid at 2x. */
export function tanhSlopeExponent(x: v128): v128 {
  return f32x4.neg(tanhExponent(x));
}

export function tanhSlope(e: v128): v128 {
  return f32x4.mul(splat(NUMBERS + 12), sigmoidSlope(e));
}

/** Exponential linear unit (Clevert et al. 2016). exp(x) - 1 is computed from tanh(x / 2), which loses no digits near 0. */
export function eluExponent(x: v128): v128 {
  return f32x4.abs(x);
}

/** `t`: tanh of half of x. */
export function elu(x: v128, t: v128, alpha: v128): v128 {
  const negative = f32x4.div(f32x4.mul(f32x4.add(t, t), alpha), f32x4.sub(one(), t));
  return v128.bitselect(x, negative, f32x4.lt(zero(), x));
}

/** Half of x. */
export function half(x: v128): v128 {
  return f32x4.neg(f32x4.mul(x, splat(NUMBERS + 16)));
}

/** `e`: of x itself. */
export function eluSlope(x: v128, e: v128, alpha: v128): v128 {
  return v128.bitselect(one(), f32x4.mul(e, alpha), f32x4.lt(zero(), x));
}

/** GELU (Hendrycks & Gimpel 2016): x times `normal`. The argument, -x^2 / 2, is that of the normal distribution's density. */
export function geluExponent(x: v128): v128 {
  return f32x4.mul(f32x4.mul(x, x), splat(NUMBERS + 16));
}

/**
 * The probability that a normally distributed value is below x. For negative x it is the density times a function of 1 / (1
 * + 0.3 |x|): a polynomial that was fitted to erfcx with a relative error of 1.5e-7.
 */
export function normal(x: v128, e: v128): v128 {
  const t = f32x4.div(one(), madd(f32x4.abs(x), splat(NORMAL + 32), one()));
  let y = madd(splat(NORMAL), t, splat(NORMAL + 4));
  y = madd(y, t, splat(NORMAL + 8));
  y = madd(y, t, splat(NORMAL + 12));
  y = madd(y, t, splat(NORMAL + 16));
  y = madd(y, t, splat(NORMAL + 20));
  y = madd(y, t, splat(NORMAL + 24));
  y = madd(y, t, splat(NORMAL + 28));
  const tail = f32x4.mul(f32x4.mul(y, t), e);
  return v128.bitselect(tail, f32x4.sub(one(), tail), f32x4.lt(x, zero()));
}

/** The derivative of GELU. `probability`: `normal` of x. */
export function geluSlope(x: v128, e: v128, probability: v128): v128 {
  return madd(f32x4.mul(x, e), splat(GELU), probability);
}

/** GELU with tanh: x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)). */
export function geluTanhExponent(x: v128): v128 {
  return f32x4.mul(f32x4.neg(x), madd(f32x4.mul(x, x), splat(GELU + 8), splat(GELU + 4)));
}

/** x limited to where the derivative of GELU with tanh is neither 0 nor 1, so that its cube does not overflow. */
export function geluTanhLimited(x: v128): v128 {
  return f32x4.min(f32x4.max(x, splat(GELU + 16)), splat(GELU + 20));
}

/** The derivative of GELU with tanh, for an x that is limited: s + x s' with s' = s (1 - s) u', where 1 - s = s e. */
export function geluTanhSlope(x: v128, e: v128): v128 {
  const s = sigmoid(e);
  const inner = madd(f32x4.mul(x, x), splat(GELU + 12), splat(GELU + 4));
  return madd(f32x4.mul(x, inner), f32x4.mul(f32x4.mul(s, e), s), s);
}
