import path from 'node:path';
import { IMAGE_PIXELS } from '../../images/image-size.ts';
import type { Bytes } from '../progress.ts';
import { type ArrayData, elements, type NumberType } from './array-data.ts';
import { ImageStore, MAX_IMAGES } from './image-store.ts';
import { invalidData } from './own-errors.ts';
import { type ReadContext, Skipped, type SourceImages, type SourceReader } from './source-images.ts';

/** Elements are read so many images at a time. */
const BLOCK = 256;
/** Arrays that must be in memory as a whole. */
const MAX_MEMORY = 2 ** 30;
/** The most classes: rows of a mapping, or columns of labels that have a 1 in the column of their class. */
const MAX_CLASSES = 512;
const LABEL_NAME = /(?:^|[^a-z])(?:y|labels?|targets?|class(?:es)?)(?:[^a-z]|$)/i;

/** The images and labels of a part. */
interface Pair {
  images: ArrayData;
  labels: ArrayData;
}

/** Reads the images and labels among the arrays of a source, which are told apart by their shapes and names. */
export async function* readArrays(
  source: string,
  arrays: readonly ArrayData[],
  format: SourceImages['format'],
  context: ReadContext,
): SourceReader {
  const { train: trainPair, test: testPair, notes } = findPairs(source, arrays);
  const pairs = testPair ? [trainPair, testPair] : [trainPair];
  const bytes = ({ images: { shape, type } }: Pair) => elements(shape) * type.size;
  const total = pairs.reduce((sum, pair) => sum + bytes(pair), 0);
  let before = 0;
  const stores: ImageStore[] = [];
  for (const pair of pairs) {
    const store = new ImageStore(source);
    stores.push(store);
    yield* readPair(source, pair, store, before, total, context);
    before += bytes(pair);
  }
  const [train, test = null] = stores as [ImageStore, ImageStore?];
  return {
    ...{ format, train, test, inverted: 0, sizes: null, skipped: new Skipped(), notes },
    mapping: await readMapping(arrays),
    likelyOrientation: /emnist/i.test(path.basename(source)) ? 'transposed' : 'upright',
  };
}

/** The axis along which images are, if the other axes have 784 pixels; -1 if none is. */
function imageAxis(shape: readonly number[]): number {
  const isAxis = (axis: number) => shape[axis]! > 0 && elements(shape) / shape[axis]! === IMAGE_PIXELS;
  if (shape.length < 2) return -1;
  return isAxis(0) ? 0 : isAxis(shape.length - 1) ? shape.length - 1 : -1;
}

function findPairs(source: string, arrays: readonly ArrayData[]): { train: Pair; test: Pair | null; notes: string[] } {
  const numbers = arrays.filter(({ type }) => type.kind === 'number');
  const images = numbers.filter(({ shape }) => imageAxis(shape) >= 0);
  if (images.length === 0) {
    const large = numbers.find(({ shape }) => shape.length >= 3);
    throw large
      ? invalidData(source, 'image-size', `has images of ${large.shape.slice(1).join('x')}; 28x28 is needed`)
      : invalidData(source, 'format', 'has no array of images of 28x28 pixels');
  }
  const pairs = images.map((array) => ({ images: array, labels: labelsOf(array, arrays) }));
  const isTest = ({ images }: Pick<Pair, 'images'>) => /test|t10k/i.test(images.name);
  const isValidation = (pair: Pick<Pair, 'images'>) => !isTest(pair) && /val/i.test(pair.images.name);
  const complete = pairs.filter((pair): pair is Pair => pair.labels !== null);
  if (complete.length === 0) {
    throw invalidData(
      source,
      'labels-missing',
      `has images (${images[0]!.name || 'an array'}), but no labels for them`,
    );
  }
  const train = complete.filter((pair) => !isTest(pair) && !isValidation(pair));
  const test = complete.filter(isTest);
  const validation = complete.filter(isValidation);
  const chosen = train.length > 0 ? train : complete;
  if (chosen.length > 1 || test.length > 1) {
    throw invalidData(
      source,
      'ambiguous',
      `has several arrays of images: ${images.map(({ name }) => name).join(', ')}`,
    );
  }
  const other = train.length > 0 ? (test[0] ?? validation[0] ?? null) : null;
  const used = new Set([chosen[0]!.images, other?.images]);
  const left = images.filter((array) => !used.has(array)).map(({ name }) => name);
  return { train: chosen[0]!, test: other, notes: left.length > 0 ? [`Left out: ${left.join(', ')}.`] : [] };
}

