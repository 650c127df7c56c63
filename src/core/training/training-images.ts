import { readPart } from '../dataset/read.ts';
import { type Split, splitLabels } from '../dataset/splits.ts';
import { UsageError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { hash32, shuffledIndices } from '../random.ts';
import { rasterise } from '../recognition/rasterise.ts';
import { readStrokeFile } from '../recognition/stroke-file.ts';

/** The images of a training: bytes, upright, and which of them are for what. */
export interface TrainingImages {
  /** [count, 784] */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  /** Indices of the images to train on. */
  train: Uint32Array;
  /** Indices of the images kept for validation; all of them from the split, none pen-drawn. */
  validation: Uint32Array;
  /** How many of `train` are pen-drawn. */
  strokeImages: number;
}

/**
 * Reads a split's training part, of it `limit` images if given, and keeps one tenth for validation: which ones, the seed
 * alone says. `strokeFile` adds labelled pen-drawn characters to the images trained on.
 */
export async function readTrainingImages(
  paths: Paths,
  options: { split: Split; seed: number; limit: number | null; strokeFile: string | null },
): Promise<TrainingImages> {
  const part = await readPart(paths, options.split, 'train');
  const order = shuffledIndices(part.count, hash32(options.seed, 1));
  const used = options.limit === null ? order : order.subarray(0, options.limit);
  const validationCount = Math.floor(used.length / 10);
  if (validationCount === 0) {
    throw new UsageError(`${used.length} images are too few to train on`, 'take at least 10 with --limit');
  }
  const validation = used.slice(0, validationCount);
  const train = used.slice(validationCount);
  if (options.strokeFile === null) return { ...part, train, validation, strokeImages: 0 };

  const strokes = await readStrokeImages(options.strokeFile, splitLabels(options.split));
  const count = part.count + strokes.labels.length;
  const images = new Uint8Array(count * 784);
  images.set(part.images);
  images.set(strokes.images, part.images.length);
  const labels = new Uint8Array(count);
  labels.set(part.labels);
  labels.set(strokes.labels, part.count);
  const all = new Uint32Array(train.length + strokes.labels.length);
  all.set(train);
  for (let i = 0; i < strokes.labels.length; i++) all[train.length + i] = part.count + i;
  return { images, labels, train: all, validation, strokeImages: strokes.labels.length };
}

/** Draws a stroke file's characters that the classes hold; those with another label, or with none, are left out. */
async function readStrokeImages(file: string, classLabels: readonly string[]) {
  const classOf = new Map(classLabels.map((label, index) => [label, index]));
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  for await (const { label, strokes } of readStrokeFile(file)) {
    if (label === undefined) continue;
    // Merged splits have one class for both cases, named by the capital.
    const index = classOf.get(label) ?? classOf.get(label.toUpperCase());
    if (index === undefined) continue;
    images.push(rasterise(strokes));
    labels.push(index);
  }
  if (labels.length === 0) {
    throw new UsageError(
      `${file} has no characters to train on`,
      'each line needs a "label" of the split beside its "strokes"',
    );
  }
  return { images: Buffer.concat(images), labels };
}
