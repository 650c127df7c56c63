import type { Split } from '../dataset/splits.ts';
import type { Architecture } from '../events.ts';
import type { Network } from './network.ts';

/** How a model came about: kept with it, so that every figure can name its images. */
export interface TrainingRecord {
  split: Split;
  architecture: Architecture;
  /** Epochs done, of those asked for. */
  epochs: number;
  epochsAsked: number;
  batchSize: number;
  learningRate: number;
  seed: number;
  limit: number | null;
  /** Images trained on and kept for validation, both of the split's training part. */
  trainImages: number;
  validationImages: number;
  /** Pen-drawn characters that were trained on beside the split's images. */
  strokeImages: number;
  /** After the last epoch. */
  validationLoss: number;
  validationAccuracy: number;
  seconds: number;
  engine: string;
  /** When the last epoch ended, ISO 8601. */
  date: string;
  /** Version of emnist-tui. */
  version: string;
}

/** A trained network with all that is needed to use it. */
export interface Model {
  name: string;
  network: Network;
  /** The characters of its classes, in class order. */
  labels: readonly string[];
  /** In the order of `weightSpecs(network)`. */
  weights: readonly Float32Array[];
  /** Null for a model that another program made. */
  training: TrainingRecord | null;
}
