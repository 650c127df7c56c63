import { open } from 'node:fs/promises';
import { EmnistError, messageOf } from '../errors.ts';
import { describeFormat } from '../files/describe-format.ts';
import { fileError } from '../files/file-errors.ts';
import { pictureFormat, unsupportedPicture } from './formats/formats.ts';
import { type PictureFormat, type PictureHeader, type Rgba, Unsupported } from './formats/picture-format.ts';
import { type WorkingPicture, workingPicture } from './gray-picture.ts';

/** The largest picture file that is read, in bytes: a photo of as many pixels as are decoded, as PNG. */
export const MAX_PICTURE_BYTES = 150 * 1024 * 1024;
/** The largest picture that is decoded, in pixels. */
export const MAX_PICTURE_PIXELS = 64_000_000;
/** How many bytes identify the format of a file that is not a picture. */
const HEAD_BYTES = 4096;

/** Reads a picture file. Throws EmnistErrors: `picture-too-large`, and those of `fileError`. */
export async function readPicture(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    checkPictureBytes((await handle.stat()).size, file);
    return await handle.readFile();
  } catch (error) {
    throw fileError(error, file);
  }
}

/**
 * Decodes a picture file to gray, turned upright by its EXIF orientation and scaled down to four megapixels. Throws
 * EmnistErrors that name `source`: `input-unknown` for other files, `picture-unsupported`, `picture-too-large` (before
 * anything is decoded), `picture-invalid`.
 */
export async function decodePicture(file: Uint8Array, source: string): Promise<WorkingPicture> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  checkPictureBytes(bytes.length, source);
  const format = pictureFormat(bytes);
  if (!format) {
    const unsupported = unsupportedPicture(bytes);
    if (unsupported) throw unsupportedError(source, unsupported);
    const what = bytes.length === 0 ? 'empty' : describeFormat(bytes.subarray(0, HEAD_BYTES));
    throw new EmnistError('input-unknown', `${source} is ${what}, not a picture`, { source, accepted: 'pictures' });
  }
  const header = await reading(source, () => readCheckedHeader(bytes, format, source));
  return workingPicture(await reading(source, () => decode(bytes, format, header)), header.orientation);
}

function readCheckedHeader(bytes: Buffer, format: PictureFormat, source: string): PictureHeader {
  const header = format.readHeader(bytes);
  if (!header) throw new Error('the file ends within its header');
  const { width, height, leastBytes } = header;
  if (width === 0 || height === 0) throw new Error(`its size is ${width}x${height} pixels`);
  if (width * height > MAX_PICTURE_PIXELS) {
    throw new EmnistError(
      'picture-too-large',
      `${source} has ${width}x${height} pixels, more than the limit of ${MAX_PICTURE_PIXELS / 1e6} million`,
      { source },
    );
  }
  // Decoding allocates memory for all pixels that the header claims.
  if (bytes.length < leastBytes) throw new Error(`the file is too short for ${width}x${height} pixels`);
  return header;
}

async function decode(bytes: Buffer, format: PictureFormat, { width, height }: PictureHeader): Promise<Rgba> {
  const rgba = await format.decode(bytes);
  if (rgba.width * rgba.height > width * height) throw new Error('it has more pixels than its header says');
  return rgba;
}

/** Turns errors of decoders into EmnistErrors that name `source`. */
async function reading<T>(source: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof EmnistError) throw error;
    if (error instanceof Unsupported) throw unsupportedError(source, error.kind);
    // Decoders in JavaScript read on where a file was cut off.
    const reason = error instanceof RangeError ? 'the file ends too soon' : messageOf(error);
    throw new EmnistError(
      'picture-invalid',
      `${source} is a damaged picture (${reason})`,
      { source, reason },
      { cause: error },
    );
  }
}

function unsupportedError(source: string, kind: string): EmnistError {
  return new EmnistError('picture-unsupported', `${source} is ${kind}, which is not supported`, { source, kind });
}

/** Throws `picture-too-large` if a file has too many bytes to be read. */
function checkPictureBytes(bytes: number, source: string): void {
  if (bytes <= MAX_PICTURE_BYTES) return;
  throw new EmnistError('picture-too-large', `${source} is larger than ${MAX_PICTURE_BYTES / 1024 / 1024} MB`, {
    source,
  });
}
