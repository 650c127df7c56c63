import { isAscii } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { noWebAssembly } from '../../node-errors.ts';

/**
 * A module with one function, f32x4.relaxed_madd of its parameter, which is valid only where relaxed SIMD is available:
 * (module (func (param v128) (result v128) local.get 0 local.get 0 local.get 0 f32x4.relaxed_madd))
 */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b], // types: v128 -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b], // code
);

/**
 * The builds of the kernels. `plain`: SIMD; `relaxed`: SIMD with fused multiply-adds; `wide`: the same with register
 * tiles for vectors of 8 floats, which V8 forms from pairs of 4. `relaxed` and `wide` compute the same bits.
 */
export const KERNEL_BUILDS = ['plain', 'relaxed', 'wide'] as const;
export type KernelBuild = (typeof KERNEL_BUILDS)[number];

/** The first V8 that fuses all vectors of the register tiles, and the last that has been tested. */
const WIDE_V8 = { first: 13.6, last: 14.9 };

/**
 * The build of the kernels that suits this machine. The environment variable `EMNIST_TUI_SIMD` chooses another. Throws
 * `node-restricted` if this Node has no WebAssembly.
 */
export function kernelBuild(env: NodeJS.ProcessEnv = process.env): KernelBuild {
  if (typeof WebAssembly === 'undefined') throw noWebAssembly();
  const requested = KERNEL_BUILDS.find((build) => build === env.EMNIST_TUI_SIMD);
  if (requested === 'plain' || !WebAssembly.validate(RELAXED_PROBE)) return 'plain';
  return requested ?? (canRevectorize() ? 'wide' : 'relaxed');
}

/**
 * Whether V8 can fuse vectors, which requires x64 with AVX2. Only Linux reports whether AVX2 is supported; on other
 * systems it is assumed.
 */
function canRevectorize(): boolean {
  const v8 = Number.parseFloat(process.versions.v8 ?? '0');
  if (process.arch !== 'x64' || v8 < WIDE_V8.first || v8 > WIDE_V8.last) return false;
  if (process.platform !== 'linux') return true;
  try {
    return /^flags\s*:.*\bavx2\b.*$/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
  } catch {
    return false;
  }
}

/**
 * Prepares V8 for a build of the kernels. Call it before compiling them. For `wide` this sets
 * `--experimental-wasm-revectorize`, with which V8 fuses pairs of 128-bit vectors into 256-bit ones. It is off by
 * default.
 *
 * A V8 flag applies to the whole process: it affects all WebAssembly that is compiled from then on. That is why it is
 * set when an engine starts and never on import.
 */
export function prepareV8(build: KernelBuild): void {
  if (build === 'wide') setFlagsFromString('--experimental-wasm-revectorize');
}

const BYTES = new Uint8Array(256);

/**
 * Clears the upper halves of the vector registers, where the `wide` kernels leave values. Until they are cleared, Intel processors
 * run native code that uses SSE, such as `Math.log`, many times slower (Intel's optimization manual, "Mixing AVX Code with SSE
 * Code"; `npm run bench` prints how much). V8 does not emit `vzeroupper`, the instruction that clears them, but Node's native
 * `isAscii` ends with one, and takes next to no time.
 */
export function clearUpperHalves(): void {
  isAscii(BYTES);
}
