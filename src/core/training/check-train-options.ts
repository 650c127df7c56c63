import * as v from 'valibot';
import { SPLITS } from '../dataset/splits.ts';
import { ARCHITECTURES } from '../model/network.ts';
import { OPTIMIZERS, SCHEDULES } from '../model/recipe.ts';
import { checkOptions, numberBetween, oneOf, positiveNumber, wholeNumber } from '../option-checks.ts';
import { MAX_LEARNING_RATE, TRAIN_LIMITS } from './train-limits.ts';
import type { TrainOptions } from './training-run.ts';

const schema = v.object({
  split: oneOf(SPLITS),
  epochs: wholeNumber(TRAIN_LIMITS.epochs),
  batchSize: wholeNumber(TRAIN_LIMITS.batchSize),
  architecture: oneOf(ARCHITECTURES),
  engine: oneOf(['auto', 'wasm', 'tensorflow']),
  threads: wholeNumber(TRAIN_LIMITS.threads),
  seed: wholeNumber(TRAIN_LIMITS.seed),
  limit: wholeNumber([1, Number.MAX_SAFE_INTEGER]),
  optimizer: oneOf(OPTIMIZERS),
  learningRate: positiveNumber(MAX_LEARNING_RATE),
  schedule: oneOf(SCHEDULES),
  weightDecay: numberBetween(TRAIN_LIMITS.weightDecay),
  augment: numberBetween(TRAIN_LIMITS.augment),
  balance: numberBetween(TRAIN_LIMITS.balance),
  labelSmoothing: numberBetween(TRAIN_LIMITS.labelSmoothing),
  averaging: numberBetween(TRAIN_LIMITS.averaging),
  patience: wholeNumber(TRAIN_LIMITS.patience),
} satisfies Partial<Record<keyof TrainOptions, v.GenericSchema>>);

/** Throws a UsageError for options that no training can have. */
export function checkTrainOptions(options: TrainOptions): void {
  checkOptions(schema, options);
}
