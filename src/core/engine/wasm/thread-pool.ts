import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { asset, assetPath, startWorker } from '../../asset.ts';
import { EmnistError } from '../../errors.ts';
import { damagedInstallation, nodeError } from '../../node-errors.ts';
import { EngineMemory } from './engine-memory.ts';
import { kernelBuild, prepareV8 } from './kernel-build.ts';
import type { ComputeWorkerData, KernelExports } from './kernel-exports.ts';
import { CONTROL_BYTES, CONTROL_TICKET } from './kernels/layout.ts';

/** The calling thread and its helper threads, with the memory, kernels and control block that they share. */
export class ThreadPool {
  readonly memory: EngineMemory;
  readonly threads: number;
  readonly #kernels: KernelExports;
  readonly #control: number;
  readonly #workers: Worker[] = [];
  #failure: unknown = null;

  private constructor(memory: EngineMemory, threads: number, kernels: KernelExports, control: number) {
    this.memory = memory;
    this.threads = threads;
    this.#kernels = kernels;
    this.#control = control;
  }

  /**
   * Compiles the kernels and starts `threads - 1` helpers; resolves when all of them are running. May set a V8 flag for
   * the whole process: see `prepareV8`.
   */
  static async start(threads: number): Promise<ThreadPool> {
    const build = kernelBuild();
    prepareV8(build);
    const module = compile(`kernels.${build}.wasm`);
    const memory = new EngineMemory();
    const instance = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    const kernels = instance.exports as KernelExports;
    memory.reserve(kernels.heapBase());
    const pool = new ThreadPool(memory, threads, kernels, memory.allocate(CONTROL_BYTES));
    // Between phases nothing can be claimed; see kernels/dispatch.ts.
    Atomics.store(memory.words(pool.#control + CONTROL_TICKET, 1), 0, 0xffffffff);
    try {
      await Promise.all(Array.from({ length: threads - 1 }, (_, index) => pool.#startHelper(module, index + 1)));
    } catch (cause) {
      await pool.stop();
      throw engineFailed(cause);
    }
    return pool;
  }

  async #startHelper(module: WebAssembly.Module, thread: number): Promise<void> {
    const workerData: ComputeWorkerData = { module, memory: this.memory.memory, control: this.#control, thread };
    const worker = startWorker('compute-worker', { workerData, name: `compute-${thread}` });
    this.#workers.push(worker);
    worker.on('error', (error) => {
      this.#failure = error;
    });
    // The helper posts a message once it runs; `once` rejects if it fails before that.
    await once(worker, 'message');
    // Helpers do not keep the process alive; they end with the thread that started them.
    worker.unref();
  }

  /** Runs a phase to completion. */
  run(phase: number): void {
    try {
      if (this.#kernels.dispatch(this.#control, phase) !== 0) return;
    } catch (cause) {
      throw engineFailed(cause);
    }
    throw engineFailed(this.#failure);
  }

  /** Terminates the helpers. */
  async stop(): Promise<void> {
    const ticket = new BigInt64Array(this.memory.memory.buffer, this.#control + CONTROL_TICKET, 1);
    Atomics.store(ticket, 0, -1n);
    Atomics.notify(ticket, 0);
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }
}

function compile(kernels: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(asset(kernels));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw damagedInstallation(`${assetPath(kernels)} cannot be compiled (${cause.message})`, cause);
  }
}

/** The error of a thread: a limit of the system, or something unknown. */
function engineFailed(cause: unknown): EmnistError {
  return nodeError(cause) ?? new EmnistError('engine-failed', 'a compute thread failed', {}, { cause });
}
