import { readPart } from '../dataset/read-part.ts';
import { type Split, splitLabels } from '../dataset/splits.ts';
import { UsageError } from '../errors.ts';
import { classIndex } from '../labels.ts';
import type { Paths } from '../paths.ts';
import { hash32, shuffledIndices } from '../random.ts';
import { DrawingStore } from '../strokes/drawing-store.ts';
import { readStrokeFile } from '../strokes/stroke-file.ts';

/** What a training is made of: a split's images, and characters drawn with a pen. */
export interface TrainingImages {
  /** The split's training part, [count, 784] bytes, upright. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  /** Indices of the images to train on. */
  train: Uint32Array;
  /** Indices of the images kept for validation. */
  validation: Uint32Array;
  /** Characters to train on beside them; none is kept for validation. */
  drawings: DrawingStore;
  /** Class indices, [drawings]. */
  drawingLabels: Uint8Array;
}

/** Which images a training is made of. */
export interface TrainingSource {
  split: Split;
  seed: number;
  /** Take only this many of the split's images. */
  limit: number | null;
  /** A stroke file whose labeled characters are trained on, too. */
  strokes: string | null;
}

/**
 * Reads a split's training part, of it `limit` images if given, and keeps one tenth for validation: which ones, the seed
 * alone says. `strokes` adds labeled pen-drawn characters to the images trained on.
 */
export async function readTrainingImages(paths: Paths, source: TrainingSource): Promise<TrainingImages> {
  const { images, labels, count } = await readPart(paths, source.split, 'train');
  const order = shuffledIndices(count, hash32(source.seed, 1));
  const used = source.limit === null ? order : order.subarray(0, source.limit);
  const validationCount = Math.floor(used.length / 10);
  if (validationCount === 0) {
    throw new UsageError(`${used.length} images are too few to train on`, 'take at least 10 with --limit');
  }
  const validation = used.slice(0, validationCount);
  const train = used.slice(validationCount);
  const drawn =
    source.strokes === null
      ? { drawings: new DrawingStore(), drawingLabels: new Uint8Array() }
      : await readDrawings(source.strokes, splitLabels(source.split));
  return { images, labels, train, validation, ...drawn };
}

/** A stroke file's characters that the classes hold; those with another label, or with none, are left out. */
async function readDrawings(file: string, classLabels: readonly string[]) {
  const drawings = new DrawingStore();
  const labels: number[] = [];
  for await (const { label, strokes } of readStrokeFile(file)) {
    if (label === undefined) continue;
    const index = classIndex(label, classLabels);
    if (index < 0) continue;
    drawings.add(strokes);
    labels.push(index);
  }
  if (labels.length === 0) {
    throw new UsageError(
      `${file} has no characters to train on`,
      'each line needs a "label" of the split beside its "strokes"',
    );
  }
  return { drawings, drawingLabels: Uint8Array.from(labels) };
}
