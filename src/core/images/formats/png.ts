import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { readOrientation } from './exif.ts';
import type { PictureFormat, PictureHeader } from './picture-format.ts';

/** Deflate cannot compress any better (https://zlib.net/zlib_tech.html). */
const MAX_DEFLATE_RATIO = 1032;
/** Samples per pixel of the color types: gray, RGB, palette, gray with alpha, RGBA. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Interlaced lines are shorter, so there are more of them, each with the byte of its filter. */
const MAX_INTERLACED_LINES = 3;

interface Chunk {
  name: string;
  data: Buffer;
  /** Where the next chunk starts. */
  end: number;
}

/** The chunks of a file up to the one that ends it, or that is cut off. */
function* chunks(bytes: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    const name = bytes.toString('latin1', at + 4, at + 8);
    yield { name, data: bytes.subarray(at + 8, end - 4), end };
    if (name === 'IEND') return;
    at = end;
  }
}

function readHeader(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 29 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const bits = bytes[24]! * (SAMPLES[bytes[25]!] ?? 1);
  const leastBytes = (height * Math.ceil((width * bits) / 8)) / MAX_DEFLATE_RATIO;
  let orientation = 1;
  for (const { name, data } of chunks(bytes)) {
    // PNG specification, third edition, 11.3.4.5: TIFF without the "Exif" that precedes it in JPEG files.
    if (name === 'eXIf') orientation = readOrientation(data) ?? orientation;
  }
  return { width, height, orientation, leastBytes };
}

/** PNG files. Bytes after the end are ignored: some programs append their own data. */
export const PNG_FORMAT: PictureFormat = {
  name: 'PNG',
  matches: (head) => SIGNATURE.equals(head.subarray(0, 8)),
  readHeader,
  decode(bytes) {
    const parts = [...chunks(bytes)];
    const last = parts.at(-1);
    if (last?.name !== 'IEND') throw new Error('the end of the file is missing');
    // The library limits how much it inflates only for pictures that are not interlaced.
    if (bytes[28] === 1) {
      const lineBytes = Math.ceil((bytes.readUInt32BE(16) * bytes[24]! * (SAMPLES[bytes[25]!] ?? 1)) / 8) + 8;
      const maxOutputLength = Math.max(1, MAX_INTERLACED_LINES * bytes.readUInt32BE(20) * lineBytes);
      inflateSync(Buffer.concat(parts.filter(({ name }) => name === 'IDAT').map(({ data }) => data)), {
        maxOutputLength,
      });
    }
    return PNG.sync.read(bytes.subarray(0, last.end));
  },
};
