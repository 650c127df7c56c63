import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';
import type { Paths } from '../paths.ts';
import { gunzipFile, openIdx } from './idx.ts';
import { type DatasetManifest, readManifest } from './manifest.ts';
import { memberName, splitFolder } from './split-files.ts';
import { firstLabel, type Part, type Split, splitLabels } from './splits.ts';
import { transposeImages } from './transpose.ts';

/** 50 kB, so that they are still in the cache when they are turned. */
const BLOCK_IMAGES = 64;

export interface DatasetPart {
  /** Bytes, ink 255 on paper 0, upright, row-major, [count, 784]. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
  count: number;
  /** The characters of the classes, in class order. */
  classLabels: readonly string[];
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

/** How many images of its training part each class of a split has, [classes]. Throws as `readPart`. */
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
  // Chunks end anywhere, so images are gathered here; many at a time, so that views are not made for each.
  const block = new Uint8Array(BLOCK_IMAGES * IMAGE_PIXELS);
  let filled = 0;
  let first = 0;
  const flush = () => {
    const gathered = filled / IMAGE_PIXELS;
    if (sample.size === count) transposeImages(block, 0, upright, first, gathered);
    else {
      for (let index = 0; index < gathered; index++) {
        const target = sample.position(first + index);
        if (target !== null) transposeImages(block, index, upright, target, 1);
      }
    }
    first += gathered;
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
