import { describe, expect, test } from 'vitest';
import { DEVICES, drawnWith } from '../../../scripts/report/devices.ts';
import type { Drawing, Point } from '../../../src/core/strokes/drawing.ts';
import { drawingExtent, pathLength } from '../../../src/core/strokes/geometry.ts';

const [mouse, finger, fewPoints] = DEVICES as [(typeof DEVICES)[0], (typeof DEVICES)[0], (typeof DEVICES)[0]];

/** A wavy line and a bar, 120 units high. */
const drawing: Drawing = [
  Array.from({ length: 121 }, (_, y): Point => [30 + 8 * Math.sin(y / 2), y]),
  [
    [0, 60],
    [60, 60],
  ],
];

function distances(drawn: Drawing): number[] {
  return drawn.flatMap((stroke) => stroke.slice(1).map((point, index) => pathLength([stroke[index]!, point])));
}

describe.each(DEVICES)('$title', (device) => {
  test('depends only on the seed, and changes the drawing but not its strokes or size', () => {
    const drawn = drawnWith(device, drawing, 5);
    expect(drawnWith(device, drawing, 5)).toEqual(drawn);
    expect(drawn).not.toEqual(drawing);
    expect(drawn).toHaveLength(drawing.length);
    expect(drawingExtent(drawn)).toBeGreaterThan(0.8 * drawingExtent(drawing));
    expect(drawingExtent(drawn)).toBeLessThan(1.2 * drawingExtent(drawing));
  });

  test('leaves a dot as it is', () => {
    expect(drawnWith(device, [[[3, 4]]], 5)).toEqual([[[3, 4]]]);
  });
});

test('a mouse trembles differently each time, by at most a fiftieth and half a pixel, and moves by whole pixels', () => {
  const drawn = drawnWith(mouse, drawing, 5);
  // The drawing is as many units as pixels high.
  expect(drawn.flat(2).every(Number.isInteger)).toBe(true);
  const bar = drawn[1]!.map(([, y]) => y);
  expect(new Set(bar).size).toBeGreaterThan(1);
  for (const y of bar) expect(Math.abs(y! - 60)).toBeLessThanOrEqual(0.02 * 120 + 0.5);
  expect(drawnWith(mouse, drawing, 6)).not.toEqual(drawn);
});

test('a finger rounds off what is narrow, and puts strokes beside where they belong', () => {
  const drawn = drawnWith(finger, drawing, 5);
  expect(pathLength(drawn[0]!)).toBeLessThan(0.8 * pathLength(drawing[0]!));
  const [x, y] = drawn[1]![0]!;
  expect(Math.hypot(x, y - 60)).toBeGreaterThan(1);
  for (const offset of [x, y - 60]) expect(Math.abs(offset)).toBeLessThanOrEqual((0.05 + 0.015) * 120);
});

test('few points are some of those that there were, and apart from each other', () => {
  const drawn = drawnWith(fewPoints, drawing, 5);
  for (const [index, stroke] of drawn.entries()) {
    for (const point of stroke) expect(drawing[index]).toContainEqual(point);
    expect([stroke[0], stroke.at(-1)]).toEqual([drawing[index]![0], drawing[index]!.at(-1)]);
  }
  expect(drawn[0]!.length).toBeLessThan(10);
  // The last point follows at any distance.
  expect(
    distances([drawn[0]!])
      .slice(0, -1)
      .every((distance) => distance >= 0.18 * 120),
  ).toBe(true);
});
