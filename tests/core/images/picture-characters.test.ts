import { describe, expect, it } from 'vitest';
import type { GrayPicture } from '../../../src/core/images/gray-picture.ts';
import { findCharacters } from '../../../src/core/images/picture-characters.ts';
import { randomStream } from '../../../src/core/random.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { enlarge, FILTERS } from '../../bench/pictures/enlarge.ts';
import { illuminate, type Paper, photograph, shadow, vignette } from '../../helpers/paper.ts';
import { correlation, drawPicture, glyph, type Polyline } from './draw-picture.ts';

const PAGE = { width: 420, height: 140 };

/** The letter of `draw-picture` that an image is most similar to. */
function read(image: Uint8Array): string {
  const likeness = [...'LTV1ij=O'].map((name) => ({ name, value: correlation(image, rasterize(glyph(name, 0, 0))) }));
  const best = likeness.reduce((a, b) => (a.value > b.value ? a : b));
  expect(best.value).toBeGreaterThan(0.85);
  return best.name;
}

const readAll = (picture: GrayPicture) =>
  findCharacters(picture, 'page.png')
    .map(({ image }) => read(image))
    .join('');

function word(letters: string, x = 30, y = 30): Polyline[] {
  return [...letters].flatMap((letter, i) => glyph(letter, x + i * 75, y));
}

function changed(picture: GrayPicture, change: (value: number, x: number, y: number) => number): GrayPicture {
  return {
    ...picture,
    gray: picture.gray.map((value, i) =>
      Math.min(255, Math.max(0, change(value, i % picture.width, Math.floor(i / picture.width)))),
    ),
  };
}

