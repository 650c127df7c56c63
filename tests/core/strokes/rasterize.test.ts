import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import type { Drawing, Point } from '../../../src/core/strokes/drawing.ts';
import { randomPen } from '../../../src/core/strokes/random-pen.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';

const at = (image: Uint8Array, x: number, y: number) => image[y * 28 + x]!;
const ink = (image: Uint8Array) => image.reduce((sum, value) => sum + value, 0);

const SEVEN: Drawing = [
  [
    [0, 0],
    [30, 0],
    [12, 50],
  ],
];

/** The first and last column and row with ink. */
function extent(image: Uint8Array) {
  const columns = Array.from({ length: 28 }, (_, i) => i).filter((x) => image.some((v, i) => i % 28 === x && v > 0));
  const rows = Array.from({ length: 28 }, (_, i) => i).filter((y) =>
    image.subarray(y * 28, y * 28 + 28).some((v) => v > 0),
  );
  return { columns: [columns[0], columns.at(-1)], rows: [rows[0], rows.at(-1)] };
}

describe('rasterize', () => {
  it('draws upright and centered, with full ink and a border of paper', () => {
    const image = rasterize(SEVEN);
    expect(image).toHaveLength(784);
    expect(Math.max(...image)).toBe(255);
    expect(extent(image).rows).toEqual([1, 26]);
    const { columns } = extent(image);
    expect(columns[0]! + columns[1]!).toBe(27);
    // The bar is at the top, the stem ends left of the bar's right end, and the lower right is paper.
    expect(at(image, 8, 4)).toBeGreaterThan(200);
    expect(at(image, 20, 4)).toBeGreaterThan(200);
    expect(at(image, 20, 22)).toBe(0);
    expect(at(image, 8, 12)).toBe(0);
  });

  it('depends only on the shape, not on position, size, or unit', () => {
    const plain = rasterize(SEVEN);
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        (exponent, offset) => {
          const scale = 10 ** exponent;
          const moved = SEVEN.map((stroke) =>
            stroke.map(([x, y]): [number, number] => [(x + offset) * scale, (y - offset) * scale]),
          );
          const image = rasterize(moved);
          expect(Math.max(...image.map((value, i) => Math.abs(value - plain[i]!)))).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it.each([
    ['a single point', [[[5, 5]]]],
    [
      'the same point repeated',
      [
        [
          [5, 5],
          [5, 5],
          [5, 5],
        ],
      ],
    ],
    [
      'two points closer than the precision of their coordinates',
      [
        [
          [1e15, 1],
          [1e15, 1.0000001],
        ],
      ],
    ],
    ['a point at zero', [[[0, 0]]]],
  ] as [string, Drawing][])('draws %s as a round dot in the middle', (_, drawing) => {
    const image = rasterize(drawing);
    expect(at(image, 13, 13)).toBe(255);
    expect(at(image, 14, 14)).toBe(255);
    for (let y = 0; y < 28; y++) for (let x = 0; x < 28; x++) expect(at(image, x, y)).toBe(at(image, y, x));
    expect(at(image, 0, 13)).toBe(0);
  });

  it.each([
    [
      'horizontal',
      [
        [
          [0, 7],
          [100, 7],
        ],
      ],
      { x: 20, y: 13 },
      { x: 13, y: 20 },
    ],
    [
      'vertical',
      [
        [
          [7, 0],
          [7, 100],
        ],
      ],
      { x: 13, y: 20 },
      { x: 20, y: 13 },
    ],
  ] as [string, Drawing, { x: number; y: number }, { x: number; y: number }][])(
    'draws a %s line as a line',
    (_, drawing, on, off) => {
      const image = rasterize(drawing);
      expect(at(image, on.x, on.y)).toBeGreaterThan(200);
      expect(at(image, off.x, off.y)).toBe(0);
    },
  );

  it('keeps the dot of an i that is a single point', () => {
    const image = rasterize([
      [
        [0, 20],
        [0, 60],
      ],
      [[0, 0]],
    ]);
    expect(at(image, 13, 3) + at(image, 14, 3)).toBeGreaterThan(200);
    expect(at(image, 13, 8)).toBeLessThan(60);
    expect(at(image, 13, 18)).toBeGreaterThan(200);
  });

  it('does not depend on how many points a stroke has', () => {
    const [from, to] = [[0, 0] as const, [40, 60] as const];
    const dense = Array.from({ length: 20_001 }, (_, i): [number, number] => [
      (to[0] * i) / 20_000,
      (to[1] * i) / 20_000,
    ]);
    const sparse = rasterize([[from, to]]);
    const image = rasterize([dense]);
    expect(Math.max(...image.map((value, i) => Math.abs(value - sparse[i]!)))).toBeLessThanOrEqual(3);
  });

  it('turns pressure into width, within limits', () => {
    const line = (pressure?: number): Drawing => [
      [
        [0, 0, pressure],
        [0, 100, pressure],
      ],
    ];
    expect(ink(rasterize(line(0.5)))).toBe(ink(rasterize(line())));
    expect(ink(rasterize(line(0.1)))).toBeLessThan(ink(rasterize(line(0.5))));
    expect(ink(rasterize(line(0.7)))).toBeGreaterThan(ink(rasterize(line(0.5))));
    expect(ink(rasterize(line(0)))).toBeGreaterThan(0.6 * ink(rasterize(line())));
    expect(ink(rasterize(line(1)))).toBeLessThan(1.4 * ink(rasterize(line())));
  });

  it('varies thickness and slant', () => {
    expect(ink(rasterize(SEVEN, { thickness: 8 }))).toBeGreaterThan(1.2 * ink(rasterize(SEVEN)));
    const stem: Drawing = [
      [
        [0, 0],
        [0, 100],
      ],
    ];
    const slanted = rasterize(stem, { slant: 0.5 });
    expect(at(slanted, 19, 3)).toBeGreaterThan(100);
    expect(at(slanted, 8, 24)).toBeGreaterThan(100);
  });

  it('returns the exact bytes that models were trained on', () => {
    const random = randomStream(11);
    const digest = createHash('sha256');
    for (let n = 0; n < 300; n++) {
      const strokes = Array.from({ length: 1 + (n % 4) }, (): Point[] => {
        let [x, y] = [100 * random(), 100 * random()];
        return Array.from({ length: 1 + Math.floor(40 * random()) }, (_, point): Point => {
          x += 20 * random() - 10;
          y += 20 * random() - 10;
          return n % 3 === 0 && point % 2 === 0 ? [x, y, random()] : [x, y];
        });
      });
      digest.update(rasterize(strokes)).update(rasterize(strokes, randomPen(n, 2)));
    }
    // Changing this requires training a new shipped model.
    expect(digest.digest('hex')).toBe('8d7c4649e22b34d8551b2303b501abd855706506d15527102dcd5de447bcce5e');
  });

  it('rejects a drawing without points', () => {
    expect(() => rasterize([])).toThrow('the drawing has no strokes');
    expect(() => rasterize([[]])).toThrow('the drawing has no strokes');
  });
});
