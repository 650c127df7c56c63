import { readPart } from '../dataset/read.ts';
import type { Part, Split } from '../dataset/splits.ts';
import { UsageError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { chooseCharacters } from '../recognition/characters.ts';
import { rasterise } from '../recognition/rasterise.ts';
import { readStrokeFile } from '../recognition/stroke-file.ts';

/** Images of which it is known what they show. */
export interface EvaluationImages {
  /** Bytes, upright, [count, 784]. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The characters of the classes, in class order. */
  classLabels: readonly string[];
}

/** Where they come from: a part of a split, or the labelled characters of a stroke file. */
export interface EvaluationSource {
  split: Split;
  part: Part;
  strokes?: string;
  /** Take only this many, evenly spread. */
  limit?: number;
  /** Only images of these characters: `all`, `digits`, `letters`, or the characters themselves. */
  characters: string;
}

/** Reads the images. Throws `EmnistError` when they are missing or damaged, or when there is none of the characters. */
export async function readEvaluationImages(source: EvaluationSource, paths: Paths): Promise<EvaluationImages> {
  const { split, part, strokes, limit, characters } = source;
  const all =
    strokes === undefined ? await readPart(paths, split, part, { limit }) : await readDrawings(strokes, limit);
  return characters === 'all' ? all : only(all, characters);
}

async function readDrawings(file: string, limit = Number.POSITIVE_INFINITY): Promise<EvaluationImages> {
  const images: Uint8Array[] = [];
  const characters: string[] = [];
  for await (const { label, strokes } of readStrokeFile(file)) {
    if (label === undefined) continue;
    images.push(rasterise(strokes));
    characters.push(label);
  }
  if (images.length === 0) {
    throw new UsageError(`${file} says of no character what it is`, 'each line needs a "label" beside its "strokes"');
  }
  const classLabels = [...new Set(characters)].sort();
  const count = Math.min(limit, images.length);
  const chosen = Array.from({ length: count }, (_, index) => Math.floor((index * images.length) / count));
  return {
    images: Buffer.concat(chosen.map((index) => images[index]!)),
    labels: Uint8Array.from(chosen, (index) => classLabels.indexOf(characters[index]!)),
    count,
    classLabels,
  };
}

function only({ images, labels, classLabels }: EvaluationImages, characters: string): EvaluationImages {
  const choices = chooseCharacters(classLabels, characters);
  const chosen = [...labels.keys()].filter((image) => choices.some(({ index }) => index === labels[image]));
  return {
    images: Buffer.concat(chosen.map((image) => images.subarray(image * 784, (image + 1) * 784))),
    labels: Uint8Array.from(chosen, (image) => choices.findIndex(({ index }) => index === labels[image])),
    count: chosen.length,
    classLabels: choices.map(({ label }) => label),
  };
}
