import { describe, expect, test } from 'vitest';
import { findCharacters } from '../../../src/core/images/picture-characters.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { CHARACTERS } from '../../accuracy/characters.ts';
import { blankPaper, frame, line, type Paper, photograph, ruled, squared, write } from '../../helpers/paper.ts';
import { correlation } from './draw-picture.ts';

const PEN = { width: 9, ink: 0.1 };
const THIN = { width: 2, ink: 0.1 };
const SIDE = 220;

/** A page with characters side by side, and whatever is printed on it. */
function page(text: string, print: (paper: Paper) => void, printOver: (paper: Paper) => void = () => {}): Paper {
  const paper = blankPaper(SIDE * text.length, SIDE);
  print(paper);
  [...text].forEach((label, i) => {
    write(paper, CHARACTERS[label]!, { x: i * SIDE + 55, y: 55, width: 110, height: 110 }, PEN);
  });
  printOver(paper);
  return paper;
}

/** A square frame whose corners are quarters of circles. */
function roundFrame(paper: Paper, from: number, to: number, radius: number): void {
  const corner = (x: number, y: number, start: number) =>
    Array.from({ length: 9 }, (_, i): [number, number] => {
      const angle = start + (i * Math.PI) / 16;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
  const [near, far] = [from + radius, to - radius];
  const outline = [
    ...corner(far, far, 0),
    ...corner(near, far, Math.PI / 2),
    ...corner(near, near, Math.PI),
    ...corner(far, near, 1.5 * Math.PI),
  ];
  outline.forEach((point, i) => {
    line(paper, point, outline[(i + 1) % outline.length]!, THIN);
  });
}

/** Expects exactly these characters, looking as if they were alone on the page. */
function expectCharacters(paper: Paper, text: string): void {
  const found = findCharacters(photograph(paper), 'page.png');
  expect(found).toHaveLength(text.length);
  found.forEach(({ image }, i) => {
    expect(correlation(image, rasterize(CHARACTERS[text[i]!]!)), text[i]).toBeGreaterThan(0.85);
  });
}

describe.each(['3', 'A', 'S', '8'])('%s is found', (text) => {
  test.each<[string, (paper: Paper) => void]>([
    ['on lined paper', (paper) => ruled(paper, 10, 32, THIN)],
    ['on lined paper that is a little crooked', (paper) => ruled(paper, 10, 40, THIN, 0.05)],
    ['on squared paper', (paper) => squared(paper, 12, 30, THIN)],
    ['in a frame', (paper) => frame(paper, 20, 20, 200, 200, { width: 4, ink: 0.1 })],
    ['in a frame at the edge', (paper) => frame(paper, 0, 0, 219, 219, { width: 8, ink: 0.1 })],
    ['in a frame with round corners', (paper) => roundFrame(paper, 20, 200, 40)],
    [
      'in a double frame',
      (paper) => {
        frame(paper, 12, 12, 208, 208, THIN);
        frame(paper, 20, 20, 200, 200, THIN);
      },
    ],
    [
      'in a box within a frame',
      (paper) => {
        frame(paper, 6, 6, 214, 214, THIN);
        frame(paper, 35, 35, 185, 185, THIN);
      },
    ],
    [
      'between axes that are far longer',
      (paper) => {
        line(paper, [6, 4], [6, 214], THIN);
        line(paper, [6, 214], [216, 214], THIN);
      },
    ],
    [
      'between axes',
      (paper) => {
        line(paper, [20, 10], [20, 200], THIN);
        line(paper, [20, 200], [210, 200], THIN);
        for (let tick = 40; tick < 200; tick += 30) line(paper, [tick, 200], [tick, 205], THIN);
      },
    ],
  ])('%s', (_, print) => {
    expectCharacters(page(text, print), text);
  });
});

test('each box of a form has one character', () => {
  const boxes = (paper: Paper) => {
    for (let i = 0; i < 4; i++) frame(paper, i * SIDE + 15, 15, (i + 1) * SIDE - 15, 205, THIN);
  };
  expectCharacters(page('3A81', boxes), '3A81');
});

test('strokes that a lighter line interrupts are whole', () => {
  const lines = (paper: Paper) => {
    for (let y = 20; y < SIDE; y += 40) {
      for (let x = 0; x < SIDE; x++) paper.light[y * SIDE + x] = 0.7;
    }
  };
  expectCharacters(
    page('3', () => {}, lines),
    '3',
  );
});

test.each([...'1ITEFHLZ47'])('%s is made of straight lines, which are writing', (text) => {
  expectCharacters(
    page(text, () => {}),
    text,
  );
  // The picture ends where the character does.
  const tight = blankPaper(124, 124);
  write(tight, CHARACTERS[text]!, { x: 2, y: 2, width: 120, height: 120 }, PEN);
  expectCharacters(tight, text);
});

test('a character that encloses others is no frame', () => {
  const slashed = blankPaper(SIDE, SIDE);
  write(slashed, CHARACTERS['0']!, { x: 40, y: 30, width: 140, height: 160 }, PEN);
  line(slashed, [95, 130], [125, 90], PEN);
  const [zero, ...others] = findCharacters(photograph(slashed), 'page.png');
  expect(others).toEqual([]);
  expect(correlation(zero!.image, rasterize(CHARACTERS['0']!))).toBeGreaterThan(0.8);

  const square = blankPaper(SIDE, SIDE);
  frame(square, 60, 30, 160, 190, PEN);
  line(square, [75, 105], [145, 105], PEN);
  const [eight] = findCharacters(photograph(square), 'page.png');
  expect(eight!.box.bottom - eight!.box.top).toBeGreaterThan(150);
});

test('strokes of a character that do not touch stay together, unless characters are as close', () => {
  const gaps = (between: number, within: number) => {
    const paper = blankPaper(600, SIDE);
    for (let i = 0; i < 4; i++) {
      const x = 30 + i * (70 + between);
      line(paper, [x, 60], [x, 160], PEN);
      line(paper, [x + (i === 1 ? 9 + within : 0), 110], [x + 60, 110], PEN);
      line(paper, [x + 60, 60], [x + 60, 160], PEN);
    }
    return findCharacters(photograph(paper), 'page.png').length;
  };
  expect(gaps(50, 7)).toBe(4);
  expect(gaps(4, 7)).toBe(5);
});

test('a line under a part of a word is no writing', () => {
  expectCharacters(
    page('3A8', (paper) => line(paper, [30, 190], [440, 190], THIN)),
    '3A8',
  );
});
