import {
  elu,
  eluExponent,
  eluSlope,
  exp,
  geluExponent,
  geluSlope,
  geluTanhExponent,
  geluTanhLimited,
  geluTanhSlope,
  half,
  leaky,
  normal,
  relu,
  reluGradient,
  sigmoid,
  sigmoidExponent,
  sigmoidSlope,
  sigmoidSlopeExponent,
  tanh,
  tanhExponent,
  tanhSlope,
  tanhSlopeExponent,
} from './elementary';
import {
  FUNCTION_ELU,
  FUNCTION_GELU,
  FUNCTION_GELU_TANH,
  FUNCTION_LEAKY_RELU,
  FUNCTION_RELU,
  FUNCTION_SIGMOID,
  FUNCTION_TANH,
} from './layer-layout';

/*
 * The loops of activations: eight values at a time, in vectors a and b, whose values are both computed before either is
 * stored, so that V8 can fuse them (see ../kernel-build.ts). `bytes` is a multiple of 32.
 */

/** Stores a function of each of the values at `x`. */
export function activationRun(name: u32, x: usize, to: usize, bytes: usize, factor: f32): void {
  const parameter = f32x4.splat(factor);
  switch (name) {
    case FUNCTION_RELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ya = relu(xa);
        const yb = relu(xb);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_LEAKY_RELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ya = leaky(xa, xa, parameter);
        const yb = leaky(xb, xb, parameter);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_ELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ea = exp(eluExponent(xa));
        const eb = exp(eluExponent(xb));
        const ya = elu(xa, tanh(half(xa), ea), parameter);
        const yb = elu(xb, tanh(half(xb), eb), parameter);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_GELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ea = exp(geluExponent(xa));
        const eb = exp(geluExponent(xb));
        const ya = f32x4.mul(xa, normal(xa, ea));
        const yb = f32x4.mul(xb, normal(xb, eb));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_GELU_TANH:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ea = exp(geluTanhExponent(xa));
        const eb = exp(geluTanhExponent(xb));
        const ya = f32x4.mul(xa, sigmoid(ea));
        const yb = f32x4.mul(xb, sigmoid(eb));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_SIGMOID:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ea = exp(sigmoidExponent(xa));
        const eb = exp(sigmoidExponent(xb));
        const ya = sigmoid(ea);
        const yb = sigmoid(eb);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_TANH:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ea = exp(tanhExponent(xa));
        const eb = exp(tanhExponent(xb));
        const ya = tanh(xa, ea);
        const yb = tanh(xb, eb);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    default:
      unreachable();
  }
}

/** Stores each of the gradients at `g` times the derivative of a function of the value at `x`. */
export function activationGradientRun(name: u32, x: usize, g: usize, to: usize, bytes: usize, factor: f32): void {
  const parameter = f32x4.splat(factor);
  switch (name) {
    case FUNCTION_RELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ya = reluGradient(xa, ga);
        const yb = reluGradient(xb, gb);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_LEAKY_RELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ya = leaky(xa, ga, parameter);
        const yb = leaky(xb, gb, parameter);
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_ELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ea = exp(xa);
        const eb = exp(xb);
        const ya = f32x4.mul(ga, eluSlope(xa, ea, parameter));
        const yb = f32x4.mul(gb, eluSlope(xb, eb, parameter));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_GELU:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ea = exp(geluExponent(xa));
        const eb = exp(geluExponent(xb));
        const ya = f32x4.mul(ga, geluSlope(xa, ea, normal(xa, ea)));
        const yb = f32x4.mul(gb, geluSlope(xb, eb, normal(xb, eb)));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_GELU_TANH:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const la = geluTanhLimited(xa);
        const lb = geluTanhLimited(xb);
        const ea = exp(geluTanhExponent(la));
        const eb = exp(geluTanhExponent(lb));
        const ya = f32x4.mul(ga, geluTanhSlope(la, ea));
        const yb = f32x4.mul(gb, geluTanhSlope(lb, eb));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_SIGMOID:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ea = exp(sigmoidSlopeExponent(xa));
        const eb = exp(sigmoidSlopeExponent(xb));
        const ya = f32x4.mul(ga, sigmoidSlope(ea));
        const yb = f32x4.mul(gb, sigmoidSlope(eb));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    case FUNCTION_TANH:
      for (let i: usize = 0; i < bytes; i += 32) {
        const xa = v128.load(x + i);
        const xb = v128.load(x + i, 16);
        const ga = v128.load(g + i);
        const gb = v128.load(g + i, 16);
        const ea = exp(tanhSlopeExponent(xa));
        const eb = exp(tanhSlopeExponent(xb));
        const ya = f32x4.mul(ga, tanhSlope(ea));
        const yb = f32x4.mul(gb, tanhSlope(eb));
        v128.store(to + i, ya);
        v128.store(to + i, yb, 16);
      }
      break;
    default:
      unreachable();
  }
}
