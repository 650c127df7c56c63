import type { DatasetName } from '../dataset/dataset-name.ts';
import { readPart } from '../dataset/read-part.ts';
import { EmnistError } from '../errors.ts';
import { normalizeLabel } from '../label-text.ts';
import { classIndex } from '../labels.ts';
import type { Paths } from '../paths.ts';
import { hash32, shuffledIndices } from '../random.ts';
import { DrawingStore } from '../strokes/drawing-store.ts';
import { readStrokeFile } from '../strokes/stroke-file.ts';

/** The data of a training run: images of a split, and drawings. */
export interface TrainingImages {
  /** The split's training part, [count, 784] bytes, upright. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  /** Indices of the training images. */
  train: Uint32Array;
  /** Indices of the validation images. */
  validation: Uint32Array;
  /** Drawings to train on in addition; none is held out. */
  drawings: DrawingStore;
  /** Class indices, [drawings]. */
  drawingLabels: Uint8Array;
  /** Drawings of the same files with other labels. */
  signs: DrawingStore;
}

/** Where the data of a training run comes from. */
export interface TrainingSource {
  split: DatasetName;
  seed: number;
  /** Use only this many of the split's images. */
  limit: number | null;
  /** Stroke files with labeled drawings to train on in addition. */
  strokes: readonly string[];
  /** Keep drawings with other labels than those of the split, as examples of drawings that are not characters. */
  keepsSigns: boolean;
}

/**
 * Reads the training part of a split and holds out a tenth of it for validation, chosen by the seed. `limit` limits the
 * images, `strokes` adds labeled drawings to the training images.
 */
export async function readTrainingImages(paths: Paths, source: TrainingSource): Promise<TrainingImages> {
  const { images, labels, count, classLabels } = await readPart(paths, source.split, 'train');
  const { train, validation } = divideImages(count, source);
  if (validation.length === 0) {
    throw new EmnistError('too-few-images', `${train.length} images are too few to train on`, {
      images: train.length,
      minimum: 10,
    });
  }
  return { images, labels, train, validation, ...(await readDrawings(source, classLabels)) };
}

/** The indices of the images that a run trains on, and of those it holds out, of a split with `count` images. */
export function divideImages(
  count: number,
  { seed, limit }: Pick<TrainingSource, 'seed' | 'limit'>,
): Pick<TrainingImages, 'train' | 'validation'> {
  const order = shuffledIndices(count, hash32(seed, 1));
  const used = limit === null ? order : order.subarray(0, limit);
  const validationCount = Math.floor(used.length / 10);
  return { train: used.slice(validationCount), validation: used.slice(0, validationCount) };
}

/** Reads the drawings of stroke files: those that have one of the classes, and as `signs` those with other labels. */
async function readDrawings({ strokes: files, keepsSigns }: TrainingSource, classLabels: readonly string[]) {
  const drawings = new DrawingStore();
  const signs = new DrawingStore();
  const labels: number[] = [];
  for (const file of files) {
    const before = labels.length + signs.length;
    for await (const { label, strokes } of readStrokeFile(file)) {
      if (label === undefined) continue;
      const index = classIndex(normalizeLabel(label), classLabels);
      if (index < 0) {
        if (keepsSigns) signs.add(strokes);
        continue;
      }
      drawings.add(strokes);
      labels.push(index);
    }
    if (labels.length + signs.length === before) throw unlabeled(file);
  }
  return { drawings, drawingLabels: Uint8Array.from(labels), signs };
}

function unlabeled(file: string): EmnistError {
  return new EmnistError('strokes-unlabeled', `${file} has no drawings labeled with characters of the data set`, {
    file,
  });
}
