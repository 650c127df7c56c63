import type { DatasetName } from '../dataset/dataset-name.ts';
import { readPart } from '../dataset/read-part.ts';
import type { Part } from '../dataset/splits.ts';
import { EmnistError } from '../errors.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { compareLabels, labelProblem, MAX_CLASSES, MAX_LABEL_CHARACTERS, normalizeLabel } from '../label-text.ts';
import { chooseClasses } from '../labels.ts';
import type { Paths } from '../paths.ts';
import { rasterize } from '../strokes/rasterize.ts';
import { readStrokeFile } from '../strokes/stroke-file.ts';

/** Labeled images to evaluate on. */
export interface EvaluationImages {
  /** Bytes, upright, [count, 784]. */
  images: Uint8Array;
  /** Where each is: its index in the part, or that of the drawing in the stroke file, [count]. */
  indices: Uint32Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The labels of the classes, in class order. */
  classLabels: readonly string[];
  /** The index of each class among those of the split. */
  splitClasses: readonly number[];
}

/** Where the images come from: a part of a split, or a stroke file. */
export interface EvaluationSource {
  split: DatasetName;
  part: Part;
  strokes?: string;
  /** Use only this many, evenly spread. */
  limit?: number;
  /** Only images of these characters: `all`, `digits`, `letters`, or the characters themselves. */
  characters: string;
}

/** Reads the images. Throws an `EmnistError` when they are missing or damaged, or when none has one of the characters. */
export async function readEvaluationImages(source: EvaluationSource, paths: Paths): Promise<EvaluationImages> {
  const { split, part, strokes, limit, characters } = source;
  const isWhole = characters === 'all';
  const { images, indices, labels, classLabels } =
    strokes === undefined
      ? await readPart(paths, split, part, { limit: isWhole ? limit : undefined })
      : await readDrawings(strokes);
  const choices = chooseClasses(classLabels, characters, strokes === undefined ? `"${split}"` : strokes);
  const classOf = new Map(choices.map(({ index }, position) => [index, position]));
  const ofClasses = [...labels.keys()].filter((image) => classOf.has(labels[image]!));
  if (ofClasses.length === 0) throw new EmnistError('no-images', `no images of ${characters}`, { characters });
  const count = Math.min(limit ?? ofClasses.length, ofClasses.length);
  const chosen = Array.from(
    { length: count },
    (_, position) => ofClasses[Math.floor((position * ofClasses.length) / count)]!,
  );
  return {
    images:
      count === labels.length
        ? images
        : Buffer.concat(chosen.map((image) => images.subarray(image * IMAGE_PIXELS, (image + 1) * IMAGE_PIXELS))),
    indices: Uint32Array.from(chosen, (image) => indices[image]!),
    labels: Uint8Array.from(chosen, (image) => classOf.get(labels[image]!)!),
    count,
    classLabels: choices.map(({ label }) => label),
    splitClasses: choices.map(({ index }) => index),
  };
}

async function readDrawings(file: string) {
  const images: Uint8Array[] = [];
  const characters: string[] = [];
  const indices: number[] = [];
  let drawings = 0;
  for await (const { label, strokes, line } of readStrokeFile(file)) {
    const index = drawings++;
    if (label === undefined) continue;
    const normalized = normalizeLabel(label);
    if (labelProblem(normalized) !== null) {
      const message = `${file}:${line}: ${JSON.stringify(label)} is not a label of 1 to ${MAX_LABEL_CHARACTERS} characters`;
      throw new EmnistError('label-invalid', message, { file, line, label });
    }
    images.push(rasterize(strokes));
    characters.push(normalized);
    indices.push(index);
  }
  if (images.length === 0) {
    throw new EmnistError('strokes-unlabeled', `${file} has no labeled drawings`, { file });
  }
  const classLabels = [...new Set(characters)].sort(compareLabels);
  if (classLabels.length > MAX_CLASSES) {
    throw new EmnistError('too-many-labels', `${file} has more than ${MAX_CLASSES} distinct labels`, {
      file,
      labels: classLabels.length,
      maximum: MAX_CLASSES,
    });
  }
  return {
    images: Buffer.concat(images),
    indices: Uint32Array.from(indices),
    labels: Uint8Array.from(characters, (label) => classLabels.indexOf(label)),
    classLabels,
  };
}
