import { describe, expect, it, test } from 'vitest';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { type LineImage, lineImage } from '../../../src/core/text/line-image.ts';
import { type PictureLine, pictureLines } from '../../../src/core/text/picture-lines.ts';
import {
  blankPaper,
  blur,
  frame,
  illuminate,
  line,
  type Paper,
  photograph,
  ruled,
  shadow,
  squared,
  vignette,
} from '../../helpers/paper.ts';
import { jpegFile, pngFile, storedPicture } from '../../helpers/picture-files.ts';
import { generatedText, writeOnPaper } from '../../helpers/write-text.ts';
import { correlation } from '../images/draw-picture.ts';

const LETTER = 24;
const PEN = { width: 4, ink: 0.15 };
const RULE = { width: 1.6, ink: 0.6 };
const [WIDTH, HEIGHT] = [900, 460];
const TEXTS = ['the quick brown fox', 'jumps over it.', 'lazy dogs sing'];
const DRAWINGS = TEXTS.map((text, i) => generatedText(text, i + 3));
const BASES = [120, 210, 300];

const read = (paper: Paper, noise = 0) => pictureLines(pngFile(photograph(paper, noise)), 'page.png');

function page(print: (paper: Paper) => void = () => {}, { slope = 0, pen = PEN, light = 1 } = {}): Paper {
  const paper = blankPaper(WIDTH, HEIGHT, light);
  print(paper);
  DRAWINGS.forEach((drawing, i) => {
    writeOnPaper(paper, drawing, { x: 70, y: BASES[i]!, letter: LETTER, slope }, pen);
  });
  return paper;
}

/** Expects an image to be what the strokes look like to the word network. `letter`: pixels of the picture to a unit of theirs. */
function expectDrawn({ image }: Pick<PictureLine, 'image'>, drawing: Drawing, letter = LETTER, least = 0.75): void {
  const drawn = lineImage(drawing);
  const factor = (drawn.unit * letter) / image.unit;
  expect(factor).toBeGreaterThan(0.92);
  expect(factor).toBeLessThan(1.08);
  expect(correlation(scaledLike(image, drawn, factor), drawn.pixels)).toBeGreaterThan(least);
}

/** An image as it would be if it had the scale and the height of another one. */
function scaledLike(image: LineImage, like: LineImage, factor: number): Uint8Array {
  const [from, to] = [meanRow(image), meanRow(like)];
  return Uint8Array.from(like.pixels, (_, i) => {
    const column = Math.round(4 + ((i % like.width) + 0.5 - 4) * factor - 0.5);
    const row = Math.round(from + (Math.floor(i / like.width) - to) * factor);
    return column < 0 || column >= image.width ? 0 : (image.pixels[row * image.width + column] ?? 0);
  });
}

function meanRow({ pixels, width }: LineImage): number {
  let [sum, total] = [0, 0];
  pixels.forEach((value, i) => {
    sum += value * Math.floor(i / width);
    total += value;
  });
  return sum / total;
}

function expectLines(found: readonly PictureLine[], drawings: readonly Drawing[] = DRAWINGS): void {
  expect(found).toHaveLength(drawings.length);
  found.forEach((one, i) => {
    expectDrawn(one, drawings[i]!);
  });
}

describe('a line looks as if it had been drawn with a pen', () => {
  test.each([
    ['small', 14, 2.4],
    ['of medium size', 30, 5],
    ['large', 110, 19],
    ['in hairlines', 40, 1.8],
    ['with a marker', 40, 9],
  ])('%s', async (_, letter, width) => {
    const drawing = DRAWINGS[0]!;
    const paper = blankPaper(Math.ceil(30 * letter), 6 * letter);
    writeOnPaper(paper, drawing, { x: 2 * letter, y: 3 * letter, letter }, { width, ink: 0.1 });
    const [found, ...more] = await read(paper);
    expect(more).toHaveLength(0);
    expectDrawn(found!, drawing, letter, width === 9 ? 0.65 : undefined);
    const ink = (image: LineImage) => image.pixels.reduce((sum, value) => sum + value, 0);
    const ratio = ink(found!.image) / ink(lineImage(drawing));
    // Broad strokes are narrowed, but not to hairlines.
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(width === 1.8 ? 1.1 : 1.35);
  });
});

