import { expect, test } from 'vitest';
import { MouseParser } from '../../src/tui/mouse/mouse-input.ts';
import { mouseDrag, mousePress, mouseRelease, wheel } from '../helpers/mouse.ts';

const parse = (sequence: string) => new MouseParser().parse(sequence, 0);

test('presses, drags, releases, and the wheel are told apart, with cells from 0', () => {
  const at = { column: 9, row: 4 };
  expect(parse(mousePress(9, 4))).toEqual({ type: 'press', button: 'left', ...at, wheel: 0, clicks: 1 });
  expect(parse(mousePress(9, 4, 'right'))).toMatchObject({ type: 'press', button: 'right' });
  expect(parse(mouseDrag(9, 4))).toMatchObject({ type: 'drag', button: 'left', ...at });
  expect(parse(mouseRelease(9, 4))).toMatchObject({ type: 'release', button: 'left', ...at, clicks: 0 });
  expect(parse(wheel(-1))).toMatchObject({ type: 'wheel', wheel: -1 });
  expect(parse(wheel(1))).toMatchObject({ type: 'wheel', wheel: 1 });
  // With Ctrl held down.
  expect(parse('\u001B[<16;1;1M')).toMatchObject({ type: 'press', button: 'left', column: 0, row: 0 });
});

test.each(['\u001B[<66;1;1M', '\u001B[<35;1;1M', '\u001B[<128;1;1M', '\u001B[<;;M', '\u001B[Mabc'])(
  'what no screen needs is nothing: %j',
  (sequence) => {
    expect(parse(sequence)).toBeNull();
  },
);

test('presses on the same cell within a moment are counted', () => {
  const parser = new MouseParser();
  const clicks = (column: number, time: number) => parser.parse(mousePress(column, 1), time)?.clicks;
  expect([clicks(1, 0), clicks(1, 300), clicks(1, 600), clicks(1, 1100), clicks(2, 1200), clicks(1, 1300)]).toEqual([
    1, 2, 3, 1, 1, 1,
  ]);
});
