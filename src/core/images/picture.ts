import { open } from 'node:fs/promises';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { EmnistError, messageOf } from '../errors.ts';
import { describeFormat } from '../files/describe-format.ts';
import { fileError } from '../files/file-errors.ts';
import { type PictureHeader, pictureFormat, readPictureHeader } from './picture-header.ts';

/** The largest picture file that is read. */
export const MAX_PICTURE_BYTES = 50 * 1024 * 1024;
/** The most pixels that are decoded. */
export const MAX_PICTURE_PIXELS = 40_000_000;
/** So much of a file is looked at to tell what it is instead of a picture. */
const HEAD_BYTES = 4096;
/** What a picture is worked on at: a line of a hundred characters is still legible. */
const WORKING_PIXELS = 4_000_000;
/** A transparent picture is put on white paper, and where that leaves nothing to be seen, on black. */
const PAPERS = [255, 0];
/** The least difference, in gray levels, that can be seen. */
const VISIBLE_CONTRAST = 16;

/** Lightness, row-major: 255 is white. */
export interface GrayPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly gray: Uint8Array;
}

interface Rgba {
  width: number;
  height: number;
  /** [height, width, 4] */
  data: Uint8Array;
}

/** The bytes of a picture's file. Throws `EmnistError`s: `picture-too-large`, and those of reading a file. */
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
 * Decodes a PNG or JPEG file to gray, upright as its EXIF data says; a picture of more than four megapixels is made
 * smaller. Throws an EmnistError that names `source`: `input-unknown` for what is no such file, `picture-too-large` (seen
 * before decoding) or `picture-invalid`.
 */
export function decodePicture(file: Uint8Array, source: string): GrayPicture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  checkPictureBytes(bytes.length, source);
  if (!pictureFormat(bytes)) {
    const what = bytes.length === 0 ? 'empty' : describeFormat(bytes.subarray(0, HEAD_BYTES));
    throw new EmnistError('input-unknown', `${source} is ${what}, not a PNG or JPEG picture`, 'save it as PNG or JPEG');
  }
  const header = readPictureHeader(bytes);
  if (!header) throw damaged(source, 'it ends within its header');
  const { width, height } = header;
  if (width === 0 || height === 0) throw damaged(source, `it is ${width} x ${height} pixels`);
  if (width * height > MAX_PICTURE_PIXELS) {
    throw new EmnistError(
      'picture-too-large',
      `${source} has ${width} x ${height} pixels; at most ${MAX_PICTURE_PIXELS / 1e6} million are read`,
      'scale the picture down or cut out the writing',
    );
  }
  const gray = toGray(decode(bytes, header, source));
  return turnUpright(shrink(gray), header.orientation);
}

/** Throws `picture-too-large` for a file that is not to be read at all. */
function checkPictureBytes(bytes: number, source: string): void {
  if (bytes <= MAX_PICTURE_BYTES) return;
  throw new EmnistError(
    'picture-too-large',
    `${source} is larger than ${MAX_PICTURE_BYTES / 1024 / 1024} MB`,
    'scale the picture down or cut out the writing',
  );
}

function decode(bytes: Buffer, { format }: PictureHeader, source: string): Rgba {
  try {
    if (format === 'png') return PNG.sync.read(bytes);
    return jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_PICTURE_PIXELS / 1e6,
      // Its own estimate for 40 megapixels in three colors, some 16 bytes a pixel and color, fits.
      maxMemoryUsageInMB: 2048,
    });
  } catch (error) {
    throw damaged(source, messageOf(error), error);
  }
}

function damaged(source: string, why: string, cause?: unknown): EmnistError {
  return new EmnistError('picture-invalid', `${source} is a damaged picture (${why})`, 'save it again as PNG or JPEG', {
    cause,
  });
}

function toGray({ width, height, data }: Rgba): GrayPicture {
  const gray = new Uint8Array(width * height);
  for (const paper of PAPERS) {
    let darkest = 255;
    let lightest = 0;
    let transparent = false;
    for (let i = 0; i < gray.length; i++) {
      const at = 4 * i;
      const alpha = data[at + 3]!;
      if (alpha < 255) transparent = true;
      // Luma as in ITU-R BT.601, which JPEG uses too.
      const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      const value = Math.round(paper + (alpha / 255) * (luma - paper));
      gray[i] = value;
      if (value < darkest) darkest = value;
      if (value > lightest) lightest = value;
    }
    if (!transparent || lightest - darkest >= VISIBLE_CONTRAST) break;
  }
  return { width, height, gray };
}

/** Averages whole blocks of pixels until the picture has at most `WORKING_PIXELS`. */
function shrink(picture: GrayPicture): GrayPicture {
  const block = Math.ceil(Math.sqrt((picture.width * picture.height) / WORKING_PIXELS));
  if (block === 1) return picture;
  const width = Math.ceil(picture.width / block);
  const height = Math.ceil(picture.height / block);
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let py = y * block; py < Math.min(picture.height, (y + 1) * block); py++) {
        for (let px = x * block; px < Math.min(picture.width, (x + 1) * block); px++) {
          sum += picture.gray[py * picture.width + px]!;
          count++;
        }
      }
      gray[y * width + x] = Math.round(sum / count);
    }
  }
  return { width, height, gray };
}

/** Undoes the camera's turn: 2 mirrored, 3 half a turn, 4 both, 5 to 8 the same over the main diagonal. */
function turnUpright(picture: GrayPicture, orientation: number): GrayPicture {
  if (orientation === 1) return picture;
  const swapped = orientation >= 5;
  const width = swapped ? picture.height : picture.width;
  const height = swapped ? picture.width : picture.height;
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const storedX = swapped ? y : x;
      const storedY = swapped ? x : y;
      const fromX = mirrorX ? picture.width - 1 - storedX : storedX;
      const fromY = mirrorY ? picture.height - 1 - storedY : storedY;
      gray[y * width + x] = picture.gray[fromY * picture.width + fromX]!;
    }
  }
  return { width, height, gray };
}
