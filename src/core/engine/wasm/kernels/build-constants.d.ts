/** Set by the build: 1 uses fused multiply-adds, which need relaxed SIMD. */
declare const RELAXED: i32;
/** Set by the build: 1 uses register tiles for vectors of 8 floats; see ../kernel-build.ts. */
declare const WIDE: i32;
