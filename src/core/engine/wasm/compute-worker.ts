import { parentPort, workerData } from 'node:worker_threads';
import type { ComputeWorkerData, KernelExports } from './kernel-exports.ts';
import { CONTROL_DONE, CONTROL_FAILED } from './kernels/layout.ts';

const { module, memory, control, thread } = workerData as ComputeWorkerData;
try {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  parentPort?.postMessage('running');
  (instance.exports as KernelExports).work(control, thread);
} catch (error) {
  // The calling thread may be waiting for a chunk of this one.
  const words = new Int32Array(memory.buffer, control, (CONTROL_FAILED >> 2) + 1);
  Atomics.store(words, CONTROL_FAILED >> 2, 1);
  Atomics.notify(words, CONTROL_DONE >> 2);
  throw error;
}
