/** The header of a picture, read without decoding it. */
export interface PictureHeader {
  format: 'png' | 'jpeg';
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8: 1 is upright, 6 must be turned a quarter clockwise (EXIF 2.32, 4.6.4). */
  orientation: number;
  /** No complete file of this many pixels is smaller, in bytes. */
  leastBytes: number;
}

/** Deflate cannot compress any better (https://zlib.net/zlib_tech.html). */
const MAX_DEFLATE_RATIO = 1032;
/** Every block of 8x8 pixels takes at least one bit. */
const MAX_JPEG_PIXELS_PER_BYTE = 8 * 64;
/** Samples per pixel of PNG's color types: gray, RGB, palette, gray with alpha, RGBA. */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The format of a file by its first bytes, or null for other files. */
export function pictureFormat(head: Uint8Array): PictureHeader['format'] | null {
  if (head.length >= 8 && PNG_SIGNATURE.equals(head.subarray(0, 8))) return 'png';
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff ? 'jpeg' : null;
}

/** Reads the header of a PNG or JPEG; null for other files and where the file ends within it. */
export function readPictureHeader(bytes: Buffer): PictureHeader | null {
  switch (pictureFormat(bytes)) {
    case 'png':
      return readPngHeader(bytes);
    case 'jpeg':
      return readJpegHeader(bytes);
    default:
      return null;
  }
}

/** Reads the first chunk: after signature, length and type come width, height, bits per sample and color type. */
function readPngHeader(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 26 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const bits = bytes[24]! * (PNG_SAMPLES[bytes[25]!] ?? 1);
  const leastBytes = (height * Math.ceil((width * bits) / 8)) / MAX_DEFLATE_RATIO;
  return { format: 'png', width, height, orientation: 1, leastBytes };
}

/** Reads segments up to the frame header (ISO/IEC 10918-1, annex B). */
function readJpegHeader(bytes: Buffer): PictureHeader | null {
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
      if (segment.length < 5) return null;
      const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
      return { format: 'jpeg', width, height, orientation, leastBytes: (width * height) / MAX_JPEG_PIXELS_PER_BYTE };
    }
    if (marker === 0xe1 && segment.toString('latin1', 0, 6) === 'Exif\0\0') {
      orientation = readOrientation(segment.subarray(6)) ?? orientation;
    }
    at += 2 + length;
  }
  return null;
}

/** The orientation tag in the first directory of EXIF data, which is laid out as TIFF. */
function readOrientation(tiff: Buffer): number | null {
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return null;
  const uint16 = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return null;
  const entries = uint16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return null;
    if (uint16(at) !== 0x0112) continue;
    const value = uint16(at + 8);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}
