import { availableParallelism } from 'node:os';
import { invalidOption } from '../../errors.ts';
import type { Network } from '../../model/network.ts';
import {
  type EngineNetwork,
  MAX_THREADS,
  type NetworkOptions,
  type SequenceEngine,
  type SequenceNetwork,
  type SequenceNetworkOptions,
} from '../engine.ts';
import { type KernelBuild, kernelBuild } from './kernel-build.ts';
import { ThreadPool } from './thread-pool.ts';
import { WasmNetwork } from './wasm-network.ts';
import { WasmSequenceNetwork } from './wasm-sequence-network.ts';

const DEVICE_NAMES: Record<KernelBuild, string> = {
  plain: 'SIMD',
  relaxed: 'relaxed SIMD',
  wide: 'relaxed SIMD (256-bit)',
};

/** What the engine runs on, as text: `2 threads, WebAssembly relaxed SIMD (256-bit)`. Does not start it. */
export function wasmDevice(threads: number = availableParallelism()): string {
  const simd = DEVICE_NAMES[kernelBuild()];
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}, WebAssembly ${simd}`;
}

/**
 * Starts the engine that needs no additional packages: WebAssembly SIMD kernels on `threads` threads (by default one
 * per core), one of which is the calling thread. Results do not depend on the number of threads.
 *
 * On x64, starting the engine sets a V8 flag for the whole process: see `prepareV8`.
 */
export async function createWasmEngine(options: { threads?: number } = {}): Promise<SequenceEngine> {
  const threads = options.threads ?? Math.min(availableParallelism(), MAX_THREADS);
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw invalidOption('threads', threads, `a whole number from 1 to ${MAX_THREADS}`);
  }
  const pool = await ThreadPool.start(threads);
  const networks = new Set<EngineNetwork | SequenceNetwork>();
  return {
    name: 'wasm',
    device: wasmDevice(threads),
    threads,
    async createNetwork(network: Network, settings: NetworkOptions = {}) {
      const created = pool.memory.allOrNothing(() => new WasmNetwork(pool, network, settings));
      networks.add(created);
      return created;
    },
    async createSequenceNetwork(network: Network, settings: SequenceNetworkOptions = {}) {
      const created = pool.memory.allOrNothing(() => new WasmSequenceNetwork(pool, network, settings));
      networks.add(created);
      return created;
    },
    async dispose() {
      for (const network of networks) await network.dispose();
      networks.clear();
      await pool.stop();
    },
  };
}
