import { type DatasetInfo, describeDataset } from '../dataset/dataset-info.ts';
import type { DatasetName } from '../dataset/dataset-name.ts';
import { readChosenImages } from '../dataset/read-part.ts';
import { SPLITS, splitLabels } from '../dataset/splits.ts';
import { isEmnistError } from '../errors.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { classIndex } from '../labels.ts';
import type { Model } from '../model/model.ts';
import type { Paths } from '../paths.ts';
import { PendingEvents } from '../pending-events.ts';
import { hash32, shuffledIndices } from '../random.ts';
import type { Batch } from './batch-maker.ts';
import { sharesOfClasses } from './class-shares.ts';
import { GENERAL_IMAGES, type PreparationProgress, type Replay } from './replay.ts';
import { divideImages } from './training-images.ts';

/** How many images of a data set are replayed. */
const REPLAYED_IMAGES = 4000;

/**
 * The data set to replay images of: the one that the model was trained on or, if that has not been fetched, a split with the same
 * classes. Null if there is none.
 */
export async function findReplayed(
  { labels, training }: Pick<Model, 'labels' | 'training'>,
  paths: Paths,
): Promise<DatasetInfo | null> {
  const same = SPLITS.filter((name) => splitLabels(name).join() === labels.join());
  for (const name of new Set([...(training ? [training.split] : []), ...same])) {
    try {
      return await describeDataset(paths, name);
    } catch (error) {
      // A damaged one cannot be replayed either.
      if (!isEmnistError(error)) throw error;
    }
  }
  return null;
}

/**
 * Chosen images of a data set's training part: those to replay, and others, which the model was not trained on, to measure on. Yields
 * how many it has read; leaving the iteration ends the reading.
 */
export async function* readReplayed(
  split: DatasetName,
  model: Pick<Model, 'labels' | 'training'>,
  paths: Paths,
  seed: number,
): AsyncGenerator<PreparationProgress, Pick<Replay, 'images' | 'imageLabels' | 'general'>> {
  const progress = new PendingEvents<PreparationProgress>();
  const left = new AbortController();
  let chosen = new Uint32Array();
  let general: ReadonlySet<number> = new Set();
  const classes = (await describeDataset(paths, split)).labels.map((label) => classIndex(label, model.labels));
  const choose = (labels: Uint8Array): Uint32Array => {
    const order = shuffledIndices(labels.length, hash32(seed, 1));
    const isTrainedOn = trainedOn(split, model, labels.length);
    const byClass = (from: Uint32Array, count: number) =>
      chooseByClass(from, (index) => classes[labels[index]!]!, sharesOfClasses(model), count);
    general = new Set(
      byClass(
        order.filter((index) => !isTrainedOn(index)),
        GENERAL_IMAGES,
      ),
    );
    const replayed = byClass(
      order.filter((index) => !general.has(index)),
      REPLAYED_IMAGES,
    );
    chosen = Uint32Array.from([...general, ...replayed]).sort();
    return chosen;
  };
  const reading = readChosenImages(paths, split, 'train', choose, {
    signal: left.signal,
    onProgress: (images, total) => progress.add({ images, total }),
  });
  const part = yield* progress.during(reading, () => left.abort());
  const those = (isWanted: (index: number) => boolean): Batch => {
    const positions = [...chosen.keys()].filter((position) => isWanted(chosen[position]!));
    const images = new Uint8Array(positions.length * IMAGE_PIXELS);
    positions.forEach((position, to) => {
      const image = part.images.subarray(position * IMAGE_PIXELS, (position + 1) * IMAGE_PIXELS);
      images.set(image, to * IMAGE_PIXELS);
    });
    return { images, labels: Uint8Array.from(positions, (position) => classes[part.labels[position]!]!) };
  };
  const replayed = those((index) => !general.has(index));
  return { images: replayed.images, imageLabels: replayed.labels, general: those((index) => general.has(index)) };
}

/** Which images of a data set the model was trained on, if it is known; else none. */
function trainedOn(
  split: DatasetName,
  { training }: Pick<Model, 'training'>,
  count: number,
): (index: number) => boolean {
  if (training?.split !== split) return () => false;
  const trained = new Set(divideImages(count, training).train);
  return (index) => trained.has(index);
}

/** The first of `from` of each class, in proportion to its share, about `count` together. A class of -1 is left out. */
function chooseByClass(
  from: Uint32Array,
  classOf: (index: number) => number,
  shares: readonly number[],
  count: number,
): Uint32Array {
  const left = shares.map((share) => Math.ceil(share * count));
  return from.filter((index) => {
    const label = classOf(index);
    return label >= 0 && left[label]!-- > 0;
  });
}
