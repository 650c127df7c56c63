import { readFileSync } from 'node:fs';
import path from 'node:path';
import sea from 'node:sea';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Set by the bundler; the sources run unbundled in tests only, and then take the built files from `dist` too. */
declare const __BUNDLED__: boolean | undefined;

/** The asset of a single executable that is its main: see `src/executable/main.ts`. */
export const EXECUTABLE_MAIN = 'executable/main.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = typeof __BUNDLED__ === 'undefined' ? path.join(here, '../../dist') : here;

/**
 * The path of a built file by its name under `dist`. The one place that knows where the program's own files are. In a
 * single executable no file is there: what its modules are imported by, and what messages call it.
 */
export function assetPath(name: string): string {
  return path.join(dist, name);
}

/** The bytes of a built file by its name under `dist`: kernels, page, shipped model. */
export function asset(name: string): Uint8Array {
  return sea.isSea() ? new Uint8Array(sea.getAsset(name)) : readFileSync(assetPath(name));
}

/**
 * Starts one of the program's workers by its name under `dist` (without `.js`). What Node was started with
 * (`--input-type`, `--import`, …) is not for them.
 */
export function startWorker(name: 'train-worker' | 'batch-worker' | 'compute-worker', options?: WorkerOptions): Worker {
  const file = `${name}.js`;
  return sea.isSea()
    ? new Worker(sea.getAsset(EXECUTABLE_MAIN, 'utf8'), { eval: true, argv: [file], execArgv: [], ...options })
    : new Worker(assetPath(file), { execArgv: [], ...options });
}

/** Libraries that are built files of their own, since they are large and few runs have a use for them. */
interface Libraries {
  hdf5: typeof import('h5wasm');
  /** Of what is CommonJS, the bundler exports the whole. */
  onnx: { default: typeof import('onnx-proto') };
}

/** Loads one of these libraries. */
export function loadLibrary<Name extends keyof Libraries>(name: Name): Promise<Libraries[Name]> {
  return import(pathToFileURL(assetPath(`${name}.js`)).href);
}
