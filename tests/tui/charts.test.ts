import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chart } from '../../src/tui/charts/chart.ts';
import type { ChartData, ChartLine, ChartLook, ChartMark } from '../../src/tui/charts/chart-data.ts';
import { logScale } from '../../src/tui/charts/log-scale.ts';
import { overlayChart } from '../../src/tui/charts/overlay-chart.ts';
import { levels, rowScale } from '../../src/tui/charts/scale.ts';
import {
  append,
  bridge,
  columnMeans,
  complement,
  createSeries,
  type Series,
  seriesOf,
  smoothed,
} from '../../src/tui/charts/series.ts';
import type { StyledLine } from '../../src/tui/charts/styled-line.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';

const unicode = createTheme({ colors: '256', background: 'dark', unicode: true });
const ascii = createTheme({ colors: 'none', background: 'dark', unicode: false });
const plain = createTheme({ colors: 'none', background: 'dark', unicode: true });

const textOf = (lines: readonly StyledLine[]) => lines.map((line) => line.map(({ text }) => text).join(''));

const BRAILLE: ChartLook = { style: 'braille', scale: 'linear' };
const LINES: ChartLook = { style: 'lines', scale: 'linear' };
const LOG: ChartLook = { style: 'braille', scale: 'log' };

function recorded(points: readonly (readonly [x: number, y: number])[], start = 0): Series {
  return points.reduce((series, [x, y]) => append(series, x, y), createSeries(start, 1 / 256, 64));
}

function loss(lines: readonly ChartLine[], marks: readonly ChartMark[], to: number): ChartData {
  return {
    ...{ title: 'Loss', legend: [{ sample: '--', name: 'training', style: 'training' }], lines, marks, from: 0, to },
    format: (value, decimals) => value.toFixed(decimals),
    lowest: 0,
  };
}

/** The rows of the plot, without the title and the axis, and without what is left of it. */
const plotOf = (lines: readonly StyledLine[]) => {
  const rows = textOf(lines).slice(1, -2);
  const left = rows[0]!.search(/[┤│|+]/) + 1;
  return rows.map((row) => row.slice(left));
};

describe('series', () => {
  test('keeps the count and the sum of all values, in bounded memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }))),
        (points) => {
          const series = recorded(points);
          expect(series.counts.length).toBeLessThanOrEqual(series.capacity);
          const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
          expect(total(series.counts)).toBe(points.length);
          expect(total(series.sums)).toBeCloseTo(
            points.reduce((sum, [, y]) => sum + y, 0),
            6,
          );
        },
      ),
    );
  });

  test('ignores values that are not finite', () => {
    expect(
      recorded([
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
        [Number.NaN, 1],
        [-1, 1],
      ]).counts,
    ).toHaveLength(0);
  });

  test('assigns values to columns and interpolates between them', () => {
    const series = recorded([
      [0.1, 4],
      [0.2, 2],
      [3.5, 0],
    ]);
    const columns = columnMeans(series, 0, 4, 4);
    expect([...columns]).toEqual([3, Number.NaN, Number.NaN, 0]);
    expect([...bridge(columns)]).toEqual([3, 2, 1, 0]);
    expect([...bridge(Float64Array.of(Number.NaN, 5, Number.NaN))]).toEqual([Number.NaN, 5, Number.NaN]);
    expect([...columnMeans(complement(series), 0, 4, 4)]).toEqual([-2, Number.NaN, Number.NaN, 1]);
    expect([...columnMeans(series, 3, 4, 2)]).toEqual([Number.NaN, 0]);
  });

  test('a moving average begins with the first value, and forgets by distance', () => {
    const constant = seriesOf([2, 2, null, 2], 0.5);
    expect([...smoothed(constant, 1).sums].map((sum) => Math.round(sum * 1e9) / 1e9)).toEqual([2, 2, 0, 2]);
    // By hand: after one epoch, a value counts 1/e as much.
    expect(smoothed(seriesOf([3, 1], 1), 1).sums[1]).toBeCloseTo((3 / Math.E + 1) / (1 / Math.E + 1));
    expect(smoothed(seriesOf([3, null, 1], 0.5), 1).sums[2]).toBeCloseTo((3 / Math.E + 1) / (1 / Math.E + 1));
    // An average that reaches far is flatter than the values.
    const noisy = seriesOf(
      Array.from({ length: 200 }, (_, index) => index % 2),
      1 / 100,
    );
    for (const value of smoothed(noisy, 0.5).sums.slice(50)) expect(Math.abs(value - 0.5)).toBeLessThan(0.02);
    // What is long past is left out.
    const late = smoothed(noisy, 0.05, 1).sums;
    expect(late[199]).toBeCloseTo(smoothed(noisy, 0.05).sums[199]!, 4);
    expect(late[10]).toBe(0);
  });
});

