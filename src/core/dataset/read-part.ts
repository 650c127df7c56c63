import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';
import type { Paths } from '../paths.ts';
import { damagedDataset, describeDataset } from './dataset-info.ts';
import { type DatasetName, isSplit } from './dataset-name.ts';
import { gunzipFile, openIdx } from './idx.ts';
import { datasetFolder, ownFileName } from './own/own-manifest.ts';
import { memberName } from './split-files.ts';
import { firstLabel, type Part } from './splits.ts';
import { transposeImages } from './transpose.ts';

/** Images that are transposed at a time: 50 kB, which fit into the processor's cache. */
const BLOCK_IMAGES = 64;

/** Images and labels of one part of a data set. */
export interface DatasetPart {
  /** Upright, with ink 255 on paper 0; [count, 784]. */
  images: Uint8Array;
  /** Where each is among all images of the part, [count]. */
  indices: Uint32Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The labels of the classes, in order. */
  classLabels: readonly string[];
}

/**
 * Reads a part of an installed split, or of a data set of one's own, with upright images. With `limit` it reads that many
 * images, evenly spread over the part: some parts are sorted by class, so the first images would all be of one class.
 * Throws `dataset-missing` or `dataset-damaged`.
 */
export async function readPart(
  paths: Paths,
  split: DatasetName,
  part: Part,
  options: { limit?: number | null } = {},
): Promise<DatasetPart> {
  const files = await openDataset(paths, split);
  try {
    const [images, labels] = await Promise.all([
      readImages(files, part, (count) => new EvenSample(count, options.limit ?? null)),
      readLabels(files, part, options.limit ?? null),
    ]);
    const sample = new EvenSample(files.images[part], options.limit ?? null);
    const indices = Uint32Array.from(labels, (_, position) => sample.index(position));
    return { images, indices, labels, count: labels.length, classLabels: files.labels };
  } catch (error) {
    throw readError(error, split);
  }
}

/** Options for reading that may take seconds, since files are decompressed as a whole. */
export interface ReadingOptions {
  signal?: AbortSignal;
  /** Called after each chunk with the number of images that have been read, chosen or not, and the number of all images. */
  onProgress?: (images: number, total: number) => void;
}

/**
 * Reads some images of a part, chosen by their labels: `choose` is given the class indices of all, [images], and returns the indices
 * of those to read, ascending. Throws the same errors as `readPart`, and the signal's reason.
 */
export async function readChosenImages(
  paths: Paths,
  split: DatasetName,
  part: Part,
  choose: (labels: Uint8Array) => Uint32Array,
  options: ReadingOptions = {},
): Promise<DatasetPart> {
  const files = await openDataset(paths, split);
  try {
    const all = await readLabels(files, part, null);
    const chosen = choose(all);
    const images = await readImages(files, part, () => new ChosenIndices(chosen), options);
    const labels = Uint8Array.from(chosen, (index) => all[index]!);
    return { images, indices: chosen, labels, count: labels.length, classLabels: files.labels };
  } catch (error) {
    throw readError(error, split);
  }
}

/** Counts the images of each class of a part, [classes]. Throws the same errors as `readPart`. */
export async function readClassCounts(paths: Paths, split: DatasetName, part: Part = 'train'): Promise<number[]> {
  const files = await openDataset(paths, split);
  const counts = new Array<number>(files.labels.length).fill(0);
  try {
    for (const label of await readLabels(files, part, null)) counts[label]!++;
  } catch (error) {
    throw readError(error, split);
  }
  return counts;
}

/** The files of an installed data set. */
interface DatasetFiles {
  name: DatasetName;
  folder: string;
  /** The labels of the classes, in order. */
  labels: readonly string[];
  /** The number for class 0 in the files. */
  first: number;
  /** Whether the images are stored transposed. */
  isTransposed: boolean;
  images: Readonly<Record<Part, number>>;
  fileName(part: Part, contents: 'images' | 'labels'): string;
}

async function openDataset(paths: Paths, name: DatasetName): Promise<DatasetFiles> {
  const { labels, trainImages, testImages } = await describeDataset(paths, name);
  const common = { name, folder: datasetFolder(paths, name), labels, images: { train: trainImages, test: testImages } };
  if (!isSplit(name)) return { ...common, first: 0, isTransposed: false, fileName: ownFileName };
  return {
    ...common,
    first: firstLabel(name),
    isTransposed: true,
    fileName: (part, contents) => memberName(name, part, contents),
  };
}

