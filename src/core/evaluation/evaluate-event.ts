import type { Part, Split } from '../dataset/splits.ts';

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

/** Accuracies, 0 to 1, of a model as it is and with images transposed. */
export interface OrientationTrial {
  split: Split;
  images: number;
  upright: number;
  transposed: number;
}
