import type { NetworkName, Workload } from './workload.ts';

/*
 * The bench and a contender speak JSON, one object a line: the workload first, which is answered with `{}` once all is
 * ready; then a request at a time. A contender that cannot do something answers `{error}`.
 */

export type Request =
  /** Losses of some steps of Adam (learning rate 0.001) from the first weights, without dropout, on the first images. */
  | { do: 'losses'; network: NetworkName; batch: number; steps: number }
  /** Trains for some seconds; answers with the median seconds of a step. */
  | { do: 'train'; network: NetworkName; batch: number; seconds: number }
  /** The same for logits of a batch. */
  | { do: 'evaluate'; network: NetworkName; batch: number; seconds: number }
  /** Reads one image after another; answers with all times in seconds. */
  | { do: 'predict'; network: NetworkName; seconds: number };

export interface Answers {
  losses: { losses: number[] };
  train: { seconds: number };
  evaluate: { seconds: number };
  predict: { times: number[] };
}

export type Answer<R extends Request> = Answers[R['do']];

export type Greeting = Pick<Workload, 'folder' | 'batch' | 'images' | 'networks'>;

/** GFLOP/s from WebAssembly; see peers/hardware.ts. */
export interface HardwareAnswer {
  build: string;
  /** Multiply-adds in registers on one thread. */
  peak: number;
  /** The engine's register tile on one thread, at its best. */
  gemm: number;
  /** How many times what one thread does all do together, each with its own register tiles. */
  scaling: number;
}
