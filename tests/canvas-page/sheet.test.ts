import { expect, test } from 'vitest';
import { SHEET_UNITS, Sheet } from '../../src/canvas-page/sheet.ts';
import { Sketch } from '../../src/canvas-page/sketch.ts';

const start = [0, 0] as const;

test('a square has the same units at any size', () => {
  const sheet = new Sheet(new Sketch(), { start, penWidth: 1 });
  for (const side of [200, 750]) {
    sheet.fit(side, side);
    expect([sheet.width, sheet.height]).toEqual([SHEET_UNITS, SHEET_UNITS]);
    expect(sheet.unit).toBe(SHEET_UNITS / side);
  }
});

test('a strip is as wide as its shape, and a turned phone shows all of what was written on a wider one, smaller', () => {
  const sketch = new Sketch();
  const sheet = new Sheet(sketch, { start, penWidth: 1, isStrip: true });
  sheet.fit(800, 200);
  expect([sheet.width, sheet.height]).toEqual([4000, 1000]);
  sketch.begin([3000, 500]);
  sketch.end();
  sheet.fit(800, 200);
  expect([sheet.width, sheet.height]).toEqual([4000, 1000]);
  sheet.fit(380, 200);
  expect(sheet.width).toBeGreaterThan(3000);
  expect(sheet.height / sheet.width).toBeCloseTo(200 / 380);
  sketch.clear();
  sheet.fit(380, 200);
  expect([sheet.width, sheet.height]).toEqual([1900, 1000]);
});
