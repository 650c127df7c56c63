import { crc32, deflateSync } from 'node:zlib';
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLORS = 128;
const INDEXED_COLORS = 3;

/**
 * Rewrites an opaque PNG with a palette of 128 colors, one byte per pixel. Pictures of text become several times smaller, and
 * look the same.
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(png);
  const palette = gifenc.quantize(data, COLORS);
  const indices = gifenc.applyPalette(data, palette);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = INDEXED_COLORS;
  // Each row begins with the number of its filter: none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((color) => color.slice(0, 3)))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const file = Buffer.alloc(typed.length + 8);
  file.writeUInt32BE(body.length, 0);
  typed.copy(file, 4);
  file.writeUInt32BE(crc32(typed), typed.length + 4);
  return file;
}
