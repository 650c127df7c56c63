import * as v from 'valibot';
import { isSplit } from '../dataset/dataset-name.ts';
import { invalidOption } from '../errors.ts';
import { MAX_CLASSES } from '../label-text.ts';
import { classCount, type Network } from './network.ts';
import { OPTIMIZERS, type Recipe, SCHEDULES } from './recipe.ts';
import { curveSchema, epochSchema } from './training-history-schema.ts';

export const recipeSchema = v.object({
  optimizer: v.picklist(OPTIMIZERS),
  weightDecay: v.number(),
  learningRate: v.number(),
  schedule: v.picklist(SCHEDULES),
  augment: v.number(),
  balance: v.number(),
  labelSmoothing: v.number(),
  /** Models of earlier versions have none. */
  reject: v.optional(v.number(), 0),
  averaging: v.number(),
  patience: v.number(),
}) satisfies v.GenericSchema<unknown, Recipe>;

/** How a model was trained. Stored with it, so that every figure can state what it was measured on. */
export const trainingRecordSchema = v.object({
  split: v.string(),
  /** `cnn`, `vgg`, `deep`, or the name of a network of one's own. */
  architecture: v.string(),
  /** The name of the model whose weights it started from; absent for random ones. */
  parent: v.optional(v.string()),
  /** How many of the user's samples it was fine-tuned on; absent unless it has learned a hand. */
  samples: v.optional(v.number()),
  /** Completed epochs, of `epochsAsked`. */
  epochs: v.number(),
  epochsAsked: v.number(),
  batchSize: v.number(),
  recipe: recipeSchema,
  seed: v.number(),
  limit: v.nullable(v.number()),
  /** Images of the split's training part that were trained on, and held out for validation. */
  trainImages: v.number(),
  validationImages: v.number(),
  /** How many of `trainImages` are drawings from a stroke file. */
  strokeImages: v.number(),
  /** How many images without a character were shown in an epoch, in addition to `trainImages`. */
  rejectImages: v.optional(v.number(), 0),
  /** The share of each class among the images, and among the drawings, of an epoch; in class order. */
  classShares: v.array(v.number()),
  strokeShares: v.nullable(v.array(v.number())),
  /** The epoch the weights are from: the last, or with early stopping the best. */
  keptEpoch: v.number(),
  /** Early stopping ended the training, so there is nothing to resume. */
  stoppedEarly: v.boolean(),
  /** Of `keptEpoch`, before calibration. */
  validationLoss: v.number(),
  validationAccuracy: v.number(),
  /** The logits were divided by this to calibrate the probabilities on the validation set. */
  temperature: v.number(),
  seconds: v.number(),
  /**
   * Every completed epoch, and how training went in between; models of earlier versions have neither. They are only for display, so
   * invalid ones are left out.
   */
  history: v.fallback(v.optional(v.array(epochSchema)), undefined),
  curve: v.fallback(v.optional(curveSchema), undefined),
  /** Description of the device it was trained on. */
  engine: v.string(),
  /** When the last epoch ended, ISO 8601. */
  date: v.string(),
  /** Version of emnist-tui. */
  version: v.string(),
});
export type TrainingRecord = v.InferOutput<typeof trainingRecordSchema>;

/** A trained network and everything needed to use it. */
export interface Model {
  name: string;
  network: Network;
  /** The labels of its classes, in class order. */
  labels: readonly string[];
  /** In the order of `weightSpecs(network)`. */
  weights: readonly Float32Array[];
  /** Null for a model from another program. */
  training: TrainingRecord | null;
}

/**
 * Whether a model can reject images that are not one character: its network then has one more output, after those of the
 * labels, which stands for no character.
 */
export function canReject({ network, labels }: Pick<Model, 'network' | 'labels'>): boolean {
  return classCount(network) === labels.length + 1;
}

/**
 * How many outputs a network needs: one for each label, and one for no character if it learns to reject. Throws `usage` if there
 * is no room for that one.
 */
export function outputCount(labels: readonly string[], reject = 0): number {
  if (reject === 0) return labels.length;
  if (labels.length < MAX_CLASSES) return labels.length + 1;
  throw invalidOption('reject', reject, `0 with more than ${MAX_CLASSES - 1} classes`, {
    reason: `${labels.length} classes leave no room for an output for no character`,
  });
}

/** Whether a model was trained on data of one's own, whose pictures of 28x28 pixels were taken as they are. */
export function isOfOwnData({ training }: Pick<Model, 'training'>): boolean {
  return training !== null && !isSplit(training.split);
}

/** A model as read from a file of any format. */
export interface ModelFile extends Pick<Model, 'network' | 'weights' | 'training'> {
  /** Null if the file has none. */
  labels: readonly string[] | null;
  /** The last output has no label and stands for no character; see `canReject`. */
  rejects: boolean;
  /** The file has only weights; the layers were inferred from their shapes. */
  isInferred?: boolean;
  /** This program wrote the file, so the model is known to take upright images. */
  isOurs: boolean;
}
