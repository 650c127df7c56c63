import { readFileSync } from 'node:fs';
import path from 'node:path';
import sea from 'node:sea';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { reserveThread } from './address-space.ts';
import { damagedInstallation, noMemory } from './node-errors.ts';

/** Defined by the bundler. Sources run unbundled only in tests and scripts, which use the built files of `dist`. */
declare const __BUNDLED__: boolean | undefined;

/** The name of the asset with the main module of the single executable; see `src/executable/main.ts`. */
export const EXECUTABLE_MAIN = 'executable/main.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = typeof __BUNDLED__ === 'undefined' ? path.join(here, '../../dist') : here;

/**
 * The path of a built file, by its name in `dist`. In a single executable no such file exists; modules are still imported
 * by this path, and messages show it.
 */
export function assetPath(name: string): string {
  return path.join(dist, name);
}

/**
 * The bytes of a built file, by its name in `dist`: kernels, canvas page, shipped model. Throws `installation-damaged` if
 * there is no such file, and Node's error if it cannot be read.
 */
export function asset(name: string): Uint8Array {
  try {
    return sea.isSea() ? new Uint8Array(sea.getAsset(name)) : readFileSync(assetPath(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND';
    throw isMissing ? damagedInstallation(`${assetPath(name)} is missing`, error) : error;
  }
}

/** The bytes of a built file that is stored compressed, since npm compresses less. Throws as `asset` does. */
export function compressedAsset(name: string): Uint8Array {
  const stored = asset(`${name}.br`);
  try {
    return brotliDecompressSync(stored);
  } catch (error) {
    throw damagedInstallation(`${assetPath(name)}.br is damaged`, error);
  }
}

/**
 * Starts a worker, by its name in `dist` without `.js`. It does not inherit Node's own options. Throws `system-limit` if
 * the limit on virtual memory has no room for it.
 */
export function startWorker(
  name: 'train-worker' | 'learn-worker' | 'batch-worker' | 'compute-worker' | 'speed-worker',
  options?: WorkerOptions,
): Worker {
  const file = `${name}.js`;
  const room = reserveThread();
  if (room === null) throw noMemory();
  const worker = sea.isSea()
    ? new Worker(sea.getAsset(EXECUTABLE_MAIN, 'utf8'), { eval: true, argv: [file], execArgv: [], ...options })
    : new Worker(assetPath(file), { execArgv: [], ...options });
  return worker.once('online', room.release).once('exit', room.release);
}

/** Libraries that are bundled separately because they are large and rarely needed. */
interface Libraries {
  hdf5: { startHdf5: (wasm: Uint8Array) => Promise<typeof import('h5wasm')> };
  /** CommonJS, which the bundler exports as `default`. */
  onnx: { default: typeof import('onnx-proto') };
  jpeg: typeof import('@jsquash/jpeg/decode.js');
  /** For JPEG files in CMYK. CommonJS. */
  'jpeg-cmyk': { default: typeof import('jpeg-js') };
  webp: typeof import('@jsquash/webp/decode.js');
  avif: typeof import('@jsquash/avif/decode.js');
  /** CommonJS. */
  gif: { default: typeof import('omggif') };
  bmp: typeof import('bmp-ts');
  tiff: typeof import('tiff');
}

/** Loads one of the libraries. */
export function loadLibrary<Name extends keyof Libraries>(name: Name): Promise<Libraries[Name]> {
  return import(pathToFileURL(assetPath(`${name}.js`)).href);
}
