import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { compile, KERNELS_FOLDER } from '../../../scripts/build-kernels.ts';
import { clearUpperHalves, kernelBuild, prepareV8 } from '../../../src/core/engine/wasm/kernel-build.ts';
import type { HardwareAnswer } from '../protocol.ts';
import { median } from './serve.ts';

/*
 * The speed of the processor in WebAssembly, in GFLOP/s: a loop of nothing but multiply-adds in registers, and the
 * engine's GEMM microkernel on data in the L1 cache; and what `clearUpperHalves` is good for. `node hardware.ts THREADS`
 * measures one thread, then all.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const SECONDS = 0.5;
const GEMM_K = 64;

interface Exports {
  start(): number;
  fma5(at: number, steps: number): void;
  fma12(at: number, steps: number): void;
  gemm(k: number, steps: number): void;
}

/** Multiply-adds of `pairs` pairs of vectors: 12 hide the latency if V8 fuses the pairs, 5 if it does not. */
function fmaSource(pairs: number): string {
  const each = (line: (index: number) => string) => Array.from({ length: pairs }, (_, index) => line(index)).join('\n');
  return `export function fma${pairs}(at: usize, steps: u32): void {
    const x = v128.load(at); const X = v128.load(at, 16);
    const y = v128.load(at, 32); const Y = v128.load(at, 48);
    ${each((i) => `let a${i} = v128.load(at, ${64 + 32 * i}); let b${i} = v128.load(at, ${80 + 32 * i});`)}
    do {
      ${each((i) => `a${i} = madd(x, y, a${i}); b${i} = madd(X, Y, b${i});`)}
      steps--;
    } while (steps > 0);
    ${each((i) => `v128.store(at, a${i}, ${64 + 32 * i}); v128.store(at, b${i}, ${80 + 32 * i});`)}
  }`;
}

const SOURCE = `
import { gemmTile } from './${KERNELS_FOLDER}/gemm';
import { madd } from './${KERNELS_FOLDER}/simd';
const MEMORY: usize = memory.data(32768, 64);
export function start(): usize { return MEMORY; }
${fmaSource(5)}
${fmaSource(12)}
export function gemm(k: u32, steps: u32): void {
  const table = MEMORY + 16384;
  for (let i: usize = 0; i < 6; i++) {
    store<u32>(table + 8 * i, <u32>(MEMORY + i * k * 4));
    store<u32>(table + 8 * i, <u32>(table + 64 + i * 64), 4);
  }
  for (; steps > 0; steps--) gemmTile(table, 0, MEMORY + 4096, 0, 1, k * 4, 0, 0);
}`;

/** GFLOP/s of a function that takes `flops` operations a step: the best of many short runs. */
function best(flops: number, run: (steps: number) => void): number {
  const steps = 20_000;
  const end = performance.now() + SECONDS * 1000;
  let rate = 0;
  while (performance.now() < end) {
    const began = performance.now();
    run(steps);
    rate = Math.max(rate, (flops * steps) / (performance.now() - began) / 1e6);
  }
  return rate;
}

/** The same, but the average over 0.2 seconds. */
function sustained(flops: number, run: (steps: number) => void): number {
  const steps = 20_000;
  const began = performance.now();
  let done = 0;
  for (; performance.now() - began < 200; done += steps) run(steps);
  return (flops * done) / (performance.now() - began) / 1e6;
}

/** How long some logarithms take, in milliseconds: the median of seven runs, each after a call of `prepare`. */
function timeLogarithms(prepare: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    prepare();
    const began = performance.now();
    let sum = 0;
    for (let i = 1; i <= 100_000; i++) sum += Math.log(i);
    return sum > 0 ? performance.now() - began : 0;
  });
  return median(times);
}

function measure(binary: Uint8Array) {
  prepareV8(kernelBuild());
  const exports = new WebAssembly.Instance(new WebAssembly.Module(binary), {}).exports as unknown as Exports;
  const flopsOfGemm = 2 * 6 * 16 * GEMM_K;
  const peak = Math.max(
    best(5 * 16, (steps) => exports.fma5(exports.start(), steps)),
    best(12 * 16, (steps) => exports.fma12(exports.start(), steps)),
  );
  return {
    peak,
    gemm: best(flopsOfGemm, (steps) => exports.gemm(GEMM_K, steps)),
    sustained: () => sustained(flopsOfGemm, (steps) => exports.gemm(GEMM_K, steps)),
    logarithms: () => {
      timeLogarithms(clearUpperHalves); // compiles it
      const usual = timeLogarithms(clearUpperHalves);
      const runKernel = () => exports.gemm(GEMM_K, 1);
      const runAndClear = () => {
        runKernel();
        clearUpperHalves();
      };
      return { after: timeLogarithms(runKernel) / usual, cleared: timeLogarithms(runAndClear) / usual };
    },
  };
}

/** Throughput of all threads together relative to one alone: the median of seven rounds. */
async function scaling(workers: readonly Worker[]): Promise<number> {
  const rateOf = async (worker: Worker) => {
    worker.postMessage('run');
    const [rate] = (await once(worker, 'message')) as [number];
    return rate;
  };
  const together = async (those: readonly Worker[]) =>
    (await Promise.all(those.map(rateOf))).reduce((sum, rate) => sum + rate, 0);
  await together(workers);
  const rounds: number[] = [];
  for (let round = 0; round < 7; round++) {
    const alone = await together(workers.slice(0, 1));
    rounds.push((await together(workers)) / alone);
  }
  return median(rounds);
}

if (isMainThread) {
  const threads = Number(process.argv[2]);
  const binary = await compile(root, 'bench.ts', kernelBuild(), { sources: new Map([['bench.ts', SOURCE]]) });
  const { peak, gemm, logarithms } = measure(binary);
  const workers = Array.from(
    { length: threads },
    () => new Worker(fileURLToPath(import.meta.url), { workerData: binary }),
  );
  const answer: HardwareAnswer = {
    build: kernelBuild(),
    peak,
    gemm,
    scaling: await scaling(workers),
    logarithms: logarithms(),
  };
  await Promise.all(workers.map((worker) => worker.terminate()));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} else {
  const { sustained } = measure(workerData as Uint8Array);
  parentPort!.on('message', () => parentPort!.postMessage(sustained()));
}
