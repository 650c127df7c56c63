import { crc32 } from 'node:zlib';
import jpeg from 'jpeg-js';
import { GifWriter } from 'omggif';
import { PNG } from 'pngjs';
import type { GrayPicture } from '../../src/core/images/gray-picture.ts';

/** A PNG file. `colorOf` gives the color and alpha of each gray value. */
export function pngFile(
  { width, height, gray }: GrayPicture,
  colorOf: (value: number) => readonly number[] = (value) => [value, value, value, 255],
): Buffer {
  const picture = new PNG({ width, height });
  gray.forEach((value, i) => {
    picture.data.set(colorOf(value), 4 * i);
  });
  return PNG.sync.write(picture);
}

/** A chunk of a PNG file. */
export function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
}

/** An animated GIF file: the picture, then white. */
export function gifFile({ width, height, gray }: GrayPicture): Buffer {
  const file = Buffer.alloc(1000 + 4 * gray.length);
  const palette = Array.from({ length: 256 }, (_, value) => value * 0x010101);
  const writer = new GifWriter(file, width, height, { palette });
  writer.addFrame(0, 0, width, height, [...gray]);
  writer.addFrame(
    0,
    0,
    width,
    height,
    Array.from(gray, () => 255),
  );
  return file.subarray(0, writer.end());
}

/** A big-endian TIFF file without compression. */
export function tiffFile({ width, height, gray }: GrayPicture, orientation = 1): Buffer {
  const fields: readonly [tag: number, value: number][] = [
    [256, width],
    [257, height],
    [258, 8],
    [262, 1],
    [273, 8],
    [274, orientation],
    [279, gray.length],
  ];
  const entries = fields.map(([tag, value]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16BE(tag, 0);
    entry.writeUInt16BE(4, 2);
    entry.writeUInt32BE(1, 4);
    entry.writeUInt32BE(value, 8);
    return entry;
  });
  const head = Buffer.from('MM\0*\0\0\0\0', 'latin1');
  head.writeUInt32BE(8 + gray.length, 4);
  return Buffer.concat([head, gray, Buffer.of(0, fields.length), ...entries, Buffer.alloc(4)]);
}

/** A JPEG file, with an EXIF orientation if given. */
export function jpegFile({ width, height, gray }: GrayPicture, orientation?: number): Buffer {
  const data = Buffer.alloc(4 * width * height, 255);
  gray.forEach((value, i) => {
    data.fill(value, 4 * i, 4 * i + 3);
  });
  const file = jpeg.encode({ width, height, data }, 90).data;
  if (orientation === undefined) return file;
  const tiff = Buffer.from('MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0', 'latin1');
  tiff.writeUInt16BE(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([file.subarray(0, 2), head, body, file.subarray(2)]);
}

/** The visible sides that the first row and the first column of a stored picture are, by EXIF orientation (EXIF 2.32, 4.6.4). */
const FIRST_ROW_AND_COLUMN = [
  ['top', 'left'],
  ['top', 'right'],
  ['bottom', 'right'],
  ['bottom', 'left'],
  ['left', 'top'],
  ['right', 'top'],
  ['right', 'bottom'],
  ['left', 'bottom'],
] as const;

/** An upright picture as stored by a camera that writes this EXIF orientation, 1 to 8. */
export function storedPicture({ width, height, gray }: GrayPicture, orientation: number): GrayPicture {
  const [firstRow, firstColumn] = FIRST_ROW_AND_COLUMN[orientation - 1]!;
  const from = (side: 'left' | 'right' | 'top' | 'bottom', x: number, y: number) => {
    if (side === 'left') return x;
    if (side === 'right') return width - 1 - x;
    return side === 'top' ? y : height - 1 - y;
  };
  const swapped = orientation >= 5;
  const stored = {
    width: swapped ? height : width,
    height: swapped ? width : height,
    gray: new Uint8Array(gray.length),
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      stored.gray[from(firstRow, x, y) * stored.width + from(firstColumn, x, y)] = gray[y * width + x]!;
    }
  }
  return stored;
}
