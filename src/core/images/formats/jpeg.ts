import { loadLibrary } from '../../asset.ts';
import { readOrientation } from './exif.ts';
import type { PictureFormat, PictureHeader } from './picture-format.ts';
import { decodeWithWasm } from './wasm-decoder.ts';

/** Every block of 8x8 pixels takes at least one bit. */
const MAX_PIXELS_PER_BYTE = 8 * 64;
/** The marker that ends a file. Without it, the decoder cannot tell a complete picture from one that is cut off. */
const END = Buffer.of(0xff, 0xd9);
/** Cyan, magenta, yellow, and black. */
const CMYK_COMPONENTS = 4;

interface JpegHeader extends PictureHeader {
  components: number;
}

/** Reads segments up to the frame header (ISO/IEC 10918-1, annex B). */
function readHeader(bytes: Buffer): JpegHeader | null {
  let orientation = 1;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    // Any number of fill bytes may precede a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return null;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      if (segment.length < 6) return null;
      const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
      const leastBytes = (width * height) / MAX_PIXELS_PER_BYTE;
      return { width, height, orientation, leastBytes, components: segment[5]! };
    }
    if (marker === 0xe1 && segment.toString('latin1', 0, 6) === 'Exif\0\0') {
      orientation = readOrientation(segment.subarray(6)) ?? orientation;
    }
    at += 2 + length;
  }
  return null;
}

/** JPEG files, baseline and progressive. A file that lacks only the marker at its end is read. */
export const JPEG_FORMAT: PictureFormat = {
  name: 'JPEG',
  matches: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  readHeader,
  async decode(bytes) {
    if (readHeader(bytes)!.components !== CMYK_COMPONENTS) {
      return decodeWithWasm('jpeg', Buffer.concat([bytes, END]), /premature end of data/i);
    }
    const { default: jpeg } = await loadLibrary('jpeg-cmyk');
    // Its own estimate is about 16 bytes per pixel and color.
    return jpeg.decode(bytes, { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB: 4096 });
  },
};
