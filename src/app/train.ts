import type { Paths } from '../core/paths.ts';
import { startTraining } from '../core/training/start-training.ts';
import type { TrainingRun } from '../core/training/training-run.ts';
import { parseOptions } from './options/parse.ts';
import { type TrainOptions, trainOptions } from './options/train.ts';

/**
 * Trains a model in a separate worker. The run starts when it is first iterated.
 *
 * @throws EmnistError `usage` for invalid options
 */
export function train(options: TrainOptions, { paths }: { paths: Paths }): TrainingRun {
  return startTraining(parseOptions(trainOptions, options), paths);
}
