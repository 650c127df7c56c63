import type { DatasetName } from '../core/dataset/dataset-name.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { InputTrial, PixelRange } from '../core/evaluation/evaluate-event.ts';
import type { ImportFormat, ModelFormat } from '../core/model/formats/model-formats.ts';
import type { EvaluationRecord } from '../core/model/notes-file.ts';
import type { Recipe } from '../core/model/recipe.ts';
import type { EpochRecord, TrainingCurve } from '../core/model/training-history.ts';
import type { Prediction } from '../core/prediction.ts';
import type { LabelCount } from '../core/samples/sample.ts';
import type { TextReading } from '../core/text/text-reading.ts';
import type { Shell } from './options/shells.ts';

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
  /** Only of models that can reject: the probability that it is not one character. */
  noCharacter?: number;
  /** The name of the model that read it. */
  model: string;
  /** Only of images in IDX files: how the file stores them, and how that is known. */
  orientation?: 'upright' | 'transposed';
  orientationFrom?: 'given' | 'detected' | 'assumed';
}

/** A line of a picture, or a drawing of a stroke file, read as text. Lines of a drawing are separated by line breaks. */
export interface TextEvent extends TextReading {
  event: 'text';
  source: string;
  index: number;
  /** The name of the word model. */
  model: string;
}

/** How a picture was read, as pictures of its boxes, its ink, and each character. */
export interface PredictDebugEvent {
  event: 'debug';
  source: string;
  /** The paths of the pictures. */
  files: string[];
}

/** `freed` is in bytes, `removed` has absolute paths. With `dryRun`, nothing was removed. */
export type CleanEvent = { event: 'end'; freed: number; removed: string[]; dryRun?: boolean };

/** A training run that was interrupted after `epochsDone` of its `epochs`. */
export type UnfinishedRunDescription = {
  split: DatasetName;
  /** `cnn`, `vgg`, `deep`, or the name of a network of one's own. */
  architecture: string;
  epochsDone: number;
  epochs: number;
  /** When its checkpoint was written, ISO 8601. */
  date: string;
  /** Another process, or this one, is training it at the moment. */
  running: boolean;
  /** Each epoch that it has completed. */
  history: EpochRecord[];
  /** How training went between the ends of epochs; null if an earlier version trained it. */
  curve: TrainingCurve | null;
};

export interface ModelDescription {
  name: string;
  /** Whether it is the model included in the program. */
  shipped: boolean;
  /** Whether it is the default model. */
  default: boolean;
  path: string;
  /** From the training record; null without one, or if the model cannot be read. */
  split: DatasetName | null;
  architecture: string | null;
  /** The name of the model that its training started from. */
  parent: string | null;
  classes: number | null;
  parameters: number | null;
  /** The epochs it has completed, of those that were asked for. */
  epochs: number | null;
  epochsAsked: number | null;
  /** The epoch whose weights it has: the last or, with early stopping, the best. */
  keptEpoch: number | null;
  /** Early stopping ended its training. */
  stoppedEarly: boolean | null;
  batchSize: number | null;
  recipe: Recipe | null;
  seed: number | null;
  /** The most images of the split that it could be trained on; null also if there was no limit. */
  limit: number | null;
  trainImages: number | null;
  /** On `validationImages` held-out images of the split's training part. */
  validationAccuracy: number | null;
  validationImages: number | null;
  /** How long its training took, on which device. */
  seconds: number | null;
  device: string | null;
  /** ISO 8601. */
  date: string | null;
  /** Each epoch, and how training went in between; null for models of earlier versions. */
  history: EpochRecord[] | null;
  curve: TrainingCurve | null;
  /** What the user has written about it; empty for nothing. */
  note: string;
  /** The accuracies of its present weights that were measured, latest first. */
  evaluations: EvaluationRecord[];
  /** Its training was interrupted and can be resumed. */
  resumable: boolean;
  /** The training that can be resumed; null if there is none. */
  unfinished: UnfinishedRunDescription | null;
  /** Why the model is unusable; null when it is usable. */
  problem: string | null;
}

export type ModelsEvent =
  | ({ event: 'model' } & ModelDescription)
  | {
      event: 'end';
      models: number;
      /** The model that is the default from now on. */
      chosen?: string;
      renamed?: { from: string; to: string };
      /** The note about a model that was changed; empty if it was removed. */
      noted?: { model: string; note: string };
      /** The model that was deleted; null if the user declined. */
      deleted?: string | null;
      /** Why an earlier choice of the default model cannot be read. */
      problem?: string;
    };

export type SamplesEvent = {
  event: 'end';
  /** How many there are now, in total and by label, in the order of labels. */
  samples: number;
  labels: LabelCount[];
  /** The file in which they are kept. */
  path: string;
  /** The stroke file that was written. */
  exported?: { path: string; bytes: number };
  /** How many were added from the stroke file `path`, were there already, and have no label. */
  imported?: { path: string; samples: number; duplicates: number; unlabeled: number };
  /** How many were deleted. */
  deleted?: number;
};

/** `path` is absolute; `bytes` is the total size of its files. */
export type ExportEvent = { event: 'end'; format: ModelFormat; model: string; path: string; bytes: number };

/** How a property of a model is known: from an option, from the file, by a trial on test images, or not at all. */
export type HowKnown = 'given' | 'recorded' | 'detected' | 'assumed';

export type ImportEvent = {
  event: 'end';
  /** Name and folder of the imported model. */
  model: string;
  path: string;
  format: ImportFormat;
  classes: number;
  /** The labels of its classes, in class order: one after the other or, if some have several characters, with commas. */
  labels: string;
  /** The same as a list. */
  classLabels: string[];
  /** Outputs that were dropped because they stand for no character. */
  leftOut?: number[];
  /** The model takes transposed images, as in EMNIST's files; its weights were transposed, so the imported one takes upright images. */
  transposed: boolean;
  /** How that is known: from an option, because this program wrote the file, by a trial on test images, or not at all. */
  orientation: HowKnown;
  /**
   * The pixels that the model takes: their range, and whether ink is dark. The imported model takes 0 to 1 with light ink; what
   * differs was folded into it.
   */
  pixels: { range: PixelRange; inverted: boolean; how: HowKnown };
  /** The order of the labels. `better`: another one with which the model reads clearly more, although labels were given. */
  labelOrder: { order: string; how: HowKnown; better?: { order: string; labels: string; accuracy: number } };
  /** The file has only weights; the layers were inferred from their shapes, which do not say what activations there are. */
  layers?: 'inferred';
  /** The result of the trial, if there was one. */
  trial?: InputTrial;
};

export type DoctorEvent =
  | {
      event: 'check';
      /** What was checked: `engine`, `data set balanced`, … */
      name: string;
      /** `absent` is optional and missing. */
      state: 'ok' | 'absent' | 'broken';
      message: string;
      /** What to do about it. */
      hint?: string;
    }
  | { event: 'end'; broken: number };

/** `script` is for the shell to load. */
export type CompletionEvent = { event: 'end'; shell: Shell; script: string };

/** `schema` is a JSON Schema, draft 2020-12. */
export type SchemaEvent = { event: 'end'; schema: { [keyword: string]: unknown } };

export type ErrorEvent = {
  event: 'error';
  /** See docs/errors.md. */
  code: ErrorCode | 'internal' | 'interrupted';
  message: string;
  hint: string;
  /** Details, by code. */
  data: Record<string, unknown>;
  /** The file that cannot be read, if the command continues with others. */
  source?: string;
};
