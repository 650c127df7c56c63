/** Given to asc by the build: 1 takes fused multiply-adds, which need relaxed SIMD. */
declare const RELAXED: i32;
/** Given to asc by the build: 1 has register tiles for vectors of 8 numbers; see ../support.ts. */
declare const WIDE: i32;
