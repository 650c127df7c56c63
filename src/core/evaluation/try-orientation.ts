import { datasetStatus } from '../dataset/dataset-store.ts';
import { SPLITS, splitLabels } from '../dataset/splits.ts';
import { transposeImages } from '../dataset/transpose.ts';
import { createEngine } from '../engine/select.ts';

import { labelsText } from '../labels.ts';
import type { Model } from '../model/model.ts';
import type { Paths } from '../paths.ts';
import type { OrientationTrial } from './evaluate-event.ts';
import { readEvaluationImages } from './evaluation-images.ts';
import { Scores } from './scores.ts';
import { shareClasses } from './shared-classes.ts';

/** Enough to tell the orientations apart, and fast. */
const IMAGES = 1000;

/**
 * Evaluates a model on upright and on transposed test images of the smallest fetched split that has all of its characters.
 * Null if there is no such split. Throws an `EmnistError` if the data set is damaged.
 */
export async function tryOrientation(
  { network, weights, labels }: Pick<Model, 'network' | 'weights' | 'labels'>,
  paths: Paths,
  signal?: AbortSignal,
): Promise<OrientationTrial | null> {
  const fetched = (await datasetStatus(paths))
    .filter(({ testImages }) => testImages !== null)
    .map(({ split }) => split);
  const [split] = SPLITS.filter(
    (one) => fetched.includes(one) && labels.every((label) => splitLabels(one).includes(label)),
  ).toSorted((a, b) => splitLabels(a).length - splitLabels(b).length);
  if (split === undefined) return null;
  const source = { split, part: 'test' as const, limit: IMAGES, characters: labelsText(labels) };
  const { images, labels: truth, classLabels } = await readEvaluationImages(source, paths);
  const engine = await createEngine();
  try {
    const loaded = await engine.createNetwork(network);
    await loaded.setWeights(weights);
    const accuracy = async (presented: Uint8Array) => {
      signal?.throwIfAborted();
      const scores = new Scores(shareClasses(classLabels, labels));
      scores.add(await loaded.predict(presented), truth);
      return scores.accuracy;
    };
    const transposed = new Uint8Array(images.length);
    transposeImages(images, 0, transposed, 0, truth.length);
    const trial = {
      split,
      images: truth.length,
      upright: await accuracy(images),
      transposed: await accuracy(transposed),
    };
    await loaded.dispose();
    return trial;
  } finally {
    await engine.dispose();
  }
}
