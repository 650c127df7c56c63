import type { DatasetStatus } from '../core/dataset/read.ts';
import type { Part, Split } from '../core/dataset/splits.ts';
import type { CleanEvent, EvaluateEvent, FetchEvent } from '../core/events.ts';
import type { TrainingRecord } from '../core/model/model.ts';
import type { DrawServer } from '../core/server/draw-server.ts';
import type { TrainingRun, TrainOptions } from '../core/training/training-run.ts';

export type { DatasetStatus };

/** What the app needs of the program. The command line gives it the real thing; tests give it what they want to see. */
export interface Services {
  readonly version: string;
  status(): Promise<Status>;
  fetch(
    options: { split: Split | 'all'; from?: string; whole?: boolean },
    signal: AbortSignal,
  ): AsyncIterable<FetchEvent>;
  train(options: TrainOptions): TrainingRun;
  evaluate(options: { split: Split; part?: Part; model?: string }, signal: AbortSignal): AsyncIterable<EvaluateEvent>;
  draw(options: { model?: string }): Promise<DrawServer>;
  openBrowser(url: string): Promise<void>;
  /** Deletes what `Status.storage` listed under these names. */
  clean(what: readonly StorageName[]): Promise<CleanEvent>;
}

export type StorageName = 'datasets' | 'models';

export interface Status {
  datasets: DatasetStatus[];
  models: ModelStatus[];
  /** `2 threads, WebAssembly relaxed SIMD`. */
  device: string;
  storage: { name: StorageName; path: string; bytes: number }[];
}

export interface ModelStatus {
  name: string;
  /** The one that comes with the program. */
  shipped: boolean;
  classes: number;
  /** Null where there is no record, as in models of other programs: no more is known of these than their classes. */
  training: Pick<TrainingRecord, 'split' | 'architecture' | 'epochs' | 'validationAccuracy' | 'date'> | null;
  /** A checkpoint is there with epochs still to do, which `train --resume` goes on from. */
  resumable: boolean;
}
