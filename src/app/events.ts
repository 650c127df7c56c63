import type { Split } from '../core/dataset/splits.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { OrientationTrial } from '../core/evaluation/evaluate-event.ts';
import type { ModelFormat } from '../core/model/formats/model-formats.ts';
import type { Architecture } from '../core/model/network.ts';
import type { Prediction } from '../core/prediction.ts';

/**
 * Everything the program reports while it works, as plain data: the app and the command line, as text and as JSON, show the
 * same events. Names and fields are the public interface; add to them, do not change them.
 */

export interface PredictEvent {
  event: 'prediction';
  source: string;
  index: number;
  /** Descending probabilities, summing to at most 1. */
  predictions: Prediction[];
}

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
  /** Its checkpoint can be resumed. */
  resumable: boolean;
  /** Why it cannot be used; null when it can. */
  problem: string | null;
}

export type ModelsEvent = ({ event: 'model' } & ModelDescription) | { event: 'end'; models: number };

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

export type ErrorEvent = {
  event: 'error';
  /** See docs/errors.md. */
  code: ErrorCode | 'internal' | 'interrupted';
  message: string;
  hint: string;
  /** Details, by code. */
  data: Record<string, unknown>;
};
