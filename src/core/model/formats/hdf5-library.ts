/** The WebAssembly of h5wasm; see `scripts/build.ts`, which makes h5wasm import it from here. */
export let wasm: Uint8Array;

/** Starts h5wasm, which compiles its WebAssembly when it is imported. This is a bundle of its own; see `loadLibrary`. */
export function startHdf5(bytes: Uint8Array): Promise<typeof import('h5wasm')> {
  wasm = bytes;
  return import('h5wasm');
}
