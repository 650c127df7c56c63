import type { Part, Split } from './dataset/splits.ts';
import type { Architecture } from './model/network.ts';

export type { Architecture };

/**
 * Everything the program reports while it works, as plain data: the app, the lines on a terminal and `--json` all show
 * these same events. Names and fields are the public interface; add to them, do not change them.
 */

export type FetchEvent =
  | { event: 'start'; split: Split; source: string }
  | { event: 'progress'; split: Split; bytes: number; total: number | null; bytesPerSecond: number }
  | { event: 'end'; split: Split; trainImages: number; testImages: number; bytes: number };

export type EngineName = 'wasm' | 'tensorflow';

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

export interface ClassAccuracy {
  label: string;
  images: number;
  accuracy: number;
}

export interface Confusion {
  truth: string;
  predicted: string;
  count: number;
}

/** What was read: a part of a split, or a stroke file, named as it was given. */
export type EvaluatedSource =
  | { split: Split; part: Part; strokes?: undefined }
  | { split: null; part: null; strokes: string };

export type EvaluateEvent =
  | ({ event: 'start'; model: string; images: number } & EvaluatedSource)
  | { event: 'progress'; images: number; total: number; imagesPerSecond: number }
  | ({
      event: 'end';
      model: string;
      images: number;
      accuracy: number;
      top5Accuracy: number;
      loss: number;
      /** Expected calibration error, 0 to 1. */
      calibrationError: number;
      /** Which class was taken to be how probable; null where the model does not say what it was trained with. */
      prior: 'split' | 'uniform' | null;
      perClass: ClassAccuracy[];
      /** All pairs with at least one image, most frequent first. */
      confusions: Confusion[];
      /** Only these characters could be answered: the model has classes that the split has no images of. */
      restrictedTo?: string;
      /** Characters counted with their other case, which the model cannot tell them from. */
      merged?: string;
      /** Characters of the split that the model has no class for; it is wrong on all their images. */
      unknown?: string;
    } & EvaluatedSource);

export interface Prediction {
  label: string;
  probability: number;
}

export interface PredictEvent {
  event: 'prediction';
  source: string;
  index: number;
  /** Descending probabilities, summing to at most 1. */
  predictions: Prediction[];
}

export type DrawEvent =
  | { event: 'listening'; url: string }
  | { event: 'client'; clients: number }
  | {
      event: 'prediction';
      client: number;
      /** How many strokes were on the canvas; 0 after it was cleared (then `predictions` is empty). */
      strokes: number;
      predictions: Prediction[];
      milliseconds: number;
    };

/** `freed` in bytes; `removed` are absolute paths. With `dryRun` nothing was removed, but it would have been. */
export type CleanEvent = { event: 'end'; freed: number; removed: string[]; dryRun?: boolean };

export interface ModelDescription {
  name: string;
  /** The one that comes with the program. */
  shipped: boolean;
  /** The one that is used where none is named. */
  default: boolean;
  path: string;
  /** These are null where the record does not say, or the model cannot be read. */
  split: Split | null;
  architecture: Architecture | null;
  classes: number | null;
  epochs: number | null;
  /** On that many images kept from the split's training part. */
  validationAccuracy: number | null;
  validationImages: number | null;
  /** ISO 8601. */
  date: string | null;
  /** `train --resume` can go on from its checkpoint. */
  resumable: boolean;
  /** Why it cannot be used; null when it can. */
  problem: string | null;
}

export type ModelsEvent = ({ event: 'model' } & ModelDescription) | { event: 'end'; models: number };

/** The formats that models are exported to and imported from. */
export type ModelFormat = 'tfjs' | 'keras' | 'h5' | 'onnx' | 'safetensors';

/** `path` is absolute; `bytes` are those of its files, all together. */
export type ExportEvent = { event: 'end'; format: ModelFormat; model: string; path: string; bytes: number };

export type ImportEvent = {
  event: 'end';
  /** The name that it has now, and its folder. */
  model: string;
  path: string;
  format: ModelFormat;
  classes: number;
  /** The characters of its classes, in class order. */
  labels: string;
  /** Outputs of the file's model that stand for no character and were left out, where there are such. */
  leftOut?: number[];
  /** The file's model takes images transposed, as EMNIST's files have them; the imported one takes them upright. */
  transposed: boolean;
  /** How that is known: an option said so, this program made the file, test images were read, or not at all. */
  orientation: 'given' | 'recorded' | 'detected' | 'assumed';
  /** How many test images were read right each way, where that was tried. */
  trial?: OrientationTrial;
};

/** Accuracies, 0 to 1, of a model as it is and with images transposed. */
export interface OrientationTrial {
  split: Split;
  images: number;
  upright: number;
  transposed: number;
}

export type DoctorEvent =
  | {
      event: 'check';
      /** What was looked at: `engine`, `data set balanced`, … */
      name: string;
      /** `absent`: not there, and need not be. */
      state: 'ok' | 'absent' | 'broken';
      message: string;
      /** What to do about it. */
      hint?: string;
    }
  | { event: 'end'; broken: number };

export type ErrorEvent = { event: 'error'; code: string; message: string; hint: string };
