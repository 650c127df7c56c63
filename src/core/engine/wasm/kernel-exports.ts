/** What the kernels' module exports; see kernels/schedule.ts. */
export interface KernelExports {
  heapBase(): number;
  dispatch(control: number, segment: number): number;
  work(control: number, thread: number): void;
}

/** What a thread of the engine is started with: the compiled kernels, the shared memory, and where its control block is. */
export interface ComputeWorkerData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: number;
  thread: number;
}
