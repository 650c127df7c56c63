import type { PictureFormat, PictureHeader } from './picture-format.ts';
import { decodeWithWasm } from './wasm-decoder.ts';

/** Boxes that contain other boxes on the way to the properties of images (ISO/IEC 14496-12 and 23008-12). */
const CONTAINERS = new Set(['meta', 'iprp', 'ipco']);
/** A superblock of 64x64 pixels takes at least a fraction of a bit. */
const MAX_PIXELS_PER_BYTE = 64 * 1024;
/** The first box is not longer than this. */
const MAX_BRAND_BYTES = 128;
/** More boxes than any picture has. */
const MAX_BOXES = 10_000;

interface Box {
  type: string;
  data: Buffer;
}

/** All boxes within `bytes`, those in containers included. */
function* boxes(bytes: Buffer, budget = { left: MAX_BOXES }): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length && budget.left-- > 0; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    // 0 means up to the end. The 64-bit lengths behind 1 are for videos.
    const end = length === 0 ? bytes.length : at + length;
    if (length === 1 || end < at + 8) return;
    const data = bytes.subarray(at + 8, end);
    yield { type, data };
    // `meta` starts with its version and flags.
    if (CONTAINERS.has(type)) yield* boxes(type === 'meta' ? data.subarray(4) : data, budget);
    at = end;
  }
}

/** The orientation of a picture that is turned counterclockwise, then mirrored (ISO/IEC 23000-22, 7.3.6). */
function orientationOf(quarterTurns: number, mirror: number | null): number {
  if (mirror === null) return [1, 8, 3, 6][quarterTurns]!;
  // Axis 0 exchanges top and bottom, axis 1 left and right.
  return (mirror === 0 ? [4, 5, 2, 7] : [2, 7, 4, 5])[quarterTurns]!;
}

/** The size is the largest of all images in the file; orientations are those of its properties. */
function readHeader(bytes: Buffer): PictureHeader | null {
  let width = 0;
  let height = 0;
  for (const { type, data } of boxes(bytes)) {
    if (type !== 'ispe' || data.length < 12) continue;
    width = Math.max(width, data.readUInt32BE(4));
    height = Math.max(height, data.readUInt32BE(8));
  }
  if (width === 0 && height === 0) return null;
  let turns = 0;
  let mirror: number | null = null;
  for (const { type, data } of boxes(bytes)) {
    if (type === 'irot' && data.length >= 1) turns = data[0]! & 3;
    if (type === 'imir' && data.length >= 1) mirror = data[0]! & 1;
  }
  const orientation = orientationOf(turns, mirror);
  return { width, height, orientation, leastBytes: (width * height) / MAX_PIXELS_PER_BYTE };
}

/** AVIF files: the main image. */
export const AVIF_FORMAT: PictureFormat = {
  name: 'AVIF',
  // Brands follow the name of the first box: the main one, a version, and those that it is compatible with.
  matches: (head) =>
    head.toString('latin1', 4, 8) === 'ftyp' &&
    /avi[fs]/.test(head.toString('latin1', 8, Math.min(head.length, head.readUInt32BE(0), MAX_BRAND_BYTES))),
  readHeader,
  decode: (bytes) => decodeWithWasm('avif', bytes),
};
