/** The exports of the kernels' module; see kernels/dispatch.ts. */
export interface KernelExports {
  heapBase(): number;
  dispatch(control: number, phase: number): number;
  work(control: number, thread: number): void;
}

/**
 * Data for a helper thread: compiled kernels, shared memory, the address of the control block, and the thread's number.
 */
export interface ComputeWorkerData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: number;
  thread: number;
}
