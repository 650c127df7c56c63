import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChartData, lineChart } from '../../src/tui/charts/line-chart.ts';
import { grayPicture, strokePicture } from '../../src/tui/charts/pictures.ts';
import { niceScale } from '../../src/tui/charts/scale.ts';
import { append, bridge, createSeries, means, resample, type Series } from '../../src/tui/charts/series.ts';
import type { StyledLine } from '../../src/tui/charts/styled-line.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';

const unicode = createTheme({ colors: '256', background: 'dark', unicode: true });
const ascii = createTheme({ colors: 'none', background: 'dark', unicode: false });
const plain = createTheme({ colors: 'none', background: 'dark', unicode: true });

const textOf = (lines: readonly StyledLine[]) => lines.map((line) => line.map(({ text }) => text).join(''));

function seriesOf(points: readonly (readonly [x: number, y: number])[], start = 0): Series {
  return points.reduce((series, [x, y]) => append(series, x, y), createSeries(start, 1 / 256, 64));
}

function chart(
  points: readonly (readonly [number, number])[],
  validation: ChartData['validation'],
  to: number,
): ChartData {
  return {
    title: 'Loss',
    training: seriesOf(points),
    validation,
    from: 0,
    to,
    format: (value) => value.toFixed(2),
    farSide: 'high',
    lowest: 0,
  };
}

describe('series', () => {
  test('keeps the count, sum, minimum and maximum of all values, in bounded memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }))),
        (points) => {
          const series = seriesOf(points);
          expect(series.buckets.length).toBeLessThanOrEqual(series.capacity);
          const total = (pick: 'count' | 'sum') => series.buckets.reduce((sum, bucket) => sum + bucket[pick], 0);
          expect(total('count')).toBe(points.length);
          expect(total('sum')).toBeCloseTo(
            points.reduce((sum, [, y]) => sum + y, 0),
            6,
          );
          expect(Math.min(...series.buckets.map(({ min }) => min))).toBe(Math.min(...points.map(([, y]) => y)));
          expect(Math.max(...series.buckets.map(({ max }) => max))).toBe(Math.max(...points.map(([, y]) => y)));
        },
      ),
    );
  });

  test('ignores values that are not finite', () => {
    expect(
      seriesOf([
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
        [Number.NaN, 1],
        [-1, 1],
      ]).buckets,
    ).toEqual([]);
  });

  test('assigns values to columns and interpolates between them', () => {
    const columns = means(
      resample(
        seriesOf([
          [0.1, 4],
          [0.2, 2],
          [3.5, 0],
        ]),
        0,
        4,
        4,
      ),
    );
    expect(columns).toEqual([3, Number.NaN, Number.NaN, 0]);
    expect(bridge(columns)).toEqual([3, 2, 1, 0]);
    expect(bridge([Number.NaN, 5, Number.NaN])).toEqual([Number.NaN, 5, Number.NaN]);
  });
});

test('a scale contains all values and has round ends', () => {
  expect(niceScale([0.31, 3.74], 5)).toEqual({ min: 0, max: 4, step: 1 });
  expect(niceScale([0.853, 0.871], 4, 0, 1)).toMatchObject({ min: 0.85, max: 0.875 });
  expect(niceScale([], 4, 0, 1)).toMatchObject({ min: 0, max: 1 });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (values, ticks) => {
        const { min, max } = niceScale(values, ticks);
        expect(min).toBeLessThan(max);
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(min - (max - min) * 1e-6);
          expect(value).toBeLessThanOrEqual(max + (max - min) * 1e-6);
        }
      },
    ),
  );
});

