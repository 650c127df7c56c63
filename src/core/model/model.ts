import * as v from 'valibot';
import { SPLITS } from '../dataset/splits.ts';
import { ARCHITECTURES, type Network } from './network.ts';
import { OPTIMIZERS, type Recipe, SCHEDULES } from './recipe.ts';

export const recipeSchema = v.object({
  optimizer: v.picklist(OPTIMIZERS),
  weightDecay: v.number(),
  learningRate: v.number(),
  schedule: v.picklist(SCHEDULES),
  augment: v.number(),
  balance: v.number(),
  labelSmoothing: v.number(),
  averaging: v.number(),
  patience: v.number(),
}) satisfies v.GenericSchema<Recipe>;

/** How a model came about: kept with it, so that every figure can name its images. */
export const trainingRecordSchema = v.object({
  split: v.picklist(SPLITS),
  architecture: v.picklist(ARCHITECTURES),
  /** Epochs done, of those asked for. */
  epochs: v.number(),
  epochsAsked: v.number(),
  batchSize: v.number(),
  recipe: recipeSchema,
  seed: v.number(),
  limit: v.nullable(v.number()),
  /** Images trained on and kept for validation, both of the split's training part. */
  trainImages: v.number(),
  validationImages: v.number(),
  /** How many of `trainImages` are pen-drawn characters from a stroke file, not images of the split. */
  strokeImages: v.number(),
  /** Each class's share of the images, and of the pen-drawn characters, that were shown; in class order. */
  classShares: v.array(v.number()),
  strokeShares: v.nullable(v.array(v.number())),
  /** The epoch whose weights these are: the last, or the best where the recipe has patience. */
  keptEpoch: v.number(),
  /** No epoch was better for as long as the recipe's patience lasts: there is nothing to resume. */
  stoppedEarly: v.boolean(),
  /** Of the kept epoch, before calibration. */
  validationLoss: v.number(),
  validationAccuracy: v.number(),
  /** What the logits were divided by to calibrate the probabilities on the validation images. */
  temperature: v.number(),
  seconds: v.number(),
  /** The device it was trained on, in words. */
  engine: v.string(),
  /** When the last epoch ended, ISO 8601. */
  date: v.string(),
  /** Version of emnist-tui. */
  version: v.string(),
});
export type TrainingRecord = v.InferOutput<typeof trainingRecordSchema>;

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

/** What a file of another format holds of a model. */
export interface ModelFile extends Pick<Model, 'network' | 'weights' | 'training'> {
  /** Null where the file does not say. */
  labels: readonly string[] | null;
  /** This program wrote it, so that its images are known to be upright. */
  isOurs: boolean;
}
