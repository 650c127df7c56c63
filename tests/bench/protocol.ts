import type { NetworkName, Workload } from './workload.ts';

/*
 * The bench and a contender exchange JSON, one object per line: first the workload, which the contender answers with
 * its version when it is ready; then one request at a time. The answer to a request that fails is `{error}`.
 */

export type Request =
  /** Losses of the first steps of Adam (learning rate 0.001) from the initial weights, without dropout. */
  | { do: 'losses'; network: NetworkName; batch: number; steps: number }
  /** Trains for some seconds; the answer is the median time of a step in seconds. */
  | { do: 'train'; network: NetworkName; batch: number; seconds: number }
  /** The same for the logits of a batch. */
  | { do: 'evaluate'; network: NetworkName; batch: number; seconds: number }
  /** Predicts one image at a time; the answer is all times in seconds. */
  | { do: 'predict'; network: NetworkName; seconds: number };

export interface Answers {
  losses: { losses: number[] };
  train: { seconds: number };
  evaluate: { seconds: number };
  predict: { times: number[] };
}

export type Answer<R extends Request> = Answers[R['do']];

export type Greeting = Pick<Workload, 'folder' | 'batch' | 'images' | 'networks'>;

/** GFLOP/s in WebAssembly; see peers/hardware.ts. */
export interface HardwareAnswer {
  build: string;
  /** Multiply-adds in registers on one thread. */
  peak: number;
  /** The engine's GEMM microkernel on one thread, at its best. */
  gemm: number;
  /** Throughput of microkernels on all threads together, relative to one thread. */
  scaling: number;
  /** How many times as long `Math.log` takes after the microkernel, as it is and with the vector registers cleared. */
  logarithms: { after: number; cleared: number };
}