function readError(error: unknown, name: DatasetName): unknown {
  return error instanceof EmnistError && error.code === 'idx-invalid'
    ? damagedDataset(name, error.message, error)
    : error;
}

async function readImages(
  files: DatasetFiles,
  part: Part,
  sampleOf: (count: number) => Sample,
  { signal, onProgress }: ReadingOptions = {},
) {
  const { folder, isTransposed } = files;
  const name = files.fileName(part, 'images');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 3 });
  const [count, height, width] = stream.dims as [number, number, number];
  expectCount(files, part, name, count);
  if (height !== IMAGE_SIZE || width !== IMAGE_SIZE)
    throw damagedDataset(files.name, `${name} has images of ${height}x${width}`);
  const sample = sampleOf(count);
  const upright = new Uint8Array(sample.size * IMAGE_PIXELS);
  const copy = isTransposed ? transposeImages : copyImages;
  // Chunks end within images, so a block of whole images is collected first.
  const block = new Uint8Array(BLOCK_IMAGES * IMAGE_PIXELS);
  let filled = 0;
  let first = 0;
  const flush = () => {
    const images = filled / IMAGE_PIXELS;
    if (sample.size === count) copy(block, 0, upright, first, images);
    else {
      for (let index = 0; index < images; index++) {
        const target = sample.position(first + index);
        if (target !== null) copy(block, index, upright, target, 1);
      }
    }
    first += images;
    filled = 0;
  };
  for await (const chunk of stream.data) {
    for (let start = 0; start < chunk.length; ) {
      const bytes = Math.min(block.length - filled, chunk.length - start);
      block.set(chunk.subarray(start, start + bytes), filled);
      filled += bytes;
      start += bytes;
      if (filled === block.length) flush();
    }
    signal?.throwIfAborted();
    onProgress?.(first, count);
  }
  flush();
  return upright;
}

async function readLabels(files: DatasetFiles, part: Part, limit: number | null) {
  const { folder, first } = files;
  const name = files.fileName(part, 'labels');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 1 });
  const count = stream.bytes;
  expectCount(files, part, name, count);
  const sample = new EvenSample(count, limit);
  const labels = new Uint8Array(sample.size);
  const classes = files.labels.length;
  let index = 0;
  for await (const chunk of stream.data) {
    for (const number of chunk) {
      const label = number - first;
      if (label < 0 || label >= classes) throw damagedDataset(files.name, `${name} has the label ${number}`);
      const target = sample.position(index++);
      if (target !== null) labels[target] = label;
    }
  }
  return labels;
}

/** Like `transposeImages`, for images that are upright. */
function copyImages(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  target.set(source.subarray(from * IMAGE_PIXELS, (from + count) * IMAGE_PIXELS), to * IMAGE_PIXELS);
}

function expectCount(files: DatasetFiles, part: Part, name: string, count: number): void {
  const expected = files.images[part];
  if (count !== expected) throw damagedDataset(files.name, `${name} has ${count} entries instead of ${expected}`);
}

/** Some of the indices of a part. */
interface Sample {
  readonly size: number;
  /** The position of an index in the sample, or null if it is not part of it. */
  position(index: number): number | null;
}

/** A sample of given indices. */
class ChosenIndices implements Sample {
  readonly #positions: ReadonlyMap<number, number>;

  constructor(indices: Uint32Array) {
    this.#positions = new Map([...indices].map((index, position) => [index, position]));
  }

  get size(): number {
    return this.#positions.size;
  }

  position(index: number): number | null {
    return this.#positions.get(index) ?? null;
  }
}

/** A sample of `limit` of `count` indices, evenly spread: index k of the sample is floor(k * count / limit). */
class EvenSample implements Sample {
  readonly size: number;
  readonly #count: number;

  constructor(count: number, limit: number | null) {
    this.size = Math.min(count, limit ?? count);
    this.#count = count;
  }

  /** The index at a position of the sample. */
  index(position: number): number {
    return Math.floor((position * this.#count) / this.size);
  }

  position(index: number): number | null {
    const position = Math.ceil((index * this.size) / this.#count);
    return position < this.size && this.index(position) === index ? position : null;
  }
}
