/** Given to asc by the build: 1 takes fused multiply-adds, which need relaxed SIMD. */
declare const RELAXED: i32;
