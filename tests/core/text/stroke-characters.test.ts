import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../../src/core/strokes/geometry.ts';
import { lineImage } from '../../../src/core/text/line-image.ts';
import { charactersWithStrokes, STEP_PIXELS } from '../../../src/core/text/stroke-characters.ts';
import { strokeCounts, writeText } from '../../helpers/write-text.ts';

/** The strokes of each character of a drawing, where the network reads each at the middle of `middles`. */
function strokesOf(text: string, drawing: Drawing, middles: readonly number[]) {
  const image = lineImage(drawing);
  const characters = [...text].map((label, at) => {
    const step = (middles[at]! - image.left) / image.unit / STEP_PIXELS;
    return { label, probability: 1, from: step - 0.5, to: step + 0.5 };
  });
  const indices = drawing.map((_, index) => index);
  return charactersWithStrokes(characters, image, drawing, indices).map(({ strokes }) => strokes);
}

function middleOf(drawing: Drawing): number {
  const { left, width } = drawingBox(drawing);
  return left + width / 2;
}

/** The indices of the strokes that each character of a text is drawn with. */
function drawnWith(text: string): number[][] {
  let next = 0;
  return strokeCounts(text).map((count) => Array.from({ length: count }, () => next++));
}

test.each(['hello', 'title', 'jiffy', 'EFHI', 'Waiting', "it's", 'well-fed'])('the characters of "%s"', (text) => {
  const drawing = writeText(text);
  const expected = drawnWith(text);
  const middles = expected.map((strokes) => middleOf(strokes.map((index) => drawing[index]!)));
  expect(strokesOf(text, drawing, middles)).toEqual(expected);
});

describe('a stroke that joins characters', () => {
  // biome-ignore format: points in rows
  const joined: Drawing = [[[0, 20], [5, 0], [10, 20], [15, 5], [20, 20], [25, 5], [30, 20]], [[16, -9]], [[22, -4], [40, -4]], [[31, -20], [31, 20]]];

  test('belongs to each; dots and bars to the letters that have them', () => {
    expect(strokesOf('nuit', joined, [5, 12, 20, 31])).toEqual([[0], [0], [0, 1], [2, 3]]);
  });

  test('a bar belongs to each letter that it crosses', () => {
    // biome-ignore format: points in rows
    const drawing: Drawing = [[[0, 0], [0, 40]], [[10, 0], [10, 40]], [[-4, 12], [14, 12]]];
    expect(strokesOf('tt', drawing, [0, 10])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });
});

test('each stroke belongs to a character, and each character has a stroke', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60 }));
  const anyDrawing = fc.array(fc.array(point, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 });
  const anyText = fc.array(fc.tuple(fc.constantFrom(...'atTi.-mx'), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(anyDrawing, anyText, (drawing, steps) => {
      let middle = 0;
      const middles = steps.map(([, step]) => (middle += step));
      const found = strokesOf(steps.map(([label]) => label).join(''), drawing, middles);
      expect([...new Set(found.flat())].sort((a, b) => a! - b!)).toEqual(drawing.map((_, index) => index));
      for (const strokes of found) expect(strokes!.length).toBeGreaterThan(0);
      for (const strokes of found) expect(strokes).toEqual(strokes!.toSorted((a, b) => a - b));
    }),
  );
});
