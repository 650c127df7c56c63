import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';
import type { Paths } from '../paths.ts';
import { gunzipFile, openIdx } from './idx.ts';
import { type DatasetManifest, readManifest } from './manifest.ts';
import { memberName, splitFolder } from './split-files.ts';
import { firstLabel, type Part, type Split, splitLabels } from './splits.ts';
import { transposeImages } from './transpose.ts';

/** Images that are transposed at a time: 50 kB, which fit into the processor's cache. */
const BLOCK_IMAGES = 64;

/** Images and labels of one part of a split. */
export interface DatasetPart {
  /** Upright, with ink 255 on paper 0; [count, 784]. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The labels of the classes, in order. */
  classLabels: readonly string[];
}

/**
 * Reads a part of an installed split, with upright images. With `limit` it reads that many images, evenly spread over the
 * part: some of NIST's parts are sorted by class, so the first images would all be of one class.
 * Throws `dataset-missing` or `dataset-damaged`.
 */
export async function readPart(
  paths: Paths,
  split: Split,
  part: Part,
  options: { limit?: number | null } = {},
): Promise<DatasetPart> {
  const { folder, manifest } = await openSplit(paths, split);
  try {
    const [images, labels] = await Promise.all([
      readImages(folder, manifest, part, options.limit ?? null),
      readLabels(folder, manifest, part, options.limit ?? null),
    ]);
    return { images, labels, count: labels.length, classLabels: splitLabels(split) };
  } catch (error) {
    throw readError(error, split);
  }
}

/** Counts the training images of each class of a split, [classes]. Throws the same errors as `readPart`. */
export async function readClassCounts(paths: Paths, split: Split): Promise<number[]> {
  const { folder, manifest } = await openSplit(paths, split);
  const counts = new Array<number>(splitLabels(split).length).fill(0);
  try {
    for (const label of await readLabels(folder, manifest, 'train', null)) counts[label]!++;
  } catch (error) {
    throw readError(error, split);
  }
  return counts;
}

async function openSplit(paths: Paths, split: Split): Promise<{ folder: string; manifest: DatasetManifest }> {
  const folder = splitFolder(paths, split);
  const manifest = await readManifest(folder, split);
  if (manifest === 'missing') {
    throw new EmnistError('dataset-missing', `the data set "${split}" has not been fetched`, { split });
  }
  if (manifest === 'damaged') throw damaged(split, 'files are missing or have changed');
  return { folder, manifest };
}

function readError(error: unknown, split: Split): unknown {
  return error instanceof EmnistError && error.code === 'idx-invalid' ? damaged(split, error.message, error) : error;
}

function damaged(split: Split, reason: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'dataset-damaged',
    `the data set "${split}" is damaged (${reason})`,
    { split, reason },
    { cause },
  );
}

async function readImages(folder: string, manifest: DatasetManifest, part: Part, limit: number | null) {
  const name = memberName(manifest.split, part, 'images');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 3 });
  const [count, height, width] = stream.dims as [number, number, number];
  expectCount(manifest, part, name, count);
  if (height !== IMAGE_SIZE || width !== IMAGE_SIZE)
    throw damaged(manifest.split, `${name} has images of ${height}x${width}`);
  const sample = new EvenSample(count, limit);
  const upright = new Uint8Array(sample.size * IMAGE_PIXELS);
  // Chunks end within images, so a block of whole images is collected first.
  const block = new Uint8Array(BLOCK_IMAGES * IMAGE_PIXELS);
  let filled = 0;
  let first = 0;
  const flush = () => {
    const images = filled / IMAGE_PIXELS;
    if (sample.size === count) transposeImages(block, 0, upright, first, images);
    else {
      for (let index = 0; index < images; index++) {
        const target = sample.position(first + index);
        if (target !== null) transposeImages(block, index, upright, target, 1);
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
  }
  flush();
  return upright;
}

async function readLabels(folder: string, manifest: DatasetManifest, part: Part, limit: number | null) {
  const name = memberName(manifest.split, part, 'labels');
  const stream = await openIdx(gunzipFile(path.join(folder, name)), { name, dims: 1 });
  const count = stream.bytes;
  expectCount(manifest, part, name, count);
  const sample = new EvenSample(count, limit);
  const labels = new Uint8Array(sample.size);
  const first = firstLabel(manifest.split);
  const classes = splitLabels(manifest.split).length;
  let index = 0;
  for await (const chunk of stream.data) {
    for (const number of chunk) {
      const label = number - first;
      if (label < 0 || label >= classes) throw damaged(manifest.split, `${name} has the label ${number}`);
      const target = sample.position(index++);
      if (target !== null) labels[target] = label;
    }
  }
  return labels;
}

function expectCount(manifest: DatasetManifest, part: Part, name: string, count: number): void {
  const expected = part === 'train' ? manifest.trainImages : manifest.testImages;
  if (count !== expected) throw damaged(manifest.split, `${name} has ${count} entries instead of ${expected}`);
}

/** A sample of `limit` of `count` indices, evenly spread: index k of the sample is floor(k * count / limit). */
class EvenSample {
  readonly size: number;
  readonly #count: number;

  constructor(count: number, limit: number | null) {
    this.size = Math.min(count, limit ?? count);
    this.#count = count;
  }

  /** The position of an index in the sample, or null if it is not part of it. */
  position(index: number): number | null {
    const position = Math.ceil((index * this.size) / this.#count);
    return position < this.size && Math.floor((position * this.#count) / this.size) === index ? position : null;
  }
}