/** The labels of an array of images: as many, with a name for labels, of the same part. */
function labelsOf(images: ArrayData, arrays: readonly ArrayData[]): ArrayData | null {
  const count = images.shape[imageAxis(images.shape)]!;
  const partOf = (name: string) => /train|test|t10k|val/i.exec(name)?.[0].toLowerCase() ?? null;
  const candidates = arrays.filter(({ shape, type }) => {
    if (elements(shape) === count) return true;
    return type.kind === 'number' && shape.length === 2 && shape[0] === count && shape[1]! <= MAX_CLASSES;
  });
  const same = candidates.filter(({ name }) => partOf(name) === partOf(images.name));
  const named = same.filter(({ name }) => LABEL_NAME.test(name));
  return named[0] ?? (same.length === 1 ? same[0]! : null);
}

async function* readPair(
  source: string,
  { images, labels }: Pair,
  store: ImageStore,
  before: number,
  total: number,
  { signal }: ReadContext,
): AsyncGenerator<Bytes, void> {
  const axis = imageAxis(images.shape);
  const count = images.shape[axis]!;
  if (count > MAX_IMAGES) throw invalidData(source, 'too-large', `has ${count} images, which is too many`);
  const texts = await readLabels(source, labels, count);
  const type = images.type as NumberType;
  const pixels = new Float64Array(IMAGE_PIXELS);
  const bytes = new Uint8Array(IMAGE_PIXELS);
  let scale: number | null = null;
  /** Takes images from a block of elements; `at` is where an image's pixel is in it. */
  const take = (view: DataView, size: number, at: (image: number, pixel: number) => number) => {
    const read = (image: number) => {
      for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) pixels[pixel] = type.read(view, at(image, pixel) * type.size);
    };
    if (scale === null) {
      let highest = 0;
      for (let image = 0; image < size; image++) {
        read(image);
        highest = pixels.reduce((max, value) => Math.max(max, value), highest);
      }
      scale = highest <= 1 ? 255 : 1;
    }
    for (let image = 0; image < size; image++) {
      read(image);
      for (let pixel = 0; pixel < IMAGE_PIXELS; pixel++) {
        const value = pixels[pixel]! * scale;
        if (!(value >= 0 && value <= 255)) {
          throw invalidData(
            source,
            'format',
            `has the pixel value ${pixels[pixel]} in ${images.name || 'its array'}, outside 0 to ${255 / scale}`,
          );
        }
        bytes[pixel] = Math.round(value);
      }
      store.add(bytes, texts[store.count]!);
    }
  };
  if (axis === 0 && !images.isColumnMajor) {
    let done = 0;
    for await (const block of blocksOf(source, images, BLOCK * IMAGE_PIXELS * type.size)) {
      signal.throwIfAborted();
      const size = block.byteLength / type.size / IMAGE_PIXELS;
      take(block, size, (image, pixel) => image * IMAGE_PIXELS + pixel);
      done += block.byteLength;
      yield { bytes: before + done, total };
    }
    return;
  }
  const whole = await readWhole(source, images);
  const { offsets, stride } = pixelOffsets(images, axis);
  for (let first = 0; first < count; first += BLOCK) {
    signal.throwIfAborted();
    take(whole, Math.min(BLOCK, count - first), (image, pixel) => (first + image) * stride + offsets[pixel]!);
    yield { bytes: before + (Math.min(count, first + BLOCK) / count) * whole.byteLength, total };
  }
}

