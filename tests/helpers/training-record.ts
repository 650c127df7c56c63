import type { TrainingRecord } from '../../src/core/model/model.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';

/** The training record of a made-up run on digits. */
export function trainingRecord(overrides: Partial<TrainingRecord> = {}): TrainingRecord {
  return {
    split: 'digits',
    architecture: 'cnn',
    epochs: 1,
    epochsAsked: 1,
    batchSize: 128,
    recipe: recipeFor('cnn'),
    seed: 1,
    limit: null,
    trainImages: 900,
    validationImages: 100,
    strokeImages: 0,
    rejectImages: 0,
    classShares: new Array(10).fill(0.1),
    strokeShares: null,
    temperature: 1,
    keptEpoch: 1,
    stoppedEarly: false,
    validationLoss: 1,
    validationAccuracy: 0.5,
    seconds: 1,
    engine: 'test',
    date: '2026-01-01T00:00:00Z',
    version: '0.0.0',
    ...overrides,
  };
}
