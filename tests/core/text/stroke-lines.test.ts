import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { strokeLines } from '../../../src/core/text/stroke-lines.ts';
import { moved, writeText } from '../../helpers/write-text.ts';

/** Small letters are 1 high; the base lines of these pages are 3 apart, where ascenders nearly touch descenders. */
const PITCH = 3;

function page(texts: readonly string[], { pitch = PITCH, slope = 0 } = {}): { drawing: Drawing; lines: number[][] } {
  const drawing: Drawing[number][] = [];
  const lines = texts.map((text, at) => {
    const first = drawing.length;
    drawing.push(...moved(writeText(text, { seed: at + 1 }), at % 2, at * pitch));
    return Array.from({ length: drawing.length - first }, (_, index) => first + index);
  });
  return { drawing: drawing.map((stroke) => stroke.map(([x, y]) => [x, y + slope * x] as const)), lines };
}

const WORDS = [
  'hello',
  'Big',
  'jay',
  'tiff',
  'quilt',
  'eel',
  'Type',
  'high',
  'of',
  "it's",
  'well-fed',
  'gypsy',
  'Lid',
  '47',
];

test.each(WORDS)('the word "%s" is one line', (word) => {
  for (const slope of [0, -0.2, 0.2]) {
    const { drawing, lines } = page([word], { slope });
    expect(strokeLines(drawing)).toEqual(lines);
  }
});

test('dots and bars drawn after the word stay in it', () => {
  const word = writeText('initiating');
  const late = [...word.filter((stroke) => stroke.length !== 2), ...word.filter((stroke) => stroke.length === 2)];
  expect(strokeLines(late)).toEqual([late.map((_, index) => index)]);
});

test('a long line may slope', () => {
  for (const slope of [-0.15, 0.15]) {
    const { drawing, lines } = page(['the quick brown fox jumps high'], { slope });
    expect(strokeLines(drawing)).toEqual(lines);
  }
});

describe('lines of a page', () => {
  test.each([0, 0.1, -0.1])('with slope %d', (slope) => {
    const { drawing, lines } = page(['the quick fox', 'jumps high', 'over a lazy dog', 'today'], { slope });
    expect(strokeLines(drawing)).toEqual(lines);
  });

  test('are found whatever the order of strokes', () => {
    const { drawing, lines } = page(['first light', 'second try']);
    const order = drawing.map((_, index) => index).reverse();
    const mixed = order.map((index) => drawing[index]!);
    const expected = lines.map((line) => line.map((index) => order.indexOf(index)).sort((a, b) => a - b));
    expect(strokeLines(mixed)).toEqual(expected);
  });
});

test('what has no letters is one line', () => {
  // biome-ignore format: points in rows
  expect(strokeLines([[[0, 0], [10, 0]], [[0, 8], [10, 8]]])).toEqual([[0, 1]]);
  expect(strokeLines([[[0, 0]], [[0, 900]]])).toEqual([[0, 1]]);
  expect(strokeLines([[], []])).toEqual([]);
  expect(strokeLines([])).toEqual([]);
});

describe('for any strokes', () => {
  const coordinate = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  const anyDrawing = fc.array(fc.array(fc.tuple(coordinate, coordinate), { maxLength: 6 }), { maxLength: 12 });

  test('each with points is in one line', () => {
    fc.assert(
      fc.property(anyDrawing, (drawing) => {
        const expected = drawing.flatMap((stroke, index) => (stroke.length > 0 ? [index] : []));
        const found = strokeLines(drawing);
        expect(found.flat().sort((a, b) => a - b)).toEqual(expected);
        for (const line of found) expect(line.length).toBeGreaterThan(0);
      }),
    );
  });

  test('neither size nor place matters', () => {
    const texts = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 });
    const place = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(texts, place, place, fc.double({ min: 0.1, max: 100, noNaN: true }), (words, x, y, scale) => {
        const { drawing } = page(words, { pitch: 4 });
        expect(strokeLines(moved(drawing, x, y, scale))).toEqual(strokeLines(drawing));
      }),
      { numRuns: 50, examples: [[['hello', 'Type', 'tiff', 'hello'], 498, 0, 0.1]] },
    );
  });
});
