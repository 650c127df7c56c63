import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileSize } from '../../files/file-info.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../images/image-size.ts';
import { openIdx } from '../idx.ts';
import type { Bytes } from '../progress.ts';
import { firstLabel, SPLITS, splitLabels } from '../splits.ts';
import { ImageStore } from './image-store.ts';
import { parseMapping } from './label-numbers.ts';
import { invalidData, sourceError } from './own-errors.ts';
import { type ReadContext, Skipped, type SourceReader } from './source-images.ts';
import { openStream } from './source-stream.ts';

/** The files of images and labels of a part. */
export interface IdxPair {
  images: string;
  labels: string;
}

const IDX_NAME = /idx[13]?(?:[-_.]?ubyte)?(?:\.gz)?$|[-_.]ubyte(?:\.gz)?$/i;

/** Whether a file has the name of an IDX file. */
export function isIdxName(name: string): boolean {
  return IDX_NAME.test(name);
}

/** The names that the file with the labels of some images may have, or the images of some labels. */
function counterparts(name: string): string[] {
  const isLabels = /labels/i.test(name) || /idx1/i.test(name);
  const other = isLabels
    ? name.replace(/labels/i, 'images').replace(/idx1/i, 'idx3')
    : name.replace(/images/i, 'labels').replace(/idx3/i, 'idx1');
  return withAndWithoutGzip(other === name ? [] : [other]);
}

function withAndWithoutGzip(names: readonly string[]): string[] {
  return names.flatMap((name) => (name.endsWith('.gz') ? [name, name.slice(0, -3)] : [name, `${name}.gz`]));
}

/** The names that a file of the other part may have: MNIST calls the test part `t10k`. */
function otherPart(name: string): string[] {
  if (/train/i.test(name)) return withAndWithoutGzip([name.replace(/train/i, 't10k'), name.replace(/train/i, 'test')]);
  return /t10k|test/i.test(name) ? withAndWithoutGzip([name.replace(/t10k|test/i, 'train')]) : [];
}

async function firstExisting(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await fileSize(file)) !== null) return file;
  }
  return null;
}

/** Finds the pair that a file of images or labels belongs to. Throws `data-invalid` if the other file is missing. */
async function pairOf(file: string): Promise<IdxPair> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const { dims, data } = await openPart(file);
  await data[Symbol.asyncIterator]().return?.();
  const isLabels = dims.length === 1;
  const names = counterparts(name);
  const other = await firstExisting(folder, names);
  if (other === null) {
    const what = isLabels ? 'images' : 'labels';
    const expected = names[0] ? ` (${names[0]})` : '';
    throw invalidData(file, 'labels-missing', `has no file of ${what} beside it${expected}`);
  }
  return isLabels ? { images: other, labels: file } : { images: file, labels: other };
}

/** Finds both parts of the IDX files that a file belongs to. */
export async function findIdxParts(file: string): Promise<{ train: IdxPair; test: IdxPair | null }> {
  const pair = await pairOf(file);
  const folder = path.dirname(file);
  const other = await firstExisting(folder, otherPart(path.basename(pair.images)));
  if (other === null) return { train: pair, test: null };
  const isTest = !/train/i.test(path.basename(pair.images));
  const otherPair = await pairOf(other);
  return isTest ? { train: otherPair, test: pair } : { train: pair, test: otherPair };
}

/** Finds the IDX files among the files of a folder. Throws `data-invalid` if they are those of several data sets. */
export async function findIdxInFolder(folder: string, names: readonly string[]) {
  const images = names.filter((name) => !/labels|idx1/i.test(name));
  const sets = new Map(images.map((name) => [name.replace(/train|t10k|test/i, '*').replace(/\.gz$/, ''), name]));
  if (sets.size > 1) {
    throw invalidData(folder, 'ambiguous', `has the IDX files of several data sets: ${[...sets.values()].join(', ')}`);
  }
  return findIdxParts(path.join(folder, images[0] ?? names[0]!));
}

async function openPart(file: string) {
  const stream = await openStream(file);
  return { ...(await openIdx(stream.data, { name: file })), size: stream.size, read: stream.read };
}

/** Reads pairs of IDX files. */
export async function* readIdx(parts: { train: IdxPair; test: IdxPair | null }, { signal }: ReadContext): SourceReader {
  const train = new ImageStore(parts.train.images);
  const test = parts.test && new ImageStore(parts.test.images);
  const sizes = await Promise.all([parts.train, parts.test].map((pair) => pair && fileSize(pair.images)));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  yield* readPair(parts.train, train, 0, total, signal);
  if (test) yield* readPair(parts.test!, test, sizes[0]!, total, signal);
  const name = path.basename(parts.train.images);
  return {
    ...{ format: 'idx', train, test, inverted: 0, sizes: null, skipped: new Skipped() },
    mapping: await findMapping(parts.train.images),
    likelyOrientation: /emnist/i.test(name) ? 'transposed' : 'upright',
    notes: test ? [`The test part is ${path.basename(parts.test!.images)}.`] : [],
  };
}

async function* readPair(
  { images, labels }: IdxPair,
  store: ImageStore,
  before: number,
  total: number,
  signal: AbortSignal,
): AsyncGenerator<Bytes, void> {
  const numbers = await openPart(labels);
  if (numbers.dims.length !== 1) throw invalidData(labels, 'labels-missing', 'has images, not labels');
  const all = Buffer.concat(await Array.fromAsync(numbers.data, (chunk) => Uint8Array.from(chunk)));
  const { dims, data, read } = await openPart(images);
  const [count, height, width] = dims;
  const isFlat = dims.length === 2 && height === IMAGE_PIXELS;
  if (!isFlat && (dims.length !== 3 || height !== IMAGE_SIZE || width !== IMAGE_SIZE)) {
    await data[Symbol.asyncIterator]().return?.();
    if (dims.length === 1) throw invalidData(images, 'labels-missing', 'has labels, not images');
    throw invalidData(images, 'image-size', `has images of ${dims.slice(1).join('x')}; 28x28 is needed`);
  }
  if (count !== all.length) {
    await data[Symbol.asyncIterator]().return?.();
    throw invalidData(
      images,
      'counts-differ',
      `has ${count} images, but ${path.basename(labels)} has ${all.length} labels`,
    );
  }
  const image = new Uint8Array(IMAGE_PIXELS);
  let filled = 0;
  for await (const chunk of data) {
    signal.throwIfAborted();
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + IMAGE_PIXELS - filled);
      image.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      if (filled < IMAGE_PIXELS) continue;
      filled = 0;
      store.add(image, String(all[store.count]!));
    }
    yield { bytes: before + read(), total };
  }
}

/** A mapping is a few lines. */
const MAX_MAPPING = 100_000;

/** What the labels beside a file of a data set stand for, by EMNIST's `mapping.txt`, or by its name. */
export async function findMapping(file: string): Promise<ReadonlyMap<number, string> | null> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const stem = /^(.*?)-?(?:train|t10k|test)\b/i.exec(name)?.[1];
  const found = await firstExisting(folder, [...(stem ? [`${stem}-mapping.txt`] : []), 'mapping.txt']);
  if (found !== null && (await fileSize(found))! <= MAX_MAPPING) {
    const text = await readFile(found, 'utf8').catch((error) => {
      throw sourceError(error, found);
    });
    const mapping = parseMapping(text);
    if (mapping) return mapping;
  }
  const split = SPLITS.find((one) => name.toLowerCase().startsWith(`emnist-${one}-`));
  return split ? new Map(splitLabels(split).map((label, index) => [index + firstLabel(split), label])) : null;
}