describe('findCharacters', () => {
  it('returns an image of each character, from left to right, like a rasterized drawing', () => {
    expect(readAll(drawPicture(PAGE, word('LTVO1')))).toBe('LTVO1');
  });

  it('reads light ink on dark paper', () => {
    expect(readAll(drawPicture({ ...PAGE, ink: 240, paper: 15 }, word('LTVO')))).toBe('LTVO');
  });

  it('joins dots and bars to their characters', () => {
    expect(readAll(drawPicture(PAGE, word('iLj=T')))).toBe('iLj=T');
  });

  it('reads sloping lines from top to bottom', () => {
    const page = { width: 420, height: 360 };
    const sloping = [...'LTVO1'].flatMap((letter, i) => glyph(letter, 20 + i * 75, 20 + i * 14));
    const below = [...'iTLVj'].flatMap((letter, i) => glyph(letter, 20 + i * 75, 180 + i * 14));
    expect(readAll(drawPicture(page, [...sloping, ...below]))).toBe('LTVO1iTLVj');
  });

  it.each([
    ['hairlines', 1.2],
    ['a marker', 18],
  ])('normalizes the stroke width of %s', (_, pen) => {
    expect(readAll(drawPicture({ ...PAGE, pen }, word('LTVO')))).toBe('LTVO');
  });

  it('reads characters of any size', () => {
    const large = glyph('T', 0, 0).map((line) => line.map(([x, y]): [number, number] => [x * 14 + 60, y * 14 + 60]));
    expect(readAll(drawPicture({ width: 900, height: 1000, pen: 4 }, large))).toBe('T');
    const small = glyph('L', 0, 0).map((line) => line.map(([x, y]): [number, number] => [x / 5 + 4, y / 5 + 4]));
    expect(readAll(drawPicture({ width: 24, height: 24, pen: 1.4 }, small))).toBe('L');
  });

  it('reads in spite of shadows, noise, and specks', () => {
    const random = randomStream(1);
    const page = changed(
      drawPicture(PAGE, [...word('LiTO'), [[380, 120]]]),
      (value, x, y) => value * (1 - 0.55 * (x / 400)) + 14 * (random() - 0.5) - (y === 5 && x % 37 === 0 ? 120 : 0),
    );
    expect(readAll(page)).toBe('LiTO');
  });

  it.each<[string, (paper: Paper) => void]>([
    ['corners that are dark', (paper) => illuminate(paper, vignette(0.8))],
    ['a shadow with a sharp edge', (paper) => illuminate(paper, shadow(0.4, 0, 0.5, 0.02))],
    [
      'both, and glare',
      (paper) => {
        illuminate(paper, vignette(0.4));
        illuminate(paper, shadow(1.5, 0.1, -0.25, 0.1));
        illuminate(paper, shadow(2.8, 0.1, 0.3, 0.3));
      },
    ],
  ])('reads dark and light ink in spite of %s', (_, spoil) => {
    for (const [ink, paper] of [
      [90, 190],
      [170, 50],
    ]) {
      const { width, height, gray } = drawPicture({ ...PAGE, ink, paper }, word('LiTO'));
      const page = { width, height, light: Float32Array.from(gray, (value) => value / 255) };
      spoil(page);
      expect(readAll(photograph(page, 3)), `ink of ${ink}`).toBe('LiTO');
    }
  });

  it('reads pencil, which has little contrast, on gray paper', () => {
    expect(readAll(drawPicture({ ...PAGE, ink: 150, paper: 190 }, word('VLT')))).toBe('VLT');
  });

  it.each([
    ['white', drawPicture(PAGE, [])],
    ['a shadow', changed(drawPicture(PAGE, []), (value, x) => value - x / 3)],
    ['noise', changed(drawPicture(PAGE, []), (value) => value - 24 * randomAt())],
    ['one pixel', { width: 1, height: 1, gray: Uint8Array.of(7) }],
  ])('rejects a page without writing: %s', (_, picture) => {
    expect(() => findCharacters(picture, 'page.png')).toThrow('page.png has no writing');
  });

  it('rejects a pattern', () => {
    const dots = changed(drawPicture({ width: 250, height: 250 }, []), (_, x, y) => (x % 5 < 2 && y % 5 < 2 ? 0 : 255));
    expect(() => findCharacters(dots, 'page.png')).toThrow('page.png has more than 2000 separate marks');
  });

  it('returns the box of each character including its dot', () => {
    const boxes = findCharacters(drawPicture(PAGE, word('Li')), 'page.png').map(({ box }) => box);
    // L goes from (40, 30) to (75, 90), and i from its dot at (127, 38) to (125, 90); the pen covers 2 pixels more each way.
    expect(boxes).toEqual([
      { left: 38, top: 28, right: 78, bottom: 93 },
      { left: 123, top: 36, right: 130, bottom: 93 },
    ]);
  });

  it('uses a picture in the style of EMNIST unchanged, or inverted if dark on light', () => {
    const image = rasterize(glyph('V', 0, 0));
    expect(findCharacters({ width: 28, height: 28, gray: image }, 'v.png')[0]!.image).toEqual(image);
    const inverted = image.map((value) => 255 - value);
    expect(findCharacters({ width: 28, height: 28, gray: inverted }, 'v.png')[0]!.image).toEqual(image);
  });

  it.each(['nearest', 'bilinear', 'bicubic', 'lanczos'] as const)(
    'takes an enlarged image apart again: %s',
    (filter) => {
      const image = rasterize(glyph('V', 0, 0));
      for (const factor of [3, 8]) {
        const values = enlarge(
          Float32Array.from(image, (value) => value / 255),
          28,
          factor,
          FILTERS[filter],
        );
        const gray = Uint8Array.from(values, (value) => Math.round(255 * value));
        const [character] = findCharacters({ width: 28 * factor, height: 28 * factor, gray }, 'v.png');
        expect(correlation(character!.image, image)).toBeGreaterThan(0.99);
      }
    },
  );

  it('centers a 28x28 picture that is not in the style of EMNIST', () => {
    const line: Polyline = [
      [2, 2],
      [2, 12],
      [9, 12],
    ];
    const corner = drawPicture({ width: 28, height: 28, pen: 1.5 }, [line]);
    const [character] = findCharacters(corner, 'l.png');
    expect(correlation(character!.image, rasterize([line]))).toBeGreaterThan(0.9);
  });
});

const noise = randomStream(9);
/** Approximately Gaussian, from -1 to 1. */
function randomAt(): number {
  return (noise() + noise() + noise() + noise()) / 2 - 1;
}
