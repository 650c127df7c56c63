import { noWebAssembly } from '../node-errors.ts';
import type { Engine, EngineName } from './engine.ts';
import { openBackend } from './tensorflow/backends.ts';
import {
  createGpuEngine,
  createTensorFlowEngine,
  describeAttempts,
  installCommandFor,
  tensorFlowEngine,
} from './tensorflow/tensorflow-engine.ts';
import { createWasmEngine, wasmDevice } from './wasm/wasm-engine.ts';

/**
 * Starts an engine. `auto` (the default) is TensorFlow.js if it finds a hardware GPU, otherwise WebAssembly. Throws an
 * `EmnistError` if the engine is not available. Starting the WebAssembly engine may set a V8 flag for the whole
 * process: see `prepareV8` in wasm/kernel-build.ts.
 */
export async function createEngine(options: { engine?: 'auto' | EngineName; threads?: number } = {}): Promise<Engine> {
  const { engine = 'auto', threads } = options;
  if (engine === 'tensorflow') return createTensorFlowEngine();
  const gpu = engine === 'auto' ? await createGpuEngine() : null;
  return gpu ?? createWasmEngine({ threads });
}

export interface EngineDescription {
  name: EngineName;
  available: boolean;
  /** What it runs on, or why it is not available, as text. */
  device: string;
  /** Whether `auto` chooses it. */
  preferred: boolean;
  /** The command that installs what is missing; null when the engine is available, or when nothing can be installed. */
  command: string | null;
}

/** All engines and what they run on. Opens each installed backend and closes it again. */
export async function describeEngines(): Promise<EngineDescription[]> {
  const tensorflow = await describeTensorFlow();
  const available = typeof WebAssembly !== 'undefined';
  const wasm = {
    name: 'wasm',
    available,
    device: available ? wasmDevice() : noWebAssembly().message,
    preferred: !tensorflow.preferred,
    command: null,
  } as const;
  return [wasm, tensorflow];
}

async function describeTensorFlow(): Promise<EngineDescription> {
  const { backend, attempts } = await openBackend();
  if (!backend) {
    const device = describeAttempts(attempts);
    return { name: 'tensorflow', available: false, device, preferred: false, command: installCommandFor(attempts) };
  }
  const engine = tensorFlowEngine(backend);
  await engine.dispose();
  return { name: 'tensorflow', available: true, device: engine.device, preferred: backend.gpu, command: null };
}
