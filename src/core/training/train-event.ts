import type { Split } from '../dataset/splits.ts';
import type { EngineName } from '../engine/engine.ts';
import type { Architecture } from '../model/network.ts';

export type TrainEvent =
  | {
      event: 'start';
      split: Split;
      architecture: Architecture;
      engine: EngineName;
      device: string;
      threads: number;
      parameters: number;
      trainImages: number;
      validationImages: number;
      classes: number;
      /** The model's name, the number of epochs asked for and, when resuming, how many are done already. */
      model: string;
      epochs: number;
      epochsDone: number;
    }
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
  /** Progress through the validation images at an epoch's end; at most 10 a second. */
  | { event: 'validation'; epoch: number; images: number; total: number; imagesPerSecond: number }
  | {
      event: 'epoch';
      epoch: number;
      loss: number;
      accuracy: number;
      validationLoss: number;
      validationAccuracy: number;
      seconds: number;
      imagesPerSecond: number;
    }
  | { event: 'paused'; epoch: number }
  | { event: 'resumed'; epoch: number }
  | {
      event: 'end';
      reason: 'completed' | 'stopped' | 'interrupted';
      /** The model's name; null when no epoch was finished, so that none was written. */
      model: string | null;
      epochs: number;
      seconds: number;
      /** Of the epoch whose weights are the model. */
      validationAccuracy: number | null;
      /** No epoch was better for as long as the recipe's patience lasts. */
      stoppedEarly?: true;
    };
