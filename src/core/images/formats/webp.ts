import { readOrientation } from './exif.ts';
import type { PictureFormat, PictureHeader } from './picture-format.ts';
import { decodeWithWasm } from './wasm-decoder.ts';

/** A macroblock of 16x16 pixels, or a pixel of one color that repeats, can take less than a bit. Fewer bytes than this are a fault. */
const MAX_PIXELS_PER_BYTE = 16 * 1024;

/** Position, size, duration, and flags of a frame (RFC 9649, section 2.7.1.1). */
const FRAME_HEADER = 16;
const HAS_ALPHA = 0x10;

/** The chunks of the container (RIFF): a name, and data padded to an even length. */
function* chunks(bytes: Buffer, from = 12): Generator<{ name: string; data: Buffer }> {
  for (let at = from; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    yield { name: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length + (length % 2);
  }
}

/** The size in a chunk with a frame or the canvas (RFC 9649, sections 2.5 to 2.7, and RFC 6386, section 9.1). */
function sizeIn(name: string, data: Buffer): { width: number; height: number } | null {
  if (name === 'VP8X' && data.length >= 10) {
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  }
  if (name === 'VP8 ' && data.length >= 10) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  if (name === 'VP8L' && data.length >= 5) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return null;
}

function readHeader(bytes: Buffer): PictureHeader | null {
  let width = 0;
  let height = 0;
  let orientation = 1;
  let found = false;
  for (const { name, data } of chunks(bytes)) {
    const size = sizeIn(name, data);
    if (size) {
      found = true;
      width = Math.max(width, size.width);
      height = Math.max(height, size.height);
    } else if (name === 'EXIF') {
      // Some programs keep the prefix that EXIF has in JPEG files.
      const prefix = data.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
      orientation = readOrientation(data.subarray(prefix)) ?? orientation;
    }
  }
  return found ? { width, height, orientation, leastBytes: (width * height) / MAX_PIXELS_PER_BYTE } : null;
}

function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(name, 'latin1'), length, data, Buffer.alloc(data.length % 2)]);
}

/** The first frame of an animation as a file of its own, which is all that the decoder reads; other files as they are. */
function firstFrame(bytes: Buffer): Buffer {
  const frame = [...chunks(bytes)].find(({ name }) => name === 'ANMF')?.data;
  if (!frame || frame.length < FRAME_HEADER) return bytes;
  const parts = [...chunks(frame, FRAME_HEADER)].filter(({ name }) => ['ALPH', 'VP8 ', 'VP8L'].includes(name));
  const canvas = Buffer.alloc(10);
  if (parts.some(({ name }) => name === 'ALPH')) canvas[0] = HAS_ALPHA;
  // Both sides of the frame follow its position.
  frame.copy(canvas, 4, 6, 12);
  const body = [chunk('VP8X', canvas), ...parts.map(({ name, data }) => chunk(name, data))];
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), ...body]));
}

/** WebP files, lossy and lossless: of an animation, the first frame. */
export const WEBP_FORMAT: PictureFormat = {
  name: 'WebP',
  matches: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  readHeader,
  decode: (bytes) => decodeWithWasm('webp', firstFrame(bytes)),
};