/** Where the pixels of the first image are, with its axes in their order, and how far it is to the next one. */
function pixelOffsets({ shape, isColumnMajor }: ArrayData, axis: number): { offsets: Float64Array; stride: number } {
  const strides = shape.map((_, at) => elements(isColumnMajor ? shape.slice(0, at) : shape.slice(at + 1)));
  let offsets = [0];
  for (const [at, size] of shape.entries()) {
    if (at === axis) continue;
    offsets = offsets.flatMap((offset) => Array.from({ length: size }, (_, index) => offset + index * strides[at]!));
  }
  return { offsets: Float64Array.from(offsets), stride: strides[axis]! };
}

/** The elements of an array in blocks of so many bytes, the last of which may be smaller. */
async function* blocksOf(source: string, array: ArrayData, blockBytes: number): AsyncGenerator<DataView> {
  const expected = elements(array.shape) * array.type.size;
  let left = expected;
  let block = Buffer.alloc(Math.min(blockBytes, left));
  let filled = 0;
  for await (const chunk of array.open()) {
    for (let from = 0; from < chunk.length; ) {
      if (left === 0)
        throw invalidData(source, 'damaged', `is damaged: ${array.name || 'its array'} continues after its end`);
      const piece = chunk.subarray(from, from + block.length - filled);
      block.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      left -= piece.length;
      if (filled < block.length) continue;
      yield new DataView(block.buffer, block.byteOffset, block.length);
      filled = 0;
      if (left > 0 && left < block.length) block = Buffer.alloc(left);
    }
  }
  if (left > 0) throw invalidData(source, 'damaged', `is damaged: ${array.name || 'its array'} ends early`);
}

async function readWhole(source: string, array: ArrayData): Promise<DataView> {
  const bytes = elements(array.shape) * array.type.size;
  if (bytes > MAX_MEMORY) throw invalidData(source, 'too-large', `has an array of ${bytes} bytes, which is too large`);
  // The bytes may not be there: what is read decides how much memory is used.
  const views: Uint8Array[] = [];
  for await (const block of blocksOf(source, array, 1 << 20)) {
    views.push(Uint8Array.from(new Uint8Array(block.buffer, block.byteOffset, block.byteLength)));
  }
  const whole = Buffer.concat(views);
  return new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
}

async function readLabels(source: string, array: ArrayData, count: number): Promise<string[]> {
  const view = await readWhole(source, array);
  const { type, shape } = array;
  if (type.kind === 'text') return Array.from({ length: count }, (_, index) => type.read(view, index * type.size));
  const columns = elements(shape) / count;
  const value = matrixReader(view, array, type, [count, columns]);
  return Array.from({ length: count }, (_, row) => {
    if (columns === 1) return String(value(row, 0));
    let best = 0;
    for (let column = 1; column < columns; column++) if (value(row, column) > value(row, best)) best = column;
    return String(best);
  });
}

/** Reads elements of a matrix by row and column. */
function matrixReader(
  view: DataView,
  { isColumnMajor }: Pick<ArrayData, 'isColumnMajor'>,
  type: NumberType,
  [rows, columns]: readonly [number, number],
): (row: number, column: number) => number {
  return (row, column) => type.read(view, (isColumnMajor ? column * rows + row : row * columns + column) * type.size);
}

/** The mapping of EMNIST's files of MATLAB: rows of a number and character codes. */
async function readMapping(arrays: readonly ArrayData[]): Promise<ReadonlyMap<number, string> | null> {
  const array = arrays.find(({ name, shape }) => /(?:^|\.)mapping$/.test(name) && shape.length === 2 && shape[1]! >= 2);
  if (array?.type.kind !== 'number' || array.shape[0]! > MAX_CLASSES) return null;
  const view = await readWhole(array.name, array);
  const { type } = array;
  const [rows, columns] = array.shape as [number, number];
  const value = matrixReader(view, array, type, [rows, columns]);
  const mapping = new Map<number, string>();
  for (let row = 0; row < rows; row++) {
    const code = value(row, 1);
    if (!Number.isInteger(code) || code <= 0 || code > 0xd7ff) return null;
    mapping.set(value(row, 0), String.fromCodePoint(code));
  }
  return mapping;
}
