import { stat } from 'node:fs/promises';
import { describeDataset } from '../core/dataset/dataset-info.ts';
import type { DatasetName } from '../core/dataset/dataset-name.ts';
import type { OwnDetails } from '../core/dataset/own/own-details.ts';
import { readChosenImages, readClassCounts } from '../core/dataset/read-part.ts';
import { resolveSource } from '../core/dataset/source.ts';
import type { Part } from '../core/dataset/splits.ts';
import { invalidOption } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import type { WorkContext } from './work.ts';

/** A class of a data set, with some of its images. */
export interface ClassImages {
  label: string;
  trainImages: number;
  testImages: number;
  /** [28, 28] bytes each, ink 255, upright; evenly spread over the class. */
  images: Uint8Array[];
}

export interface DatasetImages {
  name: DatasetName;
  trainImages: number;
  testImages: number;
  /** What was found in the source of a data set of one's own. */
  details: OwnDetails | null;
  classes: ClassImages[];
}

/** Which images of each class to choose. */
export interface ImagesRequest {
  /** The most images of a class. */
  perClass: number;
  /** The training part by default. */
  part?: Part;
  /** How many images of each class to skip: those that were shown before. */
  offset?: number;
  /** Called while the images are read with the share that has been, 0 to 1. */
  onProgress?: (share: number) => void;
}

/**
 * Chooses some images of each class of a data set. Successive offsets go through all images of a class, each once, and
 * however many have been chosen, they are spread over the class. Throws `dataset-missing`, `dataset-damaged`, and the signal's reason.
 */
export async function datasetImages(
  name: DatasetName,
  { perClass, part = 'train', offset = 0, onProgress }: ImagesRequest,
  { paths, signal }: WorkContext,
): Promise<DatasetImages> {
  const { trainImages, testImages, details, labels: classLabels } = await describeDataset(paths, name);
  const otherCounts = await readClassCounts(paths, name, part === 'train' ? 'test' : 'train');
  signal?.throwIfAborted();
  const ofClass: number[][] = classLabels.map(() => []);
  let chosenOf: number[][] = [];
  let chosen = new Uint32Array();
  const choose = (labels: Uint8Array) => {
    for (const [index, label] of labels.entries()) ofClass[label]!.push(index);
    chosenOf = ofClass.map((all) => spread(all.length, offset, perClass).map((position) => all[position]!));
    chosen = Uint32Array.from(chosenOf.flat()).sort();
    return chosen;
  };
  const reportProgress = (done: number, total: number) => onProgress?.(done / total);
  const { images } = await readChosenImages(paths, name, part, choose, { signal, onProgress: reportProgress });
  signal?.throwIfAborted();
  const positions = new Map([...chosen].map((index, position) => [index, position]));
  const classes = classLabels.map((label, index): ClassImages => {
    const counts = { [part]: ofClass[index]!.length, [part === 'train' ? 'test' : 'train']: otherCounts[index]! };
    return {
      label,
      trainImages: counts.train!,
      testImages: counts.test!,
      images: chosenOf[index]!.map((image) => {
        const at = positions.get(image)!;
        return images.subarray(at * IMAGE_PIXELS, (at + 1) * IMAGE_PIXELS);
      }),
    };
  });
  return { name, trainImages, testImages, details, classes };
}

/**
 * Positions `offset` to `offset + size` of an order of 0 to `count` - 1 in which successive numbers are far apart: steps of
 * the golden ratio, whose multiples fill a circle evenly (Weyl's sequence).
 */
function spread(count: number, offset: number, size: number): number[] {
  let step = Math.max(1, Math.round(count * ((Math.sqrt(5) - 1) / 2)));
  // Without a common divisor, each number comes once.
  while (commonDivisor(step, count) > 1) step++;
  const length = Math.max(0, Math.min(size, count - offset));
  return Array.from({ length }, (_, index) => ((offset + index) * step) % count);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** Checks that there is something to take over data of one's own from. Throws `usage`, and the errors of files. */
export async function checkOwnSource(from: string): Promise<void> {
  const source = resolveSource(from, {});
  if (source.type === 'url') {
    throw invalidOption('from', from, 'a folder or file', { reason: 'your own data must be on this machine' });
  }
  try {
    await stat(source.file);
  } catch (error) {
    throw fileError(error, source.file);
  }
}