describe('the lines of a page are found top to bottom', () => {
  test.each<[string, () => Paper]>([
    ['on blank paper', () => page()],
    ['on lined paper', () => page((paper) => ruled(paper, 30, 90, RULE))],
    ['on narrowly lined paper', () => page((paper) => ruled(paper, 30, 30, RULE))],
    ['on lined paper as dark as the ink', () => page((paper) => ruled(paper, 30, 90, { width: 2, ink: 0.15 }))],
    ['on squared paper', () => page((paper) => squared(paper, 20, 45, RULE))],
    [
      'beside the line of a margin',
      () =>
        page((paper) => {
          ruled(paper, 30, 90, RULE);
          line(paper, [50, -5], [50, HEIGHT + 5], { width: 2.5, ink: 0.4 });
        }),
    ],
    [
      'in the boxes of a table',
      () =>
        page((paper) => {
          for (const base of BASES) frame(paper, 30, base - 60, WIDTH - 30, base + 30, { width: 2.5, ink: 0.2 });
        }),
    ],
    ['in a frame', () => page((paper) => frame(paper, 20, 20, WIDTH - 20, HEIGHT - 20, { width: 4, ink: 0.2 }))],
    ['that slope down', () => page(undefined, { slope: 0.035 })],
    ['that slope up', () => page(undefined, { slope: -0.035 })],
    ['of chalk on a blackboard', () => page(undefined, { light: 0.15, pen: { width: 5, ink: 1 } })],
    [
      'in uneven light',
      () => {
        const paper = page((sheet) => ruled(sheet, 30, 90, RULE));
        illuminate(paper, vignette(0.4));
        illuminate(paper, shadow(0.5, 0.1, 0.4, 0.1));
        blur(paper, 0.6);
        return paper;
      },
    ],
  ])('%s', async (_, makePage) => {
    expectLines(await read(makePage(), 3));
  });

  it('although descenders reach into the line below', async () => {
    const paper = blankPaper(WIDTH, HEIGHT);
    const drawings = ['gypsy jig', 'all told'].map((text) => generatedText(text, 5));
    drawings.forEach((drawing, i) => {
      writeOnPaper(paper, drawing, { x: 60, y: 120 + 2.6 * LETTER * i, letter: LETTER }, PEN);
    });
    const found = await read(paper);
    expect(found).toHaveLength(2);
    expect(found[0]!.box.bottom).toBeLessThan(found[1]!.box.bottom - LETTER);
    expect(found[1]!.box.top).toBeGreaterThan(found[0]!.box.top + LETTER);
  });

  it('one of them a single short word', async () => {
    const paper = blankPaper(WIDTH, HEIGHT);
    const drawings = [DRAWINGS[0]!, generatedText('so', 5)];
    drawings.forEach((drawing, i) => {
      writeOnPaper(paper, drawing, { x: 60, y: 120 + 80 * i, letter: LETTER }, PEN);
    });
    expect(await read(paper)).toHaveLength(2);
  });
});

test('a row of low letters is no line', async () => {
  // Joined, and hardly higher than the pen is wide.
  const paper = page();
  let last: [number, number] = [600, 290];
  for (let x = 600; x <= 745; x += 4) {
    const next: [number, number] = [x, 290 + 4 * Math.sin(x / 4)];
    line(paper, last, next, PEN);
    last = next;
  }
  const found = await read(paper);
  expect(found).toHaveLength(3);
  expect(found[2]!.box.right).toBeGreaterThan(740);
});

