import { availableParallelism } from 'node:os';
import { EmnistError } from '../errors.ts';
import type { EngineName } from '../events.ts';
import type { Engine } from './engine.ts';
import { type KernelBuild, kernelBuild } from './wasm/support.ts';
import { createWasmEngine, wasmDevice } from './wasm/wasm-engine.ts';

/** Starts the engine that was asked for; `auto` takes the best that this machine has. */
export async function createEngine(options: { engine?: 'auto' | EngineName; threads?: number } = {}): Promise<Engine> {
  if (options.engine === 'tensorflow') {
    throw new EmnistError(
      'engine-unavailable',
      'the TensorFlow engine is not part of this version',
      'use --engine wasm',
    );
  }
  return createWasmEngine({ threads: options.threads });
}

export interface EngineDescription {
  name: EngineName;
  available: boolean;
  /** What it would run on, for people; for an engine that is not available, why. */
  device: string;
  threads: number;
  simd: KernelBuild | null;
}

/** The engines there are and what they would run on; starts no thread. */
export function describeEngine(): EngineDescription[] {
  return [
    { name: 'wasm', available: true, device: wasmDevice(), threads: availableParallelism(), simd: kernelBuild() },
    { name: 'tensorflow', available: false, device: 'not part of this version', threads: 0, simd: null },
  ];
}
