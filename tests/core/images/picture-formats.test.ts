import { expect, test } from 'vitest';
import type { GrayPicture } from '../../../src/core/images/gray-picture.ts';
import { pictureCharacters } from '../../../src/core/images/picture-characters.ts';
import { decodePicture } from '../../../src/core/images/picture-file.ts';
import { gifFile, jpegFile, pngChunk, pngFile, storedPicture, tiffFile } from '../../helpers/picture-files.ts';
import * as pillow from '../../helpers/pillow-pictures.ts';
import { correlation, drawPicture } from './draw-picture.ts';

/** The T that Pillow drew and saved, drawn here. */
const T = drawPicture({ width: 48, height: 40, pen: 5 }, [
  [
    [8, 8],
    [38, 8],
  ],
  [
    [23, 8],
    [23, 34],
  ],
]);
const image = async (file: Uint8Array) => (await pictureCharacters(file, 'file'))[0]!.image;

test.each([
  ['GIF, the first frame', gifFile(T)],
  ['TIFF, big-endian', tiffFile(T)],
  ['TIFF, 1 bit, packed', pillow.TIFF_PACK_BITS],
  ['TIFF, LZW', pillow.TIFF_LZW],
  ['TIFF, deflated', pillow.TIFF_DEFLATE],
  ['BMP', pillow.BMP_PALETTE],
  ['WebP, lossy', pillow.WEBP_LOSSY],
  ['WebP, lossless', pillow.WEBP_LOSSLESS],
  ['WebP, the first frame of an animation', pillow.WEBP_ANIMATED],
  ['AVIF', pillow.AVIF],
  ['AVIF, turned', pillow.AVIF_TURNED],
])('reads %s', async (_, file) => {
  expect(correlation(await image(file), await image(pngFile(T)))).toBeGreaterThan(0.95);
});

/** A directory of EXIF with only an orientation. */
function exif(orientation: number): Buffer {
  const tiff = Buffer.from('MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0', 'latin1');
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}

test.each([
  [
    'PNG',
    (stored: GrayPicture, orientation: number) => withChunk(pngFile(stored), pngChunk('eXIf', exif(orientation))),
  ],
  ['TIFF', tiffFile],
])('turns a %s upright by its orientation', async (_, encode) => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const file = encode(storedPicture(T, orientation), orientation);
    const { width, height, gray } = await decodePicture(file, 'file');
    expect({ width, height, gray: Buffer.from(gray) }, `${orientation}`).toEqual({ ...T, gray: Buffer.from(T.gray) });
  }
});

/** A PNG with another chunk after its header. */
function withChunk(file: Buffer, chunk: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, 33), chunk, file.subarray(33)]);
}

test.each([
  ['PNG', pngFile(T)],
  ['JPEG', jpegFile(T)],
])('bytes after the end of a %s are ignored', async (_, file) => {
  const { gray } = await decodePicture(Buffer.concat([file, Buffer.from('trailing bytes')]), 'file');
  expect(gray).toEqual((await decodePicture(file, 'file')).gray);
});

test('a JPEG that lacks only the marker at its end is read', async () => {
  expect(await image(jpegFile(T).subarray(0, -2))).toEqual(await image(jpegFile(T)));
});

/** A GIF whose picture ends after ten bytes of its data. */
function cutGif(): Buffer {
  const file = gifFile(T);
  // A block of data follows the descriptor and a byte: its length, and its bytes.
  const at = file.indexOf(Buffer.of(0x2c, 0, 0, 0, 0, T.width, 0, T.height, 0)) + 11;
  return Buffer.concat([file.subarray(0, at), Buffer.of(10), file.subarray(at + 1, at + 11), Buffer.of(0, 0x3b)]);
}

test.each([
  ['PNG', pngFile(T).subarray(0, -20), 'the end of the file is missing'],
  ['JPEG', jpegFile(T).subarray(0, -60), 'premature end of data segment'],
  ['GIF', cutGif(), 'stream shorter than expected'],
])('a %s that is cut off is refused', async (_, file, reason) => {
  await expect(image(file)).rejects.toThrow(reason);
});

test.each([
  ['a HEIC picture', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
  ['a JPEG XL picture', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
  ['a TIFF picture with CCITT Group 4 compression', pillow.TIFF_GROUP_4],
])('%s is refused by its name', async (kind, file) => {
  await expect(image(file)).rejects.toMatchObject({
    code: 'picture-unsupported',
    message: `file is ${kind}, which is not supported`,
  });
});

test.each([
  ['GIF', gifFile(T), (file: Buffer) => file.writeUInt16LE(60_000, 6) && file.writeUInt16LE(60_000, 8)],
  ['BMP', pillow.BMP_PALETTE, (file: Buffer) => file.writeInt32LE(60_000, 18) && file.writeInt32LE(60_000, 22)],
  ['WebP', pillow.WEBP_LOSSY, (file: Buffer) => file.writeUInt16LE(16_000, 26) && file.writeUInt16LE(16_000, 28)],
])('a %s of too many pixels is refused before it is decoded', async (_, file, enlarge) => {
  const large = Buffer.from(file);
  enlarge(large);
  await expect(image(large)).rejects.toMatchObject({ code: 'picture-too-large' });
});

test('a color shows what is invisible in gray', async () => {
  const [red, green] = [
    [200, 30, 30],
    [30, 120, 30],
  ];
  const colored = pngFile(T, (value) => [...(value < 128 ? green! : red!), 255]);
  expect(correlation(await image(colored), await image(pngFile(T)))).toBeGreaterThan(0.95);
});
