import path from 'node:path';
import { EmnistError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { gunzipFile, openIdx, transposeImages } from './idx.ts';
import { type DatasetRecord, fileSize, folderFiles, memberName, readRecord, splitFolder } from './record.ts';
import { firstLabel, type Part, SPLITS, type Split, splitLabels } from './splits.ts';

export interface DatasetPart {
  /** Bytes, ink 255 on paper 0, upright, row-major, [count, 784]. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The characters of the classes, in class order. */
  classLabels: readonly string[];
}

export interface DatasetStatus {
  split: Split;
  /** Null where the split is not there or not whole. */
  trainImages: number | null;
  testImages: number | null;
  bytes: number;
}

/**
 * Reads a part of a fetched split, turning the images upright. With `limit` it takes that many images, spread evenly over
 * the part: some of NIST's parts are sorted by class, so that the first images would be of one class only.
 * Throws `EmnistError` `dataset-missing` or `dataset-damaged`.
 */
export async function readPart(
  paths: Paths,
  split: Split,
  part: Part,
  options: { limit?: number | null } = {},
): Promise<DatasetPart> {
  const folder = splitFolder(paths, split);
  const record = await readRecord(folder, split);
  if (record === 'missing') {
    throw new EmnistError(
      'dataset-missing',
      `the data set "${split}" has not been fetched`,
      `run "emnist-tui fetch --split ${split}"`,
    );
  }
  if (record === 'damaged') throw damaged(split, 'files are missing or have changed');
  try {
    const [images, labels] = await Promise.all([
      readImages(folder, record, part, options.limit ?? null),
      readLabels(folder, record, part, options.limit ?? null),
    ]);
    return { images, labels, count: labels.length, classLabels: splitLabels(split) };
  } catch (error) {
    if (error instanceof EmnistError && error.code === 'idx-invalid') throw damaged(split, error.message, error);
    throw error;
  }
}

function damaged(split: Split, what: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'dataset-damaged',
    `the data set "${split}" is damaged (${what})`,
    `run "emnist-tui fetch --split ${split}" again`,
    { cause },
  );
}

async function readImages(folder: string, record: DatasetRecord, part: Part, limit: number | null) {
  const name = memberName(record.split, part, 'images');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 3 });
  const [count, height, width] = stream.dims as [number, number, number];
  expectCount(record, part, name, count);
  if (height !== 28 || width !== 28) throw damaged(record.split, `${name} has images of ${height}x${width}`);
  const sample = new EvenSample(count, limit);
  const upright = new Uint8Array(sample.size * 784);

  let image = 0;
  const take = (bytes: Uint8Array, images: number) => {
    if (sample.size === count) transposeImages(bytes, 0, upright, image, images);
    else {
      for (let index = 0; index < images; index++) {
        const target = sample.position(image + index);
        if (target !== null) transposeImages(bytes, index, upright, target, 1);
      }
    }
    image += images;
  };
  // An image may lie across two chunks.
  const rest = new Uint8Array(784);
  let filled = 0;
  for await (const chunk of stream.data) {
    let start = 0;
    if (filled > 0) {
      start = Math.min(784 - filled, chunk.length);
      rest.set(chunk.subarray(0, start), filled);
      filled += start;
      if (filled < 784) continue;
      take(rest, 1);
    }
    const whole = Math.floor((chunk.length - start) / 784);
    take(chunk.subarray(start), whole);
    const tail = chunk.subarray(start + whole * 784);
    rest.set(tail);
    filled = tail.length;
  }
  return upright;
}

async function readLabels(folder: string, record: DatasetRecord, part: Part, limit: number | null) {
  const name = memberName(record.split, part, 'labels');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 1 });
  const count = stream.bytes;
  expectCount(record, part, name, count);
  const sample = new EvenSample(count, limit);
  const labels = new Uint8Array(sample.size);
  const first = firstLabel(record.split);
  const classes = splitLabels(record.split).length;
  let index = 0;
  for await (const chunk of stream.data) {
    for (const number of chunk) {
      const label = number - first;
      if (label < 0 || label >= classes) throw damaged(record.split, `${name} has the label ${number}`);
      const target = sample.position(index++);
      if (target !== null) labels[target] = label;
    }
  }
  return labels;
}

function expectCount(record: DatasetRecord, part: Part, name: string, count: number): void {
  const expected = part === 'train' ? record.trainImages : record.testImages;
  if (count !== expected) throw damaged(record.split, `${name} has ${count} entries instead of ${expected}`);
}

/** `limit` of `count` indices, evenly spread: the k-th is floor(k * count / limit). */
class EvenSample {
  readonly size: number;
  readonly #count: number;

  constructor(count: number, limit: number | null) {
    this.size = Math.min(count, limit ?? count);
    this.#count = count;
  }

  /** Where an index stands in the sample; null when it is not in it. */
  position(index: number): number | null {
    const position = Math.ceil((index * this.size) / this.#count);
    return position < this.size && Math.floor((position * this.#count) / this.size) === index ? position : null;
  }
}

/** The state of all six splits, from their records and the sizes of their files; nothing is unpacked. */
export async function datasetStatus(paths: Paths): Promise<DatasetStatus[]> {
  return Promise.all(
    SPLITS.map(async (split) => {
      const folder = splitFolder(paths, split);
      const record = await readRecord(folder, split);
      const sizes = await Promise.all(folderFiles(split).map((name) => fileSize(path.join(folder, name))));
      const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
      return typeof record === 'string'
        ? { split, trainImages: null, testImages: null, bytes }
        : { split, trainImages: record.trainImages, testImages: record.testImages, bytes };
    }),
  );
}
