import { describe, expect, test } from 'vitest';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { drawingExtent } from '../../../src/core/strokes/geometry.ts';
import { randomHand } from '../../../src/core/strokes/random-hand.ts';
import { TEMPLATES } from '../../helpers/template-recognizer.ts';

/** Two circles of 40 points, with a pressure that tells the points apart. */
const POINTS = 40;
const drawing: Drawing = [0, 120].map((left) =>
  Array.from({ length: POINTS }, (_, index): [number, number, number] => {
    const angle = (2 * Math.PI * index) / POINTS;
    return [left + 50 * Math.cos(angle), 50 * Math.sin(angle), index / (POINTS - 1)];
  }),
);
const seeds = Array.from({ length: 400 }, (_, seed) => seed);

type Device = 'pen' | 'mouse' | 'few points';

/** A mouse adds points, and a slow device leaves some out. */
function deviceOf(varied: Drawing): Device {
  const points = varied[0]!.length;
  if (points === POINTS) return 'pen';
  return points > POINTS ? 'mouse' : 'few points';
}

const by = (device: Device) =>
  seeds.map((seed) => randomHand(drawing, seed, 1)).filter((varied) => deviceOf(varied) === device);

describe('randomHand', () => {
  test('changes nothing at strength 0, and no dot', () => {
    const dot: Drawing = [[[3, 4, 0.5]]];
    for (const seed of seeds) {
      expect(randomHand(drawing, seed, 0)).toBe(drawing);
      expect(randomHand(dot, seed, 2)).toEqual(dot);
    }
  });

  test('is determined by the seed', () => {
    const varied = seeds.map((seed) => JSON.stringify(randomHand(drawing, seed, 1)));
    expect(seeds.map((seed) => JSON.stringify(randomHand(drawing, seed, 1)))).toEqual(varied);
    expect(new Set(varied).size).toBe(seeds.length);
  });

  test('makes some drawings those of a mouse or of a device with few points, the more often the stronger it is', () => {
    const share = (device: Device, strength: number) =>
      seeds.filter((seed) => deviceOf(randomHand(drawing, seed, strength)) === device).length / seeds.length;
    for (const [device, shares] of [
      ['pen', [0.75, 0.5, 0]],
      ['mouse', [0.15, 0.3, 0.6]],
      ['few points', [0.1, 0.2, 0.4]],
    ] as const) {
      for (const [index, strength] of [0.5, 1, 2].entries()) {
        expect(Math.abs(share(device, strength) - shares[index]!)).toBeLessThan(0.08);
      }
    }
  });

  test('moves strokes against each other, and keeps their shape with a pen', () => {
    const gaps = by('pen').map((varied) => varied[1]![0]![0] - varied[0]![0]![0]);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(10);
    for (const [stroke] of by('pen')) {
      const radii = stroke!.map(([x, y]) => Math.hypot(x - center(stroke!, 0), y - center(stroke!, 1)));
      expect(Math.max(...radii) - Math.min(...radii)).toBeLessThan(1e-6);
      expect(radii[0]! / 50).toBeGreaterThan(0.93);
      expect(radii[0]! / 50).toBeLessThan(1.07);
    }
  });

  test('stays near the drawing', () => {
    const reach = 0.15 * drawingExtent(drawing);
    for (const seed of seeds) {
      randomHand(drawing, seed, 1).forEach((stroke, index) => {
        for (const [x, y] of stroke) expect(Math.abs(Math.hypot(x - 120 * index, y) - 50)).toBeLessThan(reach);
      });
    }
  });

  test('with few points, leaves out others than the first and last of a stroke', () => {
    for (const varied of by('few points')) {
      for (const stroke of varied) {
        const pressures = stroke.map(([, , pressure]) => pressure!);
        expect(pressures.length).toBeGreaterThan(2);
        expect([pressures[0], pressures.at(-1)]).toEqual([0, 1]);
        expect(pressures).toEqual(pressures.toSorted((a, b) => a - b));
      }
    }
  });

  test('keeps the pressure of every point that the pen had, in its order', () => {
    const pressures = drawing[0]!.map(([, , pressure]) => pressure);
    for (const varied of [...by('pen'), ...by('mouse')]) {
      for (const stroke of varied) {
        expect(stroke.map(([, , pressure]) => pressure).filter((pressure) => pressure !== undefined)).toEqual(
          pressures,
        );
      }
    }
  });

  test('a mouse moves by whole pixels', () => {
    for (const [stroke] of by('mouse')) {
      const columns = [...new Set(stroke!.map(([x]) => x))].sort((a, b) => a - b);
      const steps = columns.slice(1).map((x, index) => x - columns[index]!);
      const pixel = Math.min(...steps);
      expect(pixel).toBeGreaterThan(1);
      for (const step of steps) expect(Math.abs(step / pixel - Math.round(step / pixel))).toBeLessThan(1e-6);
    }
  });

  test('takes any drawing: strokes of one point, and points in the same place', () => {
    const odd: Drawing = [
      [[0, 0]],
      [
        [5, 5],
        [5, 5],
        [90, 90],
      ],
      ...Object.values(TEMPLATES).flat(),
    ];
    for (const seed of seeds) {
      const varied = randomHand(odd, seed, 2);
      expect(varied).toHaveLength(odd.length);
      expect(varied.flat(2).every(Number.isFinite)).toBe(true);
      for (const stroke of varied) expect(stroke.length).toBeGreaterThan(0);
    }
  });
});

/** The center of a circle along an axis. */
function center(stroke: Drawing[number], axis: 0 | 1): number {
  return stroke.reduce((sum, point) => sum + point[axis], 0) / stroke.length;
}
