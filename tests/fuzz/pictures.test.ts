import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { expect, test } from 'vitest';
import { readCharacters } from '../../src/app/read-characters.ts';
import { temporaryFolder } from '../cli/run.ts';
import { drawPicture, glyph } from '../core/images/draw-picture.ts';
import { gifFile, pngChunk, tiffFile } from '../helpers/picture-files.ts';
import * as pillow from '../helpers/pillow-pictures.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, mutateBytes } from './mutations.ts';

const { width, height, gray } = drawPicture({ width: 40, height: 40, pen: 4 }, glyph('T', 3, 3));

/** Reads pictures as `predict` does. */
async function reader(): Promise<(contents: Uint8Array) => Promise<void>> {
  const file = path.join(await temporaryFolder(), 'picture');
  return async (contents) => {
    await writeFile(file, contents);
    for await (const { image } of readCharacters([file])) expect(image).toHaveLength(28 * 28);
  };
}

/** A PNG's chunks after its signature: name and data. */
type Chunk = readonly [name: string, data: Buffer];

function png(chunks: readonly Chunk[]): Buffer {
  const parts = chunks.map(([name, data]) => pngChunk(name, data));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

const GRAY = 0;
const PALETTE = 3;
const RGBA = 6;

/** The header, the palette if there is one, and the scan lines before they are deflated. */
function pngParts(colorType: number, interlaced: boolean): { header: Buffer; palette: Buffer; lines: Buffer } {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType, 0, 0, interlaced ? 1 : 0], 8);
  const palette = colorType === PALETTE ? Buffer.from([0, 0, 0, 255, 255, 255]) : Buffer.alloc(0);
  const rows = interlaced ? interlacedRows() : Array.from({ length: height }, (_, y) => row(0, 1, y));
  const pixel = (value: number) => {
    if (colorType === PALETTE) return [value < 128 ? 0 : 1];
    return colorType === RGBA ? [value, value, value, 255] : [value];
  };
  // Each line begins with the number of its filter; 0 is none.
  const lines = Buffer.concat(rows.map((values) => Buffer.from([0, ...values.flatMap(pixel)])));
  return { header, palette, lines };
}

function row(firstX: number, stepX: number, y: number): number[] {
  return [...gray.subarray(y * width, (y + 1) * width)].filter((_, x) => x >= firstX && (x - firstX) % stepX === 0);
}

/** Adam7: first column and row, and the steps to the next (PNG specification, 8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function interlacedRows(): number[][] {
  return PASSES.flatMap(([firstX, firstY, stepX, stepY]) => {
    const ys = Array.from({ length: Math.ceil((height - firstY) / stepY) }, (_, index) => firstY + index * stepY);
    return ys.map((y) => row(firstX, stepX, y));
  });
}

const PNGS = [GRAY, PALETTE, RGBA].flatMap((type) => [false, true].map((interlaced) => pngParts(type, interlaced)));

function encodePng({ header, palette, lines }: (typeof PNGS)[number]): Buffer {
  return png([
    ['IHDR', header],
    ...(palette.length > 0 ? [['PLTE', palette] as const] : []),
    ['IDAT', deflateSync(lines)],
    ['IEND', Buffer.alloc(0)],
  ]);
}

/** A JPEG with an EXIF segment that says how the camera was held. */
function photo(): Buffer {
  const data = Buffer.alloc(4 * width * height, 255);
  gray.forEach((value, index) => {
    data.fill(value, 4 * index, 4 * index + 3);
  });
  const file = jpeg.encode({ width, height, data }, 80).data;
  const exif = Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0', 'latin1');
  return Buffer.concat([file.subarray(0, 2), Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif, file.subarray(2)]);
}

/** 24 x 32 pixels in progressive scans, as Pillow writes them. */
const PROGRESSIVE = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1x' +
    'eXBkeFxlZ2P/wgALCAAgABgBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABQQA/9oACAEBAAAAAVLMOxh2NDLf/8QAHRAAAQQCAwAAAAAAAAAA' +
    'AAAAAwEEBRAANAITFP/aAAgBAQABBQJyfzjqT16k9enYVOLrfYBCpw//xAAgEAABAgUFAAAAAAAAAAAAAAACAREAEBIhciMzQYHw/9oACAEB' +
    'AAY/AkKmq7THKY5TpFURXe8bwe6jWJCJ+I//xAAfEAABAwMFAAAAAAAAAAAAAAABABARQaGxITFRkfH/2gAIAQEAAT8hrCaEw9pwXtOC4+IA' +
    'CheChcNoDw6X/9oACAEBAAAAEAAP/8QAHBABAQADAAMBAAAAAAAAAAAAAREAMUEhMFHx/9oACAEBAAE/EOa3w6LbH56VavykThUEimt3TrPz' +
    'uGc5I4EkNO3mf//Z',
  'base64',
);

test('the pictures are valid before they are mutated', async () => {
  const read = await reader();
  for (const contents of [...PNGS.map(encodePng), photo(), PROGRESSIVE]) await read(contents);
});

test('mutated bytes of PNG files', async () => {
  const read = await reader();
  const files = PNGS.map(encodePng);
  const inputs = fc.tuple(fc.nat(files.length - 1), byteMutations);
  await fuzz(inputs, ([file, mutations]) => read(mutateBytes(files[file]!, mutations)), { seed: 1, runs: 120 });
});

test('mutated parts of PNG files whose checksums are right', async () => {
  const read = await reader();
  const part = fc.constantFrom('header' as const, 'header' as const, 'palette' as const, 'lines' as const);
  const inputs = fc.tuple(fc.nat(PNGS.length - 1), part, byteMutations);
  await fuzz(
    inputs,
    ([file, name, mutations]) => {
      const parts = PNGS[file]!;
      return read(encodePng({ ...parts, [name]: mutateBytes(parts[name], mutations) }));
    },
    { seed: 2, runs: 120 },
  );
});

test.each([
  ['baseline', photo()],
  ['progressive', PROGRESSIVE],
])('mutated bytes of %s JPEG files', async (_, contents) => {
  const read = await reader();
  await fuzz(byteMutations, (mutations) => read(mutateBytes(contents, mutations)), { seed: 3, runs: 120 });
});

const TURNED = drawPicture({ width: 40, height: 40, pen: 4 }, glyph('T', 3, 3));

test.each([
  ['WebP, lossy', pillow.WEBP_LOSSY],
  ['WebP, lossless', pillow.WEBP_LOSSLESS],
  ['WebP, animated', pillow.WEBP_ANIMATED],
  ['AVIF', pillow.AVIF_TURNED],
  ['GIF', gifFile(TURNED)],
  ['BMP', pillow.BMP_PALETTE],
  ['TIFF', tiffFile(TURNED, 6)],
  ['TIFF, LZW', pillow.TIFF_LZW],
  ['TIFF, deflated', pillow.TIFF_DEFLATE],
  ['TIFF, packed', pillow.TIFF_PACK_BITS],
])('mutated bytes of %s files', async (_, contents) => {
  const read = await reader();
  await read(contents);
  await fuzz(byteMutations, (mutations) => read(mutateBytes(contents, mutations)), {
    seed: 4,
    runs: 80,
    megabytes: 250,
  });
});
