import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { engineContract } from './contract.ts';

engineContract('WebAssembly engine, 1 thread', () => createWasmEngine({ threads: 1 }));
engineContract('WebAssembly engine, 2 threads', () => createWasmEngine({ threads: 2 }));
