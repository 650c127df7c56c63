import type { Readable } from 'node:stream';
import { EmnistError } from '../core/errors.ts';
import { type FoundWriting, pictureCharacters } from '../core/images/picture-characters.ts';
import { readPicture } from '../core/images/picture-file.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { readStrokeFile } from '../core/strokes/stroke-file.ts';
import { type FindOrientation, type IdxOrientation, readIdxImages, sampleIdxImages } from './idx-images.ts';
import { detectFormat } from './input-format.ts';
import { inputDrawings, STANDARD_INPUT } from './standard-input.ts';

/** One character to recognize. */
export interface InputCharacter {
  /** The file as given; `-` is standard input. */
  source: string;
  /** The character's index in the source, from 0. */
  index: number;
  /** [784] bytes, ink 255, upright. */
  image: Uint8Array;
  /** Of images in IDX files: how they are stored. */
  stored?: IdxOrientation;
}

export interface ReadOptions {
  /** Called with what was found in each picture. */
  onFound?: (found: FoundWriting, source: string) => Promise<void>;
  /** Whether each picture of 28x28 pixels is an image as the model takes it: see `PictureOptions`. */
  picturesAsIs?: boolean;
  /** What `-` reads. Default `process.stdin`. */
  stdin?: Readable;
  /** Orientation of images in IDX files, or how to find it. Default: transposed, as EMNIST's are. */
  idxOrientation?: 'emnist' | 'upright' | FindOrientation;
}

/**
 * Streams the characters of some files in order. The format of a file is detected by its first bytes: a picture, IDX
 * images, or strokes as JSON lines, the latter two also gzipped. `-` reads strokes from standard input. Throws EmnistErrors
 * that name the file and, for strokes, the line.
 */
export async function* readCharacters(
  files: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<InputCharacter> {
  if (files.length === 0) {
    throw new EmnistError('usage', 'no files to read', { option: 'files', expected: 'at least one file' });
  }
  for (const source of files) {
    let index = 0;
    for await (const read of readImages(source, options)) yield { source, index: index++, ...read };
    if (index === 0)
      throw new EmnistError('input-empty', `${source} contains no characters`, { source, accepted: 'all' });
  }
}

type ReadImage = Pick<InputCharacter, 'image' | 'stored'>;

async function* readImages(source: string, options: ReadOptions): AsyncGenerator<ReadImage> {
  if (source === STANDARD_INPUT) {
    for await (const strokes of inputDrawings(options.stdin)) yield { image: rasterize(strokes) };
    return;
  }
  const { format, gzipped } = await detectFormat(source, 'all');
  const onFound = options.onFound && ((found: FoundWriting) => options.onFound!(found, source));
  switch (format) {
    case 'picture':
      yield* await pictureCharacters(await readPicture(source), source, { asIs: options.picturesAsIs, onFound });
      break;
    case 'idx':
      yield* readIdx(source, gzipped, options.idxOrientation ?? 'emnist');
      break;
    case 'strokes':
      for await (const { strokes } of readStrokeFile(source)) yield { image: rasterize(strokes) };
      break;
  }
}

async function* readIdx(
  source: string,
  gzipped: boolean,
  wanted: NonNullable<ReadOptions['idxOrientation']>,
): AsyncGenerator<ReadImage> {
  const stored: IdxOrientation =
    typeof wanted === 'function'
      ? await wanted(await sampleIdxImages(source, gzipped))
      : { orientation: wanted === 'emnist' ? 'transposed' : 'upright', from: 'given' };
  for await (const image of readIdxImages(source, gzipped, stored.orientation)) yield { image, stored };
}
