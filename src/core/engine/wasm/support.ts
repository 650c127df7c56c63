/**
 * A module with one function, f32x4.relaxed_madd of its parameter, which validates only where relaxed SIMD is on:
 * (module (func (param v128) (result v128) local.get 0 local.get 0 local.get 0 f32x4.relaxed_madd))
 */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b], // types: v128 -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b], // code
);

export type KernelBuild = 'relaxed' | 'plain';

/** Which of the two builds of the kernels is used here; `EMNIST_TUI_SIMD=plain` chooses the plain one. */
export function kernelBuild(env: NodeJS.ProcessEnv = process.env): KernelBuild {
  if (env.EMNIST_TUI_SIMD === 'plain') return 'plain';
  return WebAssembly.validate(RELAXED_PROBE) ? 'relaxed' : 'plain';
}