describe('the rows of a plot', () => {
  const TOLERANCE = 1e-5;
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const positive = fc.double({ min: 0, max: 12, noNaN: true });
  const any = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  /** Values within bounds, and a close range of them as in a run that hardly improves. */
  const cases = fc.oneof(
    ...[
      { value: share, lowest: 0, highest: 1 },
      { value: positive, lowest: 0, highest: Number.POSITIVE_INFINITY },
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

  test('have ticks at equal distances, with exact and different labels', () => {
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
    ['accuracy in few rows', [0.055, 0.985], 10, 1, ['1: 1.0', '5: 0.5', '9: 0.0']],
    ['no values', [], 11, 1, ['0: 1.0', '2: 0.8', '4: 0.6', '6: 0.4', '8: 0.2', '10: 0.0']],
    ['perfect accuracy', [1, 1], 8, 1, ['0: 1.00', '3: 0.95', '6: 0.90']],
    ['a loss', [0.31, 3.74], 9, Number.POSITIVE_INFINITY, ['0: 4', '2: 3', '4: 2', '6: 1', '8: 0']],
  ])('%s', (_, values, rows, highest, expected) => {
    const { ticks, decimals } = rowScale(values, rows, 0, highest);
    expect(ticks.map(({ row, value }) => `${row}: ${value.toFixed(decimals)}`).reverse()).toEqual(expected);
  });

  test('values are drawn within half a row of where the labels say', () => {
    fc.assert(
      fc.property(
        positive,
        fc.array(positive, { maxLength: 4 }),
        fc.integer({ min: 9, max: 40 }),
        fc.constantFrom(BRAILLE, LINES),
        (value, others, height, look) => {
          const points = [value, ...others].flatMap((y, epoch) =>
            Array.from({ length: 32 }, (__, index) => [epoch + (index + 0.5) / 32, y] as const),
          );
          const data = loss([{ values: recorded(points), style: 'training' }], [], others.length + 1);
          const rows = textOf(chart(data, 60, height, look, plain)).slice(1, -2);
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
          expect(Math.abs(drawn[0]! - expected)).toBeLessThanOrEqual(0.63 + TOLERANCE);
        },
      ),
    );
  });
});

describe('the rows of a logarithmic plot', () => {
  const value = fc.double({ min: 1e-7, max: 1e4, noNaN: true });

  test('contain all but tiny values, with ticks within half a row of where they belong', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(value, fc.constantFrom(0, -1, Number.NaN)), { maxLength: 20 }),
        fc.integer({ min: 2, max: 60 }),
        (values, rows) => {
          const scale = logScale(values, rows);
          const level = levels(scale, rows);
          const highest = Math.max(...values.filter(Number.isFinite));
          for (const positive of values.filter((one) => one > 0 && one >= highest * 1e-5)) {
            expect(level(positive)).toBeGreaterThanOrEqual(-1e-6);
            expect(level(positive)).toBeLessThanOrEqual(rows - 1 + 1e-6);
          }
          for (const { row, value: tick } of scale.ticks) {
            expect(Math.abs(rows - 1 - level(tick) - row)).toBeLessThanOrEqual(0.5 + 1e-6);
          }
          const labels = scale.ticks.map((tick) => tick.value.toFixed(tick.decimals));
          expect(labels.map(Number)).toEqual(scale.ticks.map((tick) => tick.value));
          expect(scale.ticks.length).toBeLessThanOrEqual(8);
          expect(new Set(scale.ticks.map(({ row }) => row)).size).toBe(scale.ticks.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each<[what: string, values: number[], rows: number, expected: string[]]>([
    ['a loss', [0.3, 3.9], 11, ['2', '1', '0.5']],
    ['a loss over three decades', [0.004, 4], 13, ['1', '0.1', '0.01']],
    ['a loss over a decade and a half', [0.09, 5], 20, ['5', '2', '1', '0.5', '0.2', '0.1']],
    ['a loss that hardly improves', [0.35, 0.62], 12, ['0.6', '0.5', '0.4']],
    ['no values', [], 11, ['1', '0.5', '0.2', '0.1']],
  ])('%s', (_, values, rows, expected) => {
    const { ticks } = logScale(values, rows);
    expect(ticks.map(({ value: tick, decimals }) => tick.toFixed(decimals)).reverse()).toEqual(expected);
    const level = levels(logScale(values, rows), rows);
    for (const { row, value: tick } of ticks) expect(Math.abs(rows - 1 - level(tick) - row)).toBeLessThan(0.25);
  });
});

describe('chart', () => {
  test('is exactly as large as requested, whatever the values', () => {
    const value = fc.oneof(fc.double(), fc.double({ min: 0, max: 4 }));
    const series = fc
      .array(fc.tuple(fc.double({ min: 0, max: 12, noNaN: true }), value), { maxLength: 60 })
      .map((points) => recorded(points));
    const points = fc.array(fc.record({ x: fc.integer({ min: -1, max: 14 }), y: value }), { maxLength: 12 });
    const line = fc.record({
      values: fc.oneof(series, points),
      style: fc.constantFrom('training', 'validation'),
      smoothing: fc.constantFrom(0, 0.5),
      shape: fc.constantFrom('solid', 'dotted'),
      dim: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 4 }),
        points,
        fc.integer({ min: 1, max: 200 }),
        fc.tuple(fc.integer({ min: 0, max: 210 }), fc.integer({ min: 0, max: 60 })),
        fc.constantFrom(BRAILLE, LINES, LOG),
        fc.constantFrom(unicode, ascii),
        (lines, values, to, [width, height], look, theme) => {
          const marks = values.map((point) => ({ ...point, glyph: 'o', style: 'validation', label: '12%' }) as const);
          const drawn = textOf(chart(loss(lines, marks, to), width, height, look, theme));
          expect(drawn).toHaveLength(width > 0 ? height : 0);
          for (const row of drawn) expect([...row]).toHaveLength(width);
        },
      ),
      { numRuns: 300 },
    );
  });

  const falling = recorded(Array.from({ length: 200 }, (_, index) => [index / 100, 2 - index / 100] as const));

  test('draws a falling loss from top left to bottom right, with axes and their names', () => {
    const lines = textOf(chart(loss([{ values: falling, style: 'training' }], [], 2), 40, 12, LINES, plain));
    expect(lines[0]).toContain('Loss');
    expect(lines[1]).toMatch(/^2\.0┤.*[─╮]/);
    expect(lines.at(-3)).toMatch(/^0\.0┤ {20,}.*[─╰]/);
    expect(lines.at(-1)).toMatch(/0 +1 +epoch 2$/);
  });

  test('the axis has its name wherever it has labels', () => {
    for (const to of [1, 2, 3, 7, 10, 30, 99, 250]) {
      for (let width = 24; width <= 120; width += 7) {
        const last = textOf(chart(loss([], [], to), width, 12, BRAILLE, plain)).at(-1);
        expect(last, `${to} epochs, ${width} columns`).toMatch(/\d epoch|epoch \d/);
      }
    }
  });

  test('a tick of the axis is below the mark of its epoch', () => {
    const marks = [1, 2, 3, 4, 5].map((x) => ({ x, y: 1, glyph: '◆', style: 'validation' }) as const);
    for (let width = 30; width < 90; width++) {
      const lines = textOf(chart(loss([], marks, 5), width, 12, BRAILLE, plain));
      const columns = (text: string, glyph: RegExp) => [...text.matchAll(glyph)].map(({ index }) => index);
      const marked = columns(lines.find((row) => row.includes('◆'))!, /◆/g);
      expect(columns(lines.at(-2)!, /┴/g).filter((column) => !marked.includes(column))).toEqual([]);
    }
  });

  test('Braille has four levels in a row', () => {
    const points = Array.from({ length: 64 }, (_, index) => [index / 32, index / 63] as const);
    const data = loss([{ values: recorded(points), style: 'training' }], [], 2);
    const plot = plotOf(chart({ ...data, highest: 1 }, 36, 8, BRAILLE, plain));
    // Sixteen dots high, and as wide as it is high in each of its parts: no row is a horizontal line.
    for (const row of plot) expect(row.replaceAll(' ', '')).toMatch(/^[⠀-⣿]+$/u);
    expect(new Set(plot.join('').replaceAll(' ', '')).size).toBeGreaterThan(4);
  });

  test('lines that meet in cells of Braille share them, in turns in the style of either; a dim one gives way', () => {
    const flat = (y: number) => [
      { x: 0, y },
      { x: 1, y },
    ];
    const draw = (...lines: ChartLine[]) => {
      // They set the scale.
      const marks = [0, 1].map((y) => ({ x: 1, y, glyph: 'o', style: 'validation' }) as const);
      const plotted = chart(loss(lines, marks, 1), 20, 8, BRAILLE, plain);
      return plotted.flatMap((row) => row.filter(({ text }) => /[⠁-⣿]/u.test(text)));
    };
    const low: ChartLine = { values: flat(0.5), style: 'training' };
    const high: ChartLine = { values: flat(0.56), style: 'validation' };
    const both = draw(low, high);
    const bits = (text: string) => text.codePointAt(0)! - 0x2800;
    expect(bits(both[0]!.text)).toBe(bits(draw(low)[0]!.text) | bits(draw(high)[0]!.text));
    const styles = both.slice(0, 4).map(({ style }) => style);
    expect([styles.slice(0, 2).toSorted(), styles[2], styles[3]]).toEqual([
      ['training', 'validation'],
      styles[0],
      styles[1],
    ]);
    expect(draw(low, { ...high, dim: true })).toEqual(draw(low));
    expect(draw({ ...high, dim: true })[0]!.style).toBe('dim');
  });

  test('lines between points are drawn from and to points beyond the range', () => {
    const values = [
      { x: 1, y: 1 },
      { x: 3, y: 3 },
      { x: 9, y: 9 },
    ];
    const data = { ...loss([{ values, style: 'training' }], [], 4), from: 2 };
    for (const look of [BRAILLE, LINES]) {
      const plot = plotOf(chart(data, 40, 20, look, plain));
      for (let column = 0; column < plot[0]!.length; column++) {
        expect(plot.some((row) => row[column] !== ' ')).toBe(true);
      }
    }
  });

  test('distinguishes lines without color by their shapes', () => {
    const flat = (y: number) => seriesOf(new Array(300).fill(y), 1 / 100);
    const lines = [
      { values: flat(0.9), style: 'validation', shape: 'dotted' },
      { values: flat(0.4), style: 'training' },
      { values: flat(0.6), style: 'training', dim: true },
    ] as const;
    for (const [theme, solid, dotted, dim] of [
      [plain, '─', '•', '·'],
      [ascii, '-', '=', ':'],
    ] as const) {
      const plot = plotOf(chart(loss(lines, [], 3), 60, 12, LINES, theme));
      for (const symbol of [solid, dotted, dim]) expect(plot.some((row) => row.includes(symbol.repeat(50)))).toBe(true);
    }
    const dashes = plotOf(chart(loss(lines.slice(0, 1), [], 3), 60, 12, BRAILLE, plain)).find((row) => row.trim());
    expect(dashes).toMatch(/^(([⠁-⣿]) ){20}/u);
  });

  test('asciichart draws the lines where there is no Unicode, whatever the look, with only ASCII', () => {
    const marks = [{ x: 1, y: 0.5, glyph: ascii.glyphs.epochMark, style: 'validation' }] as const;
    const data = loss([{ values: falling, style: 'training', smoothing: 0.1 }], marks, 1);
    const braille = textOf(chart(data, 50, 12, BRAILLE, ascii));
    expect(braille).toEqual(textOf(chart(data, 50, 12, LINES, ascii)));
    expect(braille.join('')).toMatch(/^[ -~]*$/);
    expect(braille.join('\n')).toMatch(/`-*\./);
  });

  test('a mark has its value beside it unless the legend says it', () => {
    const marks = [{ x: 2, y: 1, glyph: '★', style: 'validation', label: '86.1%' }] as const;
    const data = {
      ...loss([], marks, 4),
      legend: [
        { sample: '◆', name: 'validation', style: 'validation' },
        { sample: '★', name: 'best 86.1%', style: 'validation', optional: true },
      ],
    } as const;
    const wide = textOf(chart(data, 60, 12, BRAILLE, plain));
    expect(wide[0]).toMatch(/^Loss {2}◆ validation {2}★ best 86\.1% *$/);
    expect(wide.slice(1).join('')).not.toContain('86.1%');
    const narrow = textOf(chart(data, 30, 12, BRAILLE, plain));
    expect(narrow[0]).toMatch(/^Loss {2}◆ validation *$/);
    expect(narrow.slice(1).join('\n')).toContain('★ 86.1%');
  });

  test('a logarithmic axis says so by its ticks, and leaves out what it cannot show', () => {
    const values = Array.from({ length: 5 }, (_, x) => ({ x, y: x === 4 ? 0 : 4 / 10 ** x }));
    const lines = textOf(chart(loss([{ values, style: 'training' }], [], 4), 60, 16, LOG, plain));
    const labels = lines.flatMap((row) => /^ *([\d.]+)┤/.exec(row)?.[1] ?? []);
    expect(labels).toEqual(['1', '0.1', '0.01']);
  });
});

describe('an overlay of runs', () => {
  const run = (name: string, base: number, epochs = 8) => ({
    ...{ name },
    points: Array.from({ length: epochs }, (_, index) => ({ x: index + 1, y: base + index / 100 })),
  });
  const axis = { title: 'Accuracy', format: (value: number) => value.toFixed(2), lowest: 0, highest: 1 };

  test('each has its own mark in the chart and in the legend, which suffices without color', () => {
    const runs = [run('mine', 0.5), run('other', 0.6), run('third', 0.7), run('fourth', 0.8), run('fifth', 0.9)];
    for (const [theme, marks] of [
      [plain, '◆●▲■'],
      [ascii, 'abcd'],
    ] as const) {
      const [title, ...rest] = textOf(overlayChart(runs, axis, 76, 18, BRAILLE, theme));
      ['mine', 'other', 'third', 'fourth'].forEach((name, index) => {
        expect(title).toContain(`${marks[index]} ${name}`);
        // One for each epoch.
        expect(rest.slice(0, -2).join('').split(marks[index]!).length - 1).toBe(8);
      });
      expect(title).not.toContain('fifth');
    }
  });

  test('runs with equal values take turns in covering each other', () => {
    const text = plotOf(overlayChart([run('one', 0.5), run('two', 0.5)], axis, 76, 18, BRAILLE, plain)).join('');
    expect(text.split('◆').length - 1).toBe(4);
    expect(text.split('●').length - 1).toBe(4);
  });

  test('long names are clipped so that all are in the legend, and long runs have fewer marks', () => {
    const runs = ['first', 'second', 'third', 'fourth'].map((name) => run(`${name}-${'x'.repeat(40)}`, 0.5, 60));
    const [title] = textOf(overlayChart(runs, axis, 76, 18, BRAILLE, plain));
    for (const name of ['first', 'second', 'third', 'fourth']) expect(title).toMatch(new RegExp(`${name}-x*…`));
    const [one] = runs;
    const text = plotOf(overlayChart([one!], axis, 76, 18, BRAILLE, plain)).join('');
    expect(text.split('◆').length - 1).toBeLessThan(24);
    expect(text.split('◆').length - 1).toBeGreaterThan(10);
  });
});
