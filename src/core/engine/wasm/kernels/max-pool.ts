/** What values are clamped to from below: 0 for ReLU, otherwise -Infinity. */
export function reluFloor(relu: u32): v128 {
  return f32x4.splat(relu ? 0 : -Infinity);
}

/** For each lane, the index from 0 to 3 of the highest of four values, and of the first among equals. */
export function argmaxOf4(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  const top = v128.bitselect(i32x4.splat(1), i32x4.splat(0), f32x4.gt(v1, v0));
  const bottom = v128.bitselect(i32x4.splat(3), i32x4.splat(2), f32x4.gt(v3, v2));
  return v128.bitselect(bottom, top, f32x4.gt(f32x4.max(v2, v3), f32x4.max(v0, v1)));
}

/** Stores four bytes: the index of the maximum, or 4 where ReLU is inactive (`maximum` is not positive). */
export function storeArgmax(at: usize, index: v128, maximum: v128, relu: u32): void {
  let code = index;
  if (relu) code = v128.bitselect(code, i32x4.splat(4), f32x4.gt(maximum, f32x4.splat(0)));
  // The lowest byte of each lane.
  const bytes = i8x16.shuffle(code, code, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  store<u32>(at, i32x4.extract_lane(bytes, 0));
}
