import { inflateSync } from 'node:zlib';
import { loadLibrary } from '../../asset.ts';
import { type PictureFormat, type PictureHeader, type Rgba, Unsupported } from './picture-format.ts';

// Tags of TIFF 6.0, section 8.
const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const COMPRESSION = 259;
const COLOR = 262;
const STRIP_OFFSETS = 273;
const ORIENTATION = 274;
const SAMPLES = 277;
const ROWS_PER_STRIP = 278;
const STRIP_BYTES = 279;
const PLANES = 284;
const PREDICTOR = 317;
const COLOR_MAP = 320;
const TILE_WIDTH = 322;
const TILE_HEIGHT = 323;
const TILE_OFFSETS = 324;
const TILE_BYTES = 325;
const EXTRA_SAMPLES = 338;
const SAMPLE_FORMAT = 339;
/** Fields that the library needs, besides those that change. */
const KEPT = [
  WIDTH,
  HEIGHT,
  COLOR,
  SAMPLES,
  ROWS_PER_STRIP,
  PREDICTOR,
  COLOR_MAP,
  TILE_WIDTH,
  TILE_HEIGHT,
  EXTRA_SAMPLES,
  SAMPLE_FORMAT,
];

const COMPRESSIONS: Readonly<Record<number, string>> = {
  2: 'CCITT Group 3',
  3: 'CCITT Group 3',
  4: 'CCITT Group 4',
  6: 'JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  50000: 'Zstandard',
  50001: 'WebP',
};
const NONE = 1;
const LZW = 5;
const PACK_BITS = 32773;
const DEFLATE = [8, 32946];
const PALETTE = 3;
/** A code of LZW stands for at most 4096 bytes, and deflate is less dense. */
const MAX_RATIO = 4096;
/** The most bytes of pixels: 64 million in four colors of 16 bits. */
const MAX_PART_BYTES = 8 * 64_000_000;
/** The most a directory can have without being a fault. */
const MAX_VALUES = 1 << 20;

interface Directory {
  /** The values of a tag, or null. */
  values(tag: number): number[] | null;
  /** The first value of a tag. */
  value(tag: number, missing: number): number;
  littleEndian: boolean;
}

