import { open } from 'node:fs/promises';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { EmnistError, messageOf } from '../errors.ts';
import { describeFormat } from '../files/describe-format.ts';
import { fileError } from '../files/file-errors.ts';
import { type WorkingPicture, workingPicture } from './gray-picture.ts';
import { type PictureHeader, pictureFormat, readPictureHeader } from './picture-header.ts';

/** The largest picture file that is read, in bytes. */
export const MAX_PICTURE_BYTES = 50 * 1024 * 1024;
/** The largest picture that is decoded, in pixels. */
export const MAX_PICTURE_PIXELS = 40_000_000;
/** How many bytes identify the format of a file that is not a picture. */
const HEAD_BYTES = 4096;

interface Rgba {
  width: number;
  height: number;
  /** [height, width, 4] */
  data: Uint8Array;
}

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
 * Decodes a PNG or JPEG file to gray, turned upright by its EXIF orientation and scaled down to four megapixels. Throws
 * EmnistErrors that name `source`: `input-unknown` for other files, `picture-too-large` (before anything is decoded),
 * `picture-invalid`.
 */
export function decodePicture(file: Uint8Array, source: string): WorkingPicture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  checkPictureBytes(bytes.length, source);
  if (!pictureFormat(bytes)) {
    const what = bytes.length === 0 ? 'empty' : describeFormat(bytes.subarray(0, HEAD_BYTES));
    throw new EmnistError('input-unknown', `${source} is ${what}, not a PNG or JPEG picture`, {
      source,
      accepted: 'pictures',
    });
  }
  const header = readPictureHeader(bytes);
  if (!header) throw damaged(source, 'the file ends within its header');
  const { width, height, leastBytes } = header;
  if (width === 0 || height === 0) throw damaged(source, `its size is ${width}x${height} pixels`);
  if (width * height > MAX_PICTURE_PIXELS) {
    throw new EmnistError(
      'picture-too-large',
      `${source} has ${width}x${height} pixels, more than the limit of ${MAX_PICTURE_PIXELS / 1e6} million`,
      { source },
    );
  }
  // Decoding allocates memory for all pixels that the header claims.
  if (bytes.length < leastBytes) throw damaged(source, `the file is too short for ${width}x${height} pixels`);
  return workingPicture(decode(bytes, header, source), header.orientation);
}

/** Throws `picture-too-large` if a file has too many bytes to be read. */
function checkPictureBytes(bytes: number, source: string): void {
  if (bytes <= MAX_PICTURE_BYTES) return;
  throw new EmnistError('picture-too-large', `${source} is larger than ${MAX_PICTURE_BYTES / 1024 / 1024} MB`, {
    source,
  });
}

function decode(bytes: Buffer, { format }: PictureHeader, source: string): Rgba {
  try {
    if (format === 'png') return PNG.sync.read(bytes);
    return jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_PICTURE_PIXELS / 1e6,
      // Enough for its own estimate for 40 megapixels in three colors, about 16 bytes per pixel and color.
      maxMemoryUsageInMB: 2048,
    });
  } catch (error) {
    throw damaged(source, messageOf(error), error);
  }
}

function damaged(source: string, reason: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'picture-invalid',
    `${source} is a damaged picture (${reason})`,
    { source, reason },
    { cause },
  );
}
