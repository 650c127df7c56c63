import { AVIF_FORMAT } from './avif.ts';
import { BMP_FORMAT } from './bmp.ts';
import { GIF_FORMAT } from './gif.ts';
import { JPEG_FORMAT } from './jpeg.ts';
import type { PictureFormat } from './picture-format.ts';
import { PNG_FORMAT } from './png.ts';
import { TIFF_FORMAT } from './tiff.ts';
import { WEBP_FORMAT } from './webp.ts';

const FORMATS: readonly PictureFormat[] = [
  PNG_FORMAT,
  JPEG_FORMAT,
  WEBP_FORMAT,
  GIF_FORMAT,
  BMP_FORMAT,
  TIFF_FORMAT,
  AVIF_FORMAT,
];

/** The format of a file by its first bytes, or null for files that are not pictures or of another format. */
export function pictureFormat(head: Uint8Array): PictureFormat | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return FORMATS.find((format) => format.matches(bytes)) ?? null;
}

/** Pictures that are recognized but not read, by a part of the file and where it is. */
const UNSUPPORTED: readonly (readonly [at: number, bytes: string, kind: string])[] = [
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map(
    (brand) => [4, `ftyp${brand}`, 'a HEIC picture'] as const,
  ),
  [4, 'JXL ', 'a JPEG XL picture'],
  [0, '\xff\x0a', 'a JPEG XL picture'],
  [4, 'jP  ', 'a JPEG 2000 picture'],
  [0, '\xff\x4f\xff\x51', 'a JPEG 2000 picture'],
  [0, '8BPS', 'a Photoshop picture'],
  [0, 'II+\0', 'a BigTIFF picture'],
  [0, 'MM\0+', 'a BigTIFF picture'],
  [0, '\0\0\x01\0', 'an icon'],
];

/** What a file is that is a picture of a format that cannot be read, or null. */
export function unsupportedPicture(head: Uint8Array): string | null {
  const beginning = Buffer.from(head.subarray(0, 16)).toString('latin1');
  return UNSUPPORTED.find(([at, bytes]) => beginning.startsWith(bytes, at))?.[2] ?? null;
}
