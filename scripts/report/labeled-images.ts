import type { EvaluationImages } from '../../src/core/evaluation/evaluation-images.ts';
import { IMAGE_PIXELS } from '../../src/core/images/image-size.ts';
import { compareLabels } from '../../src/core/label-text.ts';
import { chooseClasses } from '../../src/core/labels.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';

/** Images with the index of their class, of which `classLabels` has the labels. */
export type LabeledImages = Pick<EvaluationImages, 'images' | 'labels' | 'classLabels'>;

/** Drawings of labeled characters as images, in the same order. */
export function imagesOf(drawings: readonly { label: string; strokes: Drawing }[]): LabeledImages {
  const classLabels = [...new Set(drawings.map(({ label }) => label))].sort(compareLabels);
  return {
    images: rasterizeAll(drawings.map(({ strokes }) => strokes)),
    labels: Uint8Array.from(drawings, ({ label }) => classLabels.indexOf(label)),
    classLabels,
  };
}

/** The images of drawings, [n, 784] bytes. */
export function rasterizeAll(drawings: readonly Drawing[]): Uint8Array {
  return Buffer.concat(drawings.map((drawing) => rasterize(drawing)));
}

/** Only the images of some characters; `characters` as in `chooseClasses`. */
export function withCharacters(data: LabeledImages, characters: string): LabeledImages {
  const choices = chooseClasses(data.classLabels, characters);
  const classOf = new Map(choices.map(({ index }, position) => [index, position]));
  const kept = [...data.labels.keys()].filter((image) => classOf.has(data.labels[image]!));
  return {
    images: Buffer.concat(kept.map((image) => imageAt(data.images, image))),
    labels: Uint8Array.from(kept, (image) => classOf.get(data.labels[image]!)!),
    classLabels: choices.map(({ label }) => label),
  };
}

/** One of several images, [784]. */
export function imageAt(images: Uint8Array, index: number): Uint8Array {
  return images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS);
}

/** How many images there are. */
export function imageCount(images: Uint8Array): number {
  return images.length / IMAGE_PIXELS;
}
