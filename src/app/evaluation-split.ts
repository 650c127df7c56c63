import type { DatasetName } from '../core/dataset/dataset-name.ts';
import { classLabels, datasetStatus } from '../core/dataset/dataset-store.ts';
import { DEFAULT_SPLIT, splitLabels } from '../core/dataset/splits.ts';
import { classIndex } from '../core/labels.ts';
import type { Model, TrainingRecord } from '../core/model/model.ts';
import type { Paths } from '../core/paths.ts';

/** The split that a model is evaluated on by default: the one it was trained on if it is available, else `balanced`. */
export function splitToEvaluateOn(
  training: Pick<TrainingRecord, 'split'> | null,
  available: readonly DatasetName[],
): DatasetName {
  return training && available.includes(training.split) ? training.split : DEFAULT_SPLIT;
}

/**
 * The same from what is fetched. A data set that has no character in common with the model is passed over: own data may have
 * been replaced since the training. If `balanced` has none either, it is the one that the model was trained on, available or
 * not, since the error about it says more.
 */
export async function defaultSplit(
  { labels, training }: Pick<Model, 'labels' | 'training'>,
  paths: Paths,
): Promise<DatasetName> {
  const fits = (others: readonly string[]) => others.some((label) => classIndex(label, labels) >= 0);
  const available = (await datasetStatus(paths)).filter(
    (dataset) => dataset.trainImages !== null && fits(classLabels(dataset)),
  );
  const split = splitToEvaluateOn(
    training,
    available.map((dataset) => dataset.split),
  );
  return training && split === DEFAULT_SPLIT && !fits(splitLabels(DEFAULT_SPLIT)) ? training.split : split;
}
