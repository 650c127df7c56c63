import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InputCharacter, type ReadOptions, readCharacters } from '../../src/app/read-characters.ts';
import { EmnistError } from '../../src/core/errors.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { correlation, drawPicture, glyph } from '../core/images/draw-picture.ts';
import { jpegFile, pngFile, storedPicture } from '../helpers/picture-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-inputs-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, contents: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, contents);
  return file;
}

async function all(files: string[], options?: ReadOptions): Promise<InputCharacter[]> {
  const inputs: InputCharacter[] = [];
  for await (const input of readCharacters(files, options)) inputs.push(input);
  return inputs;
}

async function failure(files: string[]): Promise<EmnistError> {
  const error = await all(files).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EmnistError);
  return error as EmnistError;
}

/** An IDX file of images, [n, 784]. */
function idx(images: Uint8Array[], dims = [images.length, 28, 28]): Buffer {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head.writeUInt32BE(0x0800 + dims.length);
  dims.forEach((size, i) => {
    head.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([head, ...images]);
}

const page = (letters: string) =>
  drawPicture(
    { width: 300, height: 110 },
    [...letters].flatMap((letter, i) => glyph(letter, 30 + i * 70, 25)),
  );
const drawn = (letter: string) => rasterize(glyph(letter, 0, 0));
const transposed = (image: Uint8Array) => image.map((_, i) => image[(i % 28) * 28 + Math.floor(i / 28)]!);

describe('readCharacters', () => {
  it('reads files of all formats in order, whatever their names, with an index for each character', async () => {
    const files = [
      await written('word.dat', pngFile(page('LT'))),
      await written('word.png', jpegFile(page('V'))),
      await written('images', idx([drawn('O'), drawn('L')].map(transposed))),
      await written('images.gz', gzipSync(idx([transposed(drawn('T'))]))),
      await written('drawings.txt', `${JSON.stringify({ strokes: glyph('j', 0, 0) })}\n`),
    ];
    const inputs = await all(files);
    expect(inputs.map(({ source, index }) => [path.basename(source), index])).toEqual([
      ['word.dat', 0],
      ['word.dat', 1],
      ['word.png', 0],
      ['images', 0],
      ['images', 1],
      ['images.gz', 0],
      ['drawings.txt', 0],
    ]);
    expect(inputs.every(({ image }, i) => correlation(image, drawn([...'LTVOLTj'][i]!)) > 0.9)).toBe(true);
    // EMNIST images are used unchanged, and strokes are only rasterized.
    expect(inputs[3]!.image).toEqual(drawn('O'));
    expect(inputs[6]!.image).toEqual(drawn('j'));
  });

  it('reads the same bytes from a 28x28 picture and an IDX file', async () => {
    const image = drawn('V');
    const files = [
      await written('v.png', pngFile({ width: 28, height: 28, gray: image })),
      await written('v-dark.png', pngFile({ width: 28, height: 28, gray: image.map((value) => 255 - value) })),
      await written('v.idx', idx([transposed(image)])),
    ];
    for (const { image: read } of await all(files)) expect(read).toEqual(image);
  });

  it('reads upright IDX files', async () => {
    const file = await written('upright', idx([drawn('L')]));
    expect((await all([file], { idxOrientation: 'upright' }))[0]!.image).toEqual(drawn('L'));
  });

  it('streams drawings from standard input', async () => {
    const stdin = new Readable({ read() {} });
    const inputs = readCharacters(['-'], { stdin });
    stdin.push(`${JSON.stringify({ strokes: glyph('L', 0, 0) })}\n`);
    expect((await inputs.next()).value).toEqual({ source: '-', index: 0, image: drawn('L') });
    stdin.push('nonsense\n');
    await expect(inputs.next()).rejects.toThrow('-:2: the line is not JSON');
  });

  it('turns photos upright by their EXIF orientation', async () => {
    const photo = await written('photo.jpg', jpegFile(storedPicture(page('L'), 6), 6));
    const [input] = await all([photo]);
    expect(correlation(input!.image, drawn('L'))).toBeGreaterThan(0.9);
  });

  it('reads transparent pictures with black or white ink', async () => {
    const black = await written(
      'black.png',
      pngFile(page('T'), (value) => [0, 0, 0, 255 - value]),
    );
    const white = PNG.sync.read(pngFile(page('T'), (value) => [0, 0, 0, 255 - value]));
    for (let at = 0; at < white.data.length; at += 4) white.data.fill(255, at, at + 3);
    const files = [black, await written('white.png', PNG.sync.write(white))];
    for (const { image } of await all(files)) expect(correlation(image, drawn('T'))).toBeGreaterThan(0.9);
  });

  it.each([
    ['a text file', 'notes.txt', 'Dear diary', 'is a text file, which cannot be read'],
    [
      'a UTF-16 text file, as written by PowerShell',
      'notes.txt',
      Buffer.from('\uFEFF{"strokes":[]}', 'utf16le'),
      'is a UTF-16 text file',
    ],
    [
      'strokes in UTF-16, as written by PowerShell',
      'drawn.jsonl',
      Buffer.from('\uFEFF{"strokes":[]}', 'utf16le'),
      'is encoded in UTF-16',
    ],
    ['a web page', 'page.png', '<!doctype html>', 'is a web page'],
    ['a cut GIF', 'picture.gif', 'GIF89a', 'is a damaged picture'],
    ['a PDF', 'scan.pdf', '%PDF-1.7', 'is a PDF document'],
    ['an SVG drawing', 'a.svg', '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg></svg>', 'is an SVG drawing'],
    ['a PostScript drawing', 'a.eps', '%!PS-Adobe-3.0 EPSF-3.0\n', 'is a PostScript document'],
    ['a PNM picture', 'a.pgm', 'P5\n10 10\n255\n', 'is a PNM picture'],
    ['a Git LFS pointer', 'a.png', 'version https://git-lfs.github.com/spec/v1\n', 'is a Git LFS pointer'],
    ['a video', 'clip.png', '\0\0\0\x1cftypmp42\0\0\0\0mp42', 'is a video'],
    ['a cut BMP', 'cut.bmp', cutRleBmp(), 'the file ends too soon'],
    ['an empty file', 'empty.png', '', 'is empty'],
    ['a zip archive', 'gzip.zip', 'PK\x03\x04', 'is a zip archive'],
    [
      'a damaged gzip file',
      'cut.gz',
      Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]),
      'damaged gzip',
    ],
    ['an IDX file of labels', 'labels', idx([Uint8Array.of(1, 2)], [2]), '1 dimension'],
    [
      'an IDX file of images of another size',
      'big',
      idx([new Uint8Array(32 * 30)], [1, 30, 32]),
      'images of 32x30 pixels',
    ],
    ['a truncated IDX file', 'short', idx([new Uint8Array(784)], [2, 28, 28]), '784 of 1568 bytes'],
    ['an IDX file without images', 'none', idx([], [0, 28, 28]), 'contains no characters'],
    ['a blank picture', 'blank.png', pngFile(drawPicture({ width: 50, height: 50 }, [])), 'has no writing'],
    ['a truncated PNG', 'cut.png', pngFile(page('L')).subarray(0, 300), 'is a damaged picture'],
    ['a PNG without a header', 'head.png', pngFile(page('L')).subarray(0, 12), 'is a damaged picture'],
    ['a truncated JPEG', 'cut.jpg', jpegFile(page('LTV')).subarray(0, 700), 'is a damaged picture'],
    ['a JPEG without a header', 'head.jpg', jpegFile(page('L')).subarray(0, 20), 'is a damaged picture'],
    ['an invalid line of strokes', 'bad.jsonl', 'nonsense', 'bad.jsonl:1: the line is not JSON'],
  ] as [string, string, string | Uint8Array, string][])('rejects %s', async (_, name, contents, message) => {
    const file = await written(name, contents);
    const error = await failure([file]);
    expect(error.message).toContain(file);
    expect(error.message).toContain(message);
  });

  it('rejects a picture with too many pixels by its header', async () => {
    const chunk = (type: string, data: Buffer) => {
      const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(named));
      return Buffer.concat([length, named, sum]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(60_000, 0);
    header.writeUInt32BE(60_000, 4);
    header.set([1, 0], 8);
    const bomb = Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(1000))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    const error = await failure([await written('bomb.png', bomb)]);
    expect(error.code).toBe('picture-too-large');
    expect(error.message).toContain('60000x60000 pixels');
    const wide = jpegFile(page('L'));
    const frame = wide.indexOf(Buffer.from([0xff, 0xc0]));
    wide.writeUInt16BE(65_000, frame + 5);
    wide.writeUInt16BE(65_000, frame + 7);
    expect((await failure([await written('bomb.jpg', wide)])).code).toBe('picture-too-large');
  });

  it('rejects missing files and folders', async () => {
    const missing = path.join(folder, 'missing.png');
    expect((await failure([missing])).message).toContain(missing);
    await mkdir(path.join(folder, 'pictures'), { recursive: true });
    const error = await failure([path.join(folder, 'pictures')]);
    expect(error.message).toContain('is a folder');
    expect(error.data).toMatchObject({ pattern: expect.stringContaining('*.png') });
  });

  it('rejects an empty list of files', async () => {
    expect((await failure([])).code).toBe('usage');
  });
});

/** An 8-bit BMP of 8x8 pixels in the run-length encoding, whose rows are missing. */
function cutRleBmp(): Buffer {
  const palette = Buffer.alloc(4 * 256);
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(head.length + palette.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(8, 18);
  head.writeInt32LE(8, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(8, 28);
  head.writeUInt32LE(1, 30);
  return Buffer.concat([head, palette, Buffer.of(8, 0)]);
}
