import type { DatasetName } from '../dataset/dataset-name.ts';
import type { EngineName } from '../engine/engine.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import type { EpochRecord, TrainingCurve } from '../model/training-history.ts';

export type TrainEvent =
  /** Before the start: it waits to see whether the process that locked the model is still running. */
  | WaitingEvent
  | {
      event: 'start';
      split: DatasetName;
      /** `cnn`, `vgg`, `deep`, or the name of a network of one's own. */
      architecture: string;
      /** The name of the model that the run started from; absent for random weights. */
      from?: string;
      engine: EngineName;
      device: string;
      threads: number;
      parameters: number;
      trainImages: number;
      validationImages: number;
      /** Images without a character that each epoch has in addition, if it learns to reject. */
      rejectImages?: number;
      classes: number;
      /** The model's name, the number of epochs, and how many a resumed run had completed. */
      model: string;
      epochs: number;
      epochsDone: number;
      /** Of a resumed run: the epochs it has completed, and how training went in between, unless an earlier version began it. */
      history?: EpochRecord[];
      curve?: TrainingCurve;
    }
  /**
   * Progress of training new outputs alone, before the first epoch of a run that starts from a model with others. `accuracy` on
   * the training images, once all are read.
   */
  | { event: 'head'; images: number; total: number; accuracy: number | null }
  | {
      event: 'batch';
      epoch: number;
      batch: number;
      batches: number;
      /** Mean over the batches since the last `batch` event of this epoch. */
      loss: number;
      accuracy: number;
      learningRate: number;
      imagesPerSecond: number;
    }
  /** Progress of the validation at the end of an epoch; at most 10 a second. */
  | { event: 'validation'; epoch: number; images: number; total: number; imagesPerSecond: number }
  | ({ event: 'epoch' } & EpochRecord)
  | { event: 'paused'; epoch: number }
  | { event: 'resumed'; epoch: number }
  | {
      event: 'end';
      reason: 'completed' | 'stopped' | 'interrupted';
      /** The model's name; null when no epoch was completed and no model written. */
      model: string | null;
      epochs: number;
      seconds: number;
      /** Of the epoch whose weights were kept. */
      validationAccuracy: number | null;
      /** Early stopping ended the run. */
      stoppedEarly?: true;
    };