test('what is left of a faint line is none of the writing', async () => {
  const paper = page((sheet) => {
    for (let y = 0; y < HEIGHT; y += 40) line(sheet, [40, y], [40, y + 22], { width: 1.2, ink: 0.15 });
  });
  const found = await read(paper);
  expectLines(found);
  for (const { box } of found) expect(box.left).toBeGreaterThan(45);
});

test('a long underline is left out, and the bar of a t is not', async () => {
  const paper = page((sheet) => line(sheet, [60, 128], [640, 131], PEN));
  expectLines(await read(paper));
  const word = generatedText('tattoo', 2);
  const crossed = blankPaper(500, 240);
  writeOnPaper(crossed, word, { x: 60, y: 140, letter: 40 }, PEN);
  line(crossed, [70, 95], [215, 92], PEN);
  const [found] = await read(crossed);
  expect(found!.boxOf(0, found!.image.width).top).toBeLessThan(95);
  const plain = blankPaper(500, 240);
  writeOnPaper(plain, word, { x: 60, y: 140, letter: 40 }, PEN);
  const ink = (one: PictureLine) => one.image.pixels.reduce((sum, value) => sum + value, 0);
  expect(ink(found!)).toBeGreaterThan(1.05 * ink((await read(plain))[0]!));
});

test('a dot belongs to its line, and specks to none', async () => {
  const paper = page();
  const [, second] = await read(paper);
  // The full stop of the second line is the last thing in it.
  const stop = second!.boxOf(second!.image.width - 16, second!.image.width);
  expect(stop.bottom - stop.top).toBeLessThan(LETTER / 2);
  for (const x of [300, 500]) line(paper, [x, 440], [x, 440], { width: 1, ink: 0.4 });
  const found = await read(paper);
  expectLines(found);
  expect(found[2]!.box.bottom).toBeLessThan(400);
});

test.each([1, 3, 6])(
  'columns map to the picture as displayed, stored with EXIF orientation %i',
  async (orientation) => {
    const drawing = generatedText('in on', 4);
    const paper = blankPaper(700, 260);
    writeOnPaper(paper, drawing, { x: 100, y: 150, letter: 40 }, PEN);
    const stored = storedPicture(photograph(paper), orientation);
    const [found] = await pictureLines(jpegFile(stored, orientation), 'photo.jpg');
    const xs = drawing.flat().map(([x]) => 100 + 40 * x);
    expect(Math.abs(found!.box.left - Math.min(...xs))).toBeLessThan(5);
    expect(Math.abs(found!.box.right - Math.max(...xs))).toBeLessThan(5);
    // The first stroke alone.
    const first = drawing[0]!.map(([x]) => 100 + 40 * x);
    const column = (x: number) => Math.round((x - found!.image.left) / found!.image.unit);
    const box = found!.boxOf(0, column(Math.max(...first)) + 1);
    expect(Math.abs(box.left - Math.min(...xs))).toBeLessThan(6);
    expect(Math.abs(box.right - Math.max(...first))).toBeLessThan(6);
  },
);

describe('errors name the picture', () => {
  it('without writing', async () => {
    await expect(read(blankPaper(300, 200), 4)).rejects.toMatchObject({ code: 'picture-blank' });
  });

  it('of another kind', async () => {
    await expect(pictureLines(Buffer.from('text'), 'notes.txt')).rejects.toMatchObject({ code: 'input-unknown' });
  });
});

it('stops between its stages when aborted', async () => {
  const paper = blankPaper(600, 200);
  writeOnPaper(paper, generatedText('stopped'), { x: 60, y: 120, letter: 40 }, { width: 5, ink: 0.2 });
  const controller = new AbortController();
  const lines = pictureLines(pngFile(photograph(paper, 0)), 'page.png', controller.signal);
  controller.abort(new Error('enough'));
  await expect(lines).rejects.toThrow('enough');
});
