import { COLUMNS } from './layout';

/** Zeros for the 16 columns of a register tile. */
export const ZEROS: usize = memory.data(COLUMNS * 4, 16);
/** Eight ones. */
export const ONES: usize = memory.data<f32>([1, 1, 1, 1, 1, 1, 1, 1], 16);

/** a * b + c in four lanes: one fused instruction in the relaxed and wide builds, two in the plain one. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (RELAXED) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The float at an address, in all four lanes. */
export function splat(address: usize): v128 {
  return v128.load_splat<f32>(address);
}
