import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChartData, lineChart } from '../../src/tui/charts/line-chart.ts';
import { grayPicture, strokePicture } from '../../src/tui/charts/pictures.ts';
import { rowScale } from '../../src/tui/charts/scale.ts';
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
    format: (value, decimals) => value.toFixed(Math.max(2, decimals)),
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

describe('the rows of a plot', () => {
  const TOLERANCE = 1e-5;
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const loss = fc.double({ min: 0, max: 12, noNaN: true });
  const any = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  /** Values within bounds, and a close range of them as in a run that hardly improves. */
  const cases = fc.oneof(
    ...[
      { value: share, lowest: 0, highest: 1 },
      { value: loss, lowest: 0, highest: Number.POSITIVE_INFINITY },
      { value: any, lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY },
    ].map(({ value, lowest, highest }) => {
      const spread = fc.array(value, { minLength: 1, maxLength: 20 });
      const close = fc.tuple(value, fc.array(share, { minLength: 1 }), fc.integer({ min: 0, max: 8 }));
      const values = fc.oneof(
        spread,
        close.map(([first, others, digits]) =>
          others.map((other) => Math.min(highest, Math.max(lowest, first + (other - 0.5) * 10 ** -digits))),
        ),
      );
      return fc.record({ values, lowest: fc.constant(lowest), highest: fc.constant(highest) });
    }),
  );

  test('contain all values, as closely as the ticks allow', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 60 }), ({ values, lowest, highest }, rows) => {
        const { min, max } = rowScale(values, rows, lowest, highest);
        const slack = (max - min) * TOLERANCE;
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(min - slack);
          expect(value).toBeLessThanOrEqual(max + slack);
        }
        const range = Math.max(...values) - Math.min(...values);
        if (rows > 12 && range > 1e-6 * Math.max(1, ...values.map(Math.abs)) && highest - lowest > range * 4) {
          expect(max - min).toBeLessThan(range * 2);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('have ticks at equal distances, whose labels are exact and differ', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 60 }), ({ values, lowest, highest }, rows) => {
        const { min, max, ticks, decimals } = rowScale(values, rows, lowest, highest);
        expect(ticks.length).toBeGreaterThanOrEqual(rows > 2 ? 2 : 1);
        expect(ticks.length).toBeLessThanOrEqual(Math.max(7, Math.ceil(rows / 2)));
        const distances = ticks.slice(1).map(({ row }, index) => ticks[index]!.row - row);
        expect(new Set(distances).size).toBeLessThanOrEqual(1);
        const labels = ticks.map(({ value }) => value.toFixed(decimals));
        expect(new Set(labels).size).toBe(ticks.length);
        for (const [index, { row, value }] of ticks.entries()) {
          // Exact to the digit, and exactly on its row.
          expect(Number(labels[index])).toBe(value);
          expect(((max - value) / (max - min)) * (rows - 1)).toBeCloseTo(row, 3);
          expect(value).toBeGreaterThanOrEqual(lowest);
          expect(value).toBeLessThanOrEqual(highest);
        }
        if (ticks.length > 1) expect([1, 2, 5]).toContain(leadingDigit(ticks[1]!.value - ticks[0]!.value));
      }),
      { numRuns: 500 },
    );
  });

  const leadingDigit = (value: number) =>
    Number(
      value
        .toPrecision(3)
        .replace(/^[0.]+/, '')
        .charAt(0),
    );

  test.each<[what: string, values: number[], rows: number, highest: number, expected: string[]]>([
    ['accuracy that has almost reached its bound', [0.975, 1], 9, 1, ['0: 1.00', '3: 0.99', '6: 0.98']],
    ['accuracy from the first batch on', [0.02, 0.87], 14, 1, ['1: 1.0', '7: 0.5', '13: 0.0']],
    ['no values', [], 11, 1, ['0: 1.0', '2: 0.8', '4: 0.6', '6: 0.4', '8: 0.2', '10: 0.0']],
    ['perfect accuracy', [1, 1], 8, 1, ['0: 1.00', '3: 0.95', '6: 0.90']],
    ['a loss', [0.31, 3.74], 9, Number.POSITIVE_INFINITY, ['0: 4', '2: 3', '4: 2', '6: 1', '8: 0']],
  ])('%s', (_, values, rows, highest, expected) => {
    const { ticks, decimals } = rowScale(values, rows, 0, highest);
    expect(ticks.map(({ row, value }) => `${row}: ${value.toFixed(decimals)}`).reverse()).toEqual(expected);
  });

  test('values are drawn within half a row of where the labels say', () => {
    fc.assert(
      fc.property(loss, fc.array(loss, { maxLength: 4 }), fc.integer({ min: 9, max: 40 }), (value, others, height) => {
        const points = [value, ...others].flatMap((y, epoch) =>
          Array.from({ length: 32 }, (__, index) => [epoch + (index + 0.5) / 32, y] as const),
        );
        const rows = textOf(lineChart(chart(points, [], others.length + 1), 60, height, plain.glyphs)).slice(1, -2);
        const labels = rows.flatMap((line, row) => {
          const label = /^ *([\d.]+)┤/.exec(line);
          return label ? [{ row, value: Number(label[1]) }] : [];
        });
        const [first, second] = [labels[0]!, labels[1]!];
        const rowValue = (first.value - second.value) / (second.row - first.row);
        const expected = first.row + (first.value - value) / rowValue;
        // A column in the middle of the first epoch.
        const left = rows[0]!.search(/[┤│]/) + 1;
        const column = left + Math.floor((60 - left) / (others.length + 1) / 2);
        const drawn = rows.flatMap((line, row) => ([...line][column] === ' ' ? [] : [row]));
        expect(drawn).toHaveLength(1);
        expect(Math.abs(drawn[0]! - expected)).toBeLessThanOrEqual(0.5 + TOLERANCE);
      }),
    );
  });
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
