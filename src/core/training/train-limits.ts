import { MAX_STRENGTH } from '../dataset/augmentation.ts';

/** The minimum and maximum, both inclusive, of each numeric option of a training run. */
export const TRAIN_LIMITS = {
  epochs: [1, 10_000],
  batchSize: [1, 8192],
  seed: [0, 2 ** 32 - 1],
  weightDecay: [0, 100],
  augment: [0, MAX_STRENGTH],
  balance: [0, 1],
  labelSmoothing: [0, 0.9],
  reject: [0, 1],
  averaging: [0, 0.99999],
  patience: [0, 10_000],
} as const;

/** The peak learning rate is above 0 and at most this. */
export const MAX_LEARNING_RATE = 100;
