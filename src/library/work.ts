import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { DEFAULT_SPLIT, type Split } from '../core/dataset/splits.ts';
import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import type { EvaluateOptions as CoreEvaluateOptions } from '../core/evaluation/evaluate-options.ts';
import { resolvePaths } from '../core/paths.ts';
import type { TrainEvent } from '../core/training/train-event.ts';
import type { TrainOptions as CoreTrainOptions } from '../core/training/training-run.ts';
import type { Home } from './home.ts';

// Each loads what it needs when it begins: who only recognizes pays for nothing else.

interface Work extends Home {
  /** Ends the work. */
  signal?: AbortSignal;
}

export interface FetchOptions extends Work {
  /** Default `balanced` alone. */
  splits?: readonly Split[];
  /** URL or file of a zip archive of NIST's layout. Default: `EMNIST_TUI_ARCHIVE` or, where that is not set, NIST's. */
  from?: string;
  /** Get the whole archive and unpack it, not only what is needed of it. */
  whole?: boolean;
}

export interface TrainOptions extends Work, CoreTrainOptions {}

export interface EvaluateOptions extends Work, Omit<CoreEvaluateOptions, 'split'> {
  /** Default `balanced`. */
  split?: Split;
}

/**
 * Gets splits of EMNIST from NIST's archive or another of its layout; what is there already is not fetched again. Yields
 * `start`, `progress` and `end` for each. Leaving the iteration, or the signal, whose reason is thrown, ends it; the next
 * call goes on where a download was cut off. Throws EmnistErrors.
 */
export async function* fetchDatasets(options: FetchOptions = {}): AsyncGenerator<FetchEvent, void, void> {
  const { dataDir, splits = [DEFAULT_SPLIT], from, whole, signal } = options;
  const { fetchDatasets: run } = await import('../core/dataset/fetch.ts');
  yield* run({ splits, from, whole, signal, paths: resolvePaths(dataDir) });
}

/**
 * Trains a network, in threads of its own, and keeps it as a model that `loadRecognizer` finds. Yields `start`, `batch`,
 * `validation` and `epoch`, and last `end`. The signal ends it after the current batch, with an `end` that says
 * `interrupted`; leaving the iteration ends it at once. With `resume: true` a later call goes on from the last finished
 * epoch, to the same weights as if it had never stopped. Throws EmnistErrors, and the reason of a signal that was aborted
 * before it began.
 */
export async function* train(options: TrainOptions = {}): AsyncGenerator<TrainEvent, void, void> {
  const { dataDir, signal, ...asked } = options;
  const { startTraining } = await import('../core/training/start-training.ts');
  signal?.throwIfAborted();
  const training = startTraining(asked, resolvePaths(dataDir));
  const stop = () => training.stop('batch', 'interrupted');
  signal?.addEventListener('abort', stop);
  try {
    yield* training;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * Lets a model read images of which it is known what they show. Yields `start`, `progress` and last `end` with the
 * figures. Leaving the iteration, or the signal, whose reason is thrown, ends it. Throws EmnistErrors, `dataset-missing`
 * among them: `fetchDatasets` gets it.
 */
export async function* evaluate(options: EvaluateOptions = {}): AsyncGenerator<EvaluateEvent, void, void> {
  const { dataDir, signal, split = DEFAULT_SPLIT, ...asked } = options;
  const { evaluate: run } = await import('../core/evaluation/evaluate.ts');
  yield* run({ ...asked, split, paths: resolvePaths(dataDir) }, signal);
}