describe('line chart', () => {
  test('is exactly as large as requested, whatever the values', () => {
    const value = fc.oneof(fc.double(), fc.double({ min: 0, max: 4 }));
    const points = fc.array(fc.tuple(fc.double({ min: 0, max: 12, noNaN: true }), value), { maxLength: 60 });
    const validation = fc.array(fc.record({ x: fc.integer({ min: -1, max: 14 }), y: value }), { maxLength: 12 });
    fc.assert(
      fc.property(
        points,
        validation,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 210 }),
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom(unicode, ascii),
        (values, checks, to, width, height, theme) => {
          const lines = textOf(lineChart(chart(values, checks, to), width, height, theme.glyphs));
          expect(lines).toHaveLength(width > 0 ? height : 0);
          for (const line of lines) expect([...line]).toHaveLength(width);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('draws a falling loss from top left to bottom right, with axes', () => {
    const points = Array.from({ length: 200 }, (_, index) => [index / 100, 2 - index / 100] as const);
    const lines = textOf(lineChart(chart(points, [], 2), 40, 12, plain.glyphs));
    expect(lines[0]).toContain('Loss');
    expect(lines[1]).toMatch(/^2\.00┤.*[─╮]/);
    expect(lines.at(-3)).toMatch(/^0\.00┤ {20,}.*[─╰]/);
    expect(lines.at(-1)).toMatch(/0 +1 +2/);
  });

  test('distinguishes training and validation without color, with a legend', () => {
    const points = Array.from({ length: 300 }, (_, index) => [index / 100, 0.4] as const);
    const data = chart(
      points,
      [
        { x: 1, y: 0.9 },
        { x: 2, y: 0.8 },
        { x: 3, y: 0.8 },
      ],
      3,
    );
    for (const [theme, training, validation] of [
      [plain, '─', '•'],
      [ascii, '-', 'o'],
    ] as const) {
      const [title, ...rows] = textOf(lineChart(data, 60, 12, theme.glyphs));
      expect(title).toContain(`${training}${training} training`);
      expect(title).toContain(`${validation}${validation} validation`);
      const plot = rows.slice(0, -2);
      expect(plot.some((row) => row.slice(6).includes(validation.repeat(5)))).toBe(true);
      expect(plot.some((row) => row.slice(6).includes(training.repeat(5)))).toBe(true);
    }
  });

  test('shades the range of the batches behind their mean', () => {
    const points = Array.from({ length: 400 }, (_, index) => [index / 100, index % 2] as const);
    const rows = textOf(lineChart(chart(points, [], 4), 30, 12, plain.glyphs));
    expect(rows.filter((row) => row.includes('░░░░')).length).toBeGreaterThanOrEqual(5);
  });

  test('uses only ASCII if nothing else is supported', () => {
    const data = chart(
      [
        [0.1, 1],
        [0.5, 3],
        [0.9, 0.2],
      ],
      [{ x: 1, y: 0.5 }],
      1,
    );
    expect(textOf(lineChart(data, 50, 12, ascii.glyphs)).join('')).toMatch(/^[ -~]*$/);
  });
});

describe('pictures', () => {
  const image = new Uint8Array(784);
  image.fill(255, 0, 28);

  test('a 28x28 image is 14 lines of 28 cells, with light ink', () => {
    const lines = grayPicture(image, 28, unicode);
    expect(lines).toHaveLength(14);
    expect(lines[0]).toBe(`\u001B[38;5;231m\u001B[48;5;16m${'▀'.repeat(28)}\u001B[49m\u001B[39m`);
    expect(lines[1]).toBe(`\u001B[38;5;16m\u001B[48;5;16m${'▀'.repeat(28)}\u001B[49m\u001B[39m`);
  });

  test('without 256 colors, they are characters from light to dark', () => {
    const lines = grayPicture(image, 28, plain);
    expect(lines[0]).toMatch(/^([*+=])\1{27}$/);
    expect(lines[1]).toBe(' '.repeat(28));
  });

  test('strokes keep their proportions and fit the cells', () => {
    const bar = [
      [
        [50, 0],
        [50, 90],
      ],
    ] as const;
    expect(strokePicture(bar, 5, 3, false)).toEqual(['  #  ', '  #  ', '  #  ']);
    // A square in a cell of 2x4 dots covers two of its four rows.
    expect(
      strokePicture(
        [
          [
            [0, 0],
            [1, 1],
          ],
        ],
        1,
        1,
        true,
      ),
    ).toEqual(['⠢']);
    const coordinate = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (drawing, columns, rows, braille) => {
          const lines = strokePicture(drawing, columns, rows, braille);
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect([...line]).toHaveLength(columns);
          if (drawing.length > 0) expect(lines.join('').trim()).not.toBe('');
        },
      ),
    );
  });
});
