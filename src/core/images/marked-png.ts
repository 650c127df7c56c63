import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import { IMAGE_SIZE } from './image-size.ts';

/** Where a PNG's first chunk ends: after the signature and the header. */
const HEADER_END = 33;
/** How many bytes of a file contain the mark. */
export const MARK_BYTES = 256;
/** How many pixels of a picture show a pixel of what the network sees. */
const SCALE = 8;

/** Whether a PNG file has this mark. */
export function hasMark(png: Uint8Array, mark: string): boolean {
  return Buffer.from(png.buffer, png.byteOffset, Math.min(png.length, MARK_BYTES)).includes(mark);
}

/** A PNG file with a mark, by which it is known to be this program's, as a text chunk (PNG specification, 11.3.3.2). */
export function encodeMarked(png: PNG, mark: string): Buffer {
  return withMark(PNG.sync.write(png), mark);
}

/** A PNG file with a mark that shows a 28x28 image, enlarged: gray, ink white. */
export function encodeEnlarged(image: Uint8Array, mark: string): Buffer {
  const png = new PNG({ width: IMAGE_SIZE * SCALE, height: IMAGE_SIZE * SCALE });
  // Gray from the start, since converting from colors would take most of the time.
  png.data = enlarged(image);
  const file = PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false, filterType: 0 });
  return withMark(file, mark);
}

/** [224, 224] */
function enlarged(image: Uint8Array): Buffer {
  const side = IMAGE_SIZE * SCALE;
  const gray = Buffer.alloc(side * side);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = image[Math.floor(i / side / SCALE) * IMAGE_SIZE + Math.floor((i % side) / SCALE)]!;
  }
  return gray;
}

function withMark(file: Buffer, mark: string): Buffer {
  const body = Buffer.from(`tEXtSoftware\0${mark}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([file.subarray(0, HEADER_END), chunk, file.subarray(HEADER_END)]);
}
