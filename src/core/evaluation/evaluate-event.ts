import type { DatasetName } from '../dataset/dataset-name.ts';
import type { Part } from '../dataset/splits.ts';

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

/** What was evaluated: a part of a split, or a stroke file by its given name. */
export type EvaluatedSource =
  | { split: DatasetName; part: Part; strokes?: undefined }
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
      /** The assumed class frequencies; null if the model does not record those of its training. */
      prior: 'split' | 'uniform' | null;
      perClass: ClassAccuracy[];
      /** All confused pairs, most frequent first. */
      confusions: Confusion[];
      /** Answers were restricted to these labels, because the model has classes that the data lacks. */
      restrictedTo?: string;
      /** Letters counted as their other case, because the model does not distinguish the two. */
      merged?: string;
      /** Labels that the model has no class for; all their images count as wrong. */
      unknown?: string;
      /** The same as lists. */
      restrictedToLabels?: string[];
      mergedLabels?: string[];
      unknownLabels?: string[];
      /** Why the result could not be kept with the model. */
      notKept?: string;
      /** The folder that misread images were written to, and their number. */
      mistakes?: { path: string; images: number };
    } & EvaluatedSource);

/** Values of the pixels that a model takes: `standardized` with the mean 0.1307 and the standard deviation 0.3081 of MNIST. */
export const PIXEL_RANGES = ['0-1', '0-255', '-1-1', 'standardized'] as const;
export type PixelRange = (typeof PIXEL_RANGES)[number];

/** Accuracies, 0 to 1, of a model on upright and on transposed images, and with other pixels and orders of labels. */
export interface InputTrial {
  split: DatasetName;
  images: number;
  /** With the pixels and labels that were found. */
  upright: number;
  transposed: number;
  /** The best of both orientations and of all orders of labels, for each kind of pixels that was tried. */
  pixels: { range: PixelRange; inverted: boolean; accuracy: number }[];
  /** With the orientation and pixels that were found, best first. */
  labelOrders: { order: string; accuracy: number }[];
}
