import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { constants, gunzipSync } from 'node:zlib';
import { EmnistError } from '../core/errors.ts';
import { describeFormat } from '../core/files/describe-format.ts';
import { fileError } from '../core/files/file-errors.ts';
import { pictureFormat, unsupportedPicture } from '../core/images/formats/formats.ts';
import { type FoundWriting, pictureCharacters } from '../core/images/picture-characters.ts';
import { readPicture } from '../core/images/picture-file.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { readStrokeFile, readStrokes } from '../core/strokes/stroke-file.ts';
import { type FindOrientation, type IdxOrientation, readIdxImages, sampleIdxImages } from './idx-images.ts';

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

const HEAD_BYTES = 4096;

type Format = 'picture' | 'idx' | 'strokes';

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
    if (index === 0) throw new EmnistError('input-empty', `${source} contains no characters`, { source });
  }
}

type ReadImage = Pick<InputCharacter, 'image' | 'stored'>;

async function* readImages(source: string, options: ReadOptions): AsyncGenerator<ReadImage> {
  if (source === '-') {
    try {
      for await (const { strokes } of readStrokes(options.stdin ?? process.stdin, source)) {
        yield { image: rasterize(strokes) };
      }
    } catch (error) {
      throw fileError(error, source);
    }
    return;
  }
  const { format, gzipped } = await detectFormat(source);
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

/** Detects the format of a file by its first bytes. Throws an EmnistError when it is unreadable or of an unknown format. */
async function detectFormat(source: string): Promise<{ format: Format; gzipped: boolean }> {
  const stats = await stat(source).catch((error) => {
    throw fileError(error, source);
  });
  if (stats.isDirectory()) {
    throw new EmnistError('file-is-folder', `${source} is a folder`, {
      path: source,
      pattern: path.join(source, '*.png'),
    });
  }
  // A pipe can only be read once, so its format cannot be detected.
  if (!stats.isFile()) return { format: 'strokes', gzipped: false };
  const stored = await readHead(source);
  const gzipped = stored[0] === 0x1f && stored[1] === 0x8b;
  const head = gzipped ? gunzipHead(stored, source) : stored;
  if (head.length === 0) throw new EmnistError('input-empty', `${source} is empty`, { source });
  if (!gzipped && (pictureFormat(head) || unsupportedPicture(head))) return { format: 'picture', gzipped };
  // Videos begin with the length of their first part, so they may have the same two zeros as IDX files.
  const mayBeIdx = head.toString('latin1', 4, 8) !== 'ftyp';
  if (head[0] === 0 && head[1] === 0 && mayBeIdx) return { format: 'idx', gzipped };
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('{') || /\.jsonl(\.gz)?$/i.test(source)) return { format: 'strokes', gzipped };
  throw new EmnistError('input-unknown', `${source} is ${describeFormat(head)}, which cannot be read`, {
    source,
    accepted: 'all',
  });
}

async function readHead(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(error, file);
  }
}

function gunzipHead(head: Uint8Array, source: string): Buffer {
  try {
    // Returns what can be decompressed so far. If that is nothing, the data must be complete.
    const beginning = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
    return beginning.length > 0 ? beginning : gunzipSync(head);
  } catch (error) {
    throw new EmnistError('input-damaged', `${source} is a damaged gzip file`, { source }, { cause: error });
  }
}
