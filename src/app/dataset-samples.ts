import { stat } from 'node:fs/promises';
import { describeDataset } from '../core/dataset/dataset-info.ts';
import type { DatasetName } from '../core/dataset/dataset-name.ts';
import type { OwnDetails } from '../core/dataset/own/own-details.ts';
import { readClassCounts, readPart } from '../core/dataset/read-part.ts';
import { resolveSource } from '../core/dataset/source.ts';
import { invalidOption } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import type { WorkContext } from './work.ts';

/** A class of a data set, with some of its training images. */
export interface ClassSamples {
  label: string;
  trainImages: number;
  /** Null if it has not been counted. */
  testImages: number | null;
  /** [28, 28] bytes each, ink 255, upright; evenly spread over the class. */
  images: Uint8Array[];
}

export interface DatasetSamples {
  name: DatasetName;
  trainImages: number;
  testImages: number;
  /** What was found in the source of a data set of one's own. */
  details: OwnDetails | null;
  classes: ClassSamples[];
}

/** Images that are looked at, evenly spread: more would take too long, and too much memory. */
const MAX_IMAGES = 20_000;

/** Chooses some training images of each class of a data set. Throws `dataset-missing` and `dataset-damaged`. */
export async function datasetSamples(
  name: DatasetName,
  perClass: number,
  { paths, signal }: WorkContext,
): Promise<DatasetSamples> {
  const { trainImages, testImages, details } = await describeDataset(paths, name);
  const limit = trainImages > MAX_IMAGES ? MAX_IMAGES : null;
  const { images, labels, classLabels } = await readPart(paths, name, 'train', { limit });
  signal?.throwIfAborted();
  const counts = details ? null : await readClassCounts(paths, name);
  signal?.throwIfAborted();
  const ofClass: number[][] = classLabels.map(() => []);
  for (const [index, label] of labels.entries()) ofClass[label]!.push(index);
  const classes = classLabels.map((label, index): ClassSamples => {
    const all = ofClass[index]!;
    const size = Math.min(perClass, all.length);
    const chosen = Array.from({ length: size }, (_, position) => all[Math.floor((position * all.length) / size)]!);
    return {
      label,
      trainImages: details?.perClass[index]?.trainImages ?? counts![index]!,
      testImages: details?.perClass[index]?.testImages ?? null,
      // Copies, so that the others can be freed.
      images: chosen.map((image) => images.slice(image * IMAGE_PIXELS, (image + 1) * IMAGE_PIXELS)),
    };
  });
  return { name, trainImages, testImages, details, classes };
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
