import type { DatasetName } from '../dataset/dataset-name.ts';
import type { Part } from '../dataset/splits.ts';
import type { Model } from '../model/model.ts';

/** The assumed class frequencies: those of the split's training part, or equal ones. */
export const PRIORS = ['split', 'uniform'] as const;
export type Prior = (typeof PRIORS)[number];

/** Options of an evaluation. */
export interface EvaluateOptions {
  split: DatasetName;
  part: Part;
  /** A stroke file with labeled drawings to evaluate on instead of a split. */
  strokes?: string;
  model: Model;
  /** Use only this many images, spread evenly over the part. */
  limit?: number;
  /** Only images of these characters; predictions are restricted to them. */
  characters: string;
  /** Drawings are always evaluated with `uniform`. */
  prior: Prior;
  threads?: number;
}
