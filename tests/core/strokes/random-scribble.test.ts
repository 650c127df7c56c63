import { expect, test } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { drawingBox, drawingExtent, pathLength } from '../../../src/core/strokes/geometry.ts';
import { randomScribble, randomStrikeout } from '../../../src/core/strokes/random-scribble.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';

const seeds = Array.from({ length: 500 }, (_, seed) => seed);

test.each([
  ['scribbles', randomScribble],
  ['strikeouts', randomStrikeout],
])(
  '%s are finite, up to about 100 units large, have an image, and are determined by their random numbers',
  (_, make) => {
    for (const seed of seeds) {
      const drawing = make(randomStream(seed));
      expect(drawing.length).toBeGreaterThan(0);
      expect(drawing.flat(2).every(Number.isFinite)).toBe(true);
      expect(drawingExtent(drawing)).toBeGreaterThan(2);
      expect(drawingExtent(drawing)).toBeLessThan(300);
      expect(Math.max(...rasterize(drawing))).toBe(255);
      expect(make(randomStream(seed))).toEqual(drawing);
    }
  },
);

test('scribbles differ in shape: images, strokes, and how much is drawn', () => {
  const drawings = seeds.map((seed) => randomScribble(randomStream(seed)));
  const images = new Set(drawings.map((drawing) => Buffer.from(rasterize(drawing)).toString('hex')));
  expect(images.size).toBe(seeds.length);
  const strokes = drawings.map((drawing) => drawing.length);
  expect(Math.min(...strokes)).toBe(1);
  expect(Math.max(...strokes)).toBeGreaterThan(5);
  const lengths = drawings.map(
    (drawing) => drawing.reduce((sum, stroke) => sum + pathLength(stroke), 0) / drawingExtent(drawing),
  );
  expect(Math.min(...lengths)).toBeLessThan(2);
  expect(Math.max(...lengths)).toBeGreaterThan(10);
});

test.each([
  ['smallest', 0],
  ['largest', 1 - 2 ** -32],
])('every kind of scribble can be drawn with the %s random numbers', (_, extreme) => {
  for (let kind = 0; kind < 11; kind++) {
    let isFirst = true;
    const drawing = randomScribble(() => {
      if (!isFirst) return extreme;
      isFirst = false;
      return (kind + 0.5) / 11;
    });
    expect(drawing.flat(2).every(Number.isFinite)).toBe(true);
    expect(Math.max(...rasterize(drawing))).toBe(255);
  }
});

test('a strikeout reaches across the square', () => {
  for (const seed of seeds) {
    const { width, height } = drawingBox(randomStrikeout(randomStream(seed)));
    expect(Math.max(width, height)).toBeGreaterThan(75);
  }
});