/** The first directory of a file, without any value that lies beyond its end; null if it is cut off. */
function readDirectory(bytes: Buffer): Directory | null {
  if (bytes.length < 8) return null;
  const littleEndian = bytes[0] === 0x49;
  const uint16 = (at: number) => (littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const uint32 = (at: number) => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const start = uint32(4);
  if (start + 2 > bytes.length) return null;
  const entries = uint16(start);
  if (start + 2 + 12 * entries + 4 > bytes.length) return null;
  const fields = new Map<number, number[]>();
  for (let entry = 0; entry < entries; entry++) {
    const at = start + 2 + 12 * entry;
    const [tag, type, count] = [uint16(at), uint16(at + 2), uint32(at + 4)];
    // Only whole numbers matter here: type 3 has two bytes, type 4 four.
    if ((type !== 3 && type !== 4) || count === 0 || count > MAX_VALUES) continue;
    const size = type === 3 ? 2 : 4;
    const from = size * count <= 4 ? at + 8 : uint32(at + 8);
    if (from + size * count > bytes.length) return null;
    const read = type === 3 ? uint16 : uint32;
    fields.set(
      tag,
      Array.from({ length: count }, (_, i) => read(from + i * size)),
    );
  }
  const values = (tag: number) => fields.get(tag) ?? null;
  return { values, value: (tag, missing) => values(tag)?.[0] ?? missing, littleEndian };
}

function readHeader(bytes: Buffer): PictureHeader | null {
  const directory = readDirectory(bytes);
  if (!directory) return null;
  const compression = directory.value(COMPRESSION, NONE);
  if (compression !== NONE && compression !== LZW && compression !== PACK_BITS && !DEFLATE.includes(compression)) {
    throw new Unsupported(`a TIFF picture with ${COMPRESSIONS[compression] ?? 'an unknown'} compression`);
  }
  const bits = directory.values(BITS) ?? [1];
  if (directory.value(COLOR, 1) > PALETTE || ![1, 8, 16].includes(bits[0]!)) {
    throw new Unsupported('a TIFF picture in these colors');
  }
  if (directory.value(PLANES, 1) !== 1) throw new Unsupported('a TIFF picture with separate colors');
  const [width, height] = [directory.value(WIDTH, 0), directory.value(HEIGHT, 0)];
  const samples = directory.value(SAMPLES, 1);
  if (samples > 8) return null;
  const size = Math.ceil((width * samples * bits[0]!) / 8) * height;
  const orientation = directory.value(ORIENTATION, 1);
  return {
    width,
    height,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    leastBytes: compression === NONE ? size : size / MAX_RATIO,
  };
}

/** Unpacks PackBits (TIFF 6.0, section 9). */
function unpackBits(packed: Buffer, maxOutputLength: number): Buffer {
  const out = Buffer.alloc(maxOutputLength);
  let length = 0;
  for (let at = 0; at < packed.length && length < maxOutputLength; ) {
    const count = packed.readInt8(at++);
    if (count >= 0) {
      length += packed.copy(out, length, at, at + count + 1);
      at += count + 1;
    } else if (count !== -128) {
      out.fill(packed[at++] ?? 0, length, Math.min(maxOutputLength, length + 1 - count));
      length += 1 - count;
    }
  }
  return out.subarray(0, Math.min(length, maxOutputLength));
}

/**
 * A file with only the first page, upright, and unpacked except for LZW. The library inflates any amount of data, does not
 * know PackBits, refuses pictures that must be turned, and requires fields that have defaults.
 */
function simplify(bytes: Buffer, directory: Directory): Buffer {
  const { value, values } = directory;
  const compression = value(COMPRESSION, NONE);
  const tiled = values(TILE_OFFSETS) !== null;
  const [width, height] = tiled
    ? [value(TILE_WIDTH, 0), value(TILE_HEIGHT, 0)]
    : [value(WIDTH, 0), Math.min(value(HEIGHT, 0), value(ROWS_PER_STRIP, Infinity))];
  const maxOutputLength = Math.ceil((width * value(SAMPLES, 1) * value(BITS, 1)) / 8) * height;
  if (!(maxOutputLength > 0 && maxOutputLength <= MAX_PART_BYTES)) throw new Error('its parts have no valid size');
  const unpack = (part: Buffer) => {
    if (DEFLATE.includes(compression)) return inflateSync(part, { maxOutputLength });
    return compression === PACK_BITS ? unpackBits(part, maxOutputLength) : part;
  };
  const offsets = values(tiled ? TILE_OFFSETS : STRIP_OFFSETS) ?? [];
  const lengths = values(tiled ? TILE_BYTES : STRIP_BYTES) ?? offsets.map(() => bytes.length);
  let total = 0;
  const parts = offsets.map((offset, i) => {
    const part = unpack(bytes.subarray(offset, offset + (lengths[i] ?? 0)));
    total += part.length;
    if (total > MAX_PART_BYTES) throw new Error('it has more data than pixels');
    return part;
  });
  return tiffFile(directory, parts, [
    ...KEPT.map((tag) => [tag, values(tag)] as const),
    [BITS, values(BITS) ?? [1]],
    [COMPRESSION, [compression === LZW ? LZW : NONE]],
    [tiled ? TILE_BYTES : STRIP_BYTES, parts.map(({ length }) => length)],
    [tiled ? TILE_OFFSETS : STRIP_OFFSETS, null],
  ]);
}

/** A TIFF file of some parts and fields. The last field stands for the offsets of the parts. */
function tiffFile(
  { littleEndian }: Directory,
  parts: readonly Buffer[],
  fields: readonly (readonly [tag: number, values: number[] | null])[],
): Buffer {
  const offsetTag = fields.at(-1)![0];
  let end = 8;
  const offsets = parts.map(({ length }) => {
    end += length;
    return end - length;
  });
  const present = fields
    .map(([tag, values]) => (tag === offsetTag ? ([tag, offsets] as const) : ([tag, values] as const)))
    .filter((field): field is readonly [number, number[]] => field[1] !== null)
    .sort(([a], [b]) => a - b);
  const uint16 = (value: number) => {
    const out = Buffer.alloc(2);
    if (littleEndian) out.writeUInt16LE(value);
    else out.writeUInt16BE(value);
    return out;
  };
  const uint32 = (value: number) => {
    const out = Buffer.alloc(4);
    if (littleEndian) out.writeUInt32LE(value);
    else out.writeUInt32BE(value);
    return out;
  };
  const entries: Buffer[] = [];
  const arrays: Buffer[] = [];
  let arraysAt = end + 2 + 12 * present.length + 4;
  for (const [tag, values] of present) {
    entries.push(uint16(tag), uint16(4), uint32(values.length));
    if (values.length === 1) entries.push(uint32(values[0]!));
    else {
      entries.push(uint32(arraysAt));
      arrays.push(...values.map(uint32));
      arraysAt += 4 * values.length;
    }
  }
  const head = Buffer.from(littleEndian ? 'II*\0' : 'MM\0*', 'latin1');
  return Buffer.concat([head, uint32(end), ...parts, uint16(present.length), ...entries, uint32(0), ...arrays]);
}

/** TIFF files without compression, or with LZW, deflate, or PackBits: the first page. */
export const TIFF_FORMAT: PictureFormat = {
  name: 'TIFF',
  matches: (head) => ['II*\0', 'MM\0*'].includes(head.toString('latin1', 0, 4)),
  readHeader,
  async decode(bytes): Promise<Rgba> {
    const file = simplify(bytes, readDirectory(bytes)!);
    const { decode } = await loadLibrary('tiff');
    const page = decode(file, { pages: [0] })[0]!;
    const { width, height, data: samples, components, bitsPerSample, alpha, palette } = page;
    const data = new Uint8Array(4 * width * height);
    // 16 bits to 8, or 1 bit to 8.
    const scale = bitsPerSample === 16 ? 1 / 257 : bitsPerSample === 1 ? 255 : 1;
    const colors = components - (alpha ? 1 : 0);
    for (let i = 0; i < width * height; i++) {
      const from = i * components;
      for (let color = 0; color < 3; color++) {
        const sample = samples[from + (colors >= 3 ? color : 0)]!;
        // Palettes have 16 bits per color.
        data[4 * i + color] = palette ? palette[sample]![color]! / 257 : sample * scale;
      }
      data[4 * i + 3] = alpha ? samples[from + components - 1]! * scale : 255;
    }
    return { width, height, data };
  },
};
