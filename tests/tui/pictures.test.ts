import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grayPicture, strokePicture } from '../../src/tui/charts/pictures.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';

const unicode = createTheme({ colors: '256', background: 'dark', unicode: true });
const plain = createTheme({ colors: 'none', background: 'dark', unicode: true });

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
