import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

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

/**
 * How the kernels are built. `plain`: SIMD; `relaxed`: fused multiply-adds; `wide`: the same with register tiles for
 * vectors of 8 numbers, which V8 makes of pairs of 4. `relaxed` and `wide` give the same bits.
 */
export const KERNEL_BUILDS = ['plain', 'relaxed', 'wide'] as const;
export type KernelBuild = (typeof KERNEL_BUILDS)[number];

/** The V8 that first joins all of the tiles' vectors, and the last one that was tried. */
const WIDE_V8 = { first: 13.6, last: 14.9 };

/** Which build of the kernels is used here; `EMNIST_TUI_SIMD` chooses another one. */
export function kernelBuild(env: NodeJS.ProcessEnv = process.env): KernelBuild {
  const asked = KERNEL_BUILDS.find((build) => build === env.EMNIST_TUI_SIMD);
  if (asked === 'plain' || !WebAssembly.validate(RELAXED_PROBE)) return 'plain';
  return asked ?? (widens() ? 'wide' : 'relaxed');
}

/** Whether V8 can join vectors here: on x64 with AVX2, which only Linux tells; everywhere else it is taken for granted. */
function widens(): boolean {
  const v8 = Number.parseFloat(process.versions.v8 ?? '0');
  if (process.arch !== 'x64' || v8 < WIDE_V8.first || v8 > WIDE_V8.last) return false;
  if (process.platform !== 'linux') return true;
  try {
    return /^flags\s*:.*\bavx2\b.*$/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
  } catch {
    return false;
  }
}

/** To be called before the kernels are compiled: has V8 join pairs of vectors, which it does not do unasked. */
export function prepareBuild(build: KernelBuild): void {
  if (build === 'wide') setFlagsFromString('--experimental-wasm-revectorize');
}
