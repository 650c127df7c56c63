import { loadLibrary } from '../../asset.ts';
import { type PictureFormat, type PictureHeader, type Rgba, Unsupported } from './picture-format.ts';

/** Run-length encoding stores at most 255 pixels in two bytes. */
const MAX_PIXELS_PER_BYTE = 128;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;

/** Reads the BITMAPINFOHEADER, which all later versions start with. */
function readHeader(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 34) return null;
  if (bytes.readUInt32LE(14) < 40) throw new Unsupported('a BMP picture in the format of OS/2');
  const [width, height] = [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))];
  if (width < 0) return null;
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) return null;
  if (compression > BITFIELDS) throw new Unsupported('a BMP picture with JPEG or PNG inside');
  const packed = compression === RLE8 || compression === RLE4;
  const leastBytes = packed
    ? (width * height) / MAX_PIXELS_PER_BYTE
    : bytes.readUInt32LE(10) + Math.ceil((width * bits) / 8) * height;
  return { width, height, orientation: 1, leastBytes };
}

/** BMP files of Windows. */
export const BMP_FORMAT: PictureFormat = {
  name: 'BMP',
  // Text may begin with the same letters, but has no zeros where BMP reserves four bytes.
  matches: (head) => head.toString('latin1', 0, 2) === 'BM' && head.length >= 10 && head.readUInt32LE(6) === 0,
  readHeader,
  async decode(bytes): Promise<Rgba> {
    const { decode } = await loadLibrary('bmp');
    // Palette, size, and masks; then the pixels as alpha, blue, green, red.
    const { width, height, data: stored } = decode(bytes);
    const data = new Uint8Array(4 * width * height);
    for (let at = 0; at < data.length; at += 4) {
      data[at] = stored[at + 3]!;
      data[at + 1] = stored[at + 2]!;
      data[at + 2] = stored[at + 1]!;
      // Most files with four bytes per pixel leave the fourth at zero, so it is not taken for alpha.
      data[at + 3] = 255;
    }
    return { width, height, data };
  },
};
