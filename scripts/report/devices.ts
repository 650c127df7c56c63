import { randomStream } from '../../src/core/random.ts';
import type { Drawing, Point, Stroke } from '../../src/core/strokes/drawing.ts';
import { drawingExtent, pathLength, thinned } from '../../src/core/strokes/geometry.ts';
import { mean } from './statistics.ts';

/*
 * Drawings of a pen as if drawn with other devices, since there are no recordings of these. All sizes are relative to the longer
 * side of the drawing; they were chosen before anything was measured, and differ from those of `randomHand`, which training uses.
 */

/** Distance of the points that a path is followed with. */
const STEP = 0.02;

const MOUSE = { deviation: 0.02, every: 0.12, pixels: 120 } as const;
const FINGER = { shift: 0.05, deviation: 0.015, every: 0.2, width: 0.12, distance: 0.06 } as const;
const FEW_POINTS = { distance: 0.18 } as const;

/** A simulated device. */
export interface Device {
  title: string;
  /** What it does to a drawing, in Markdown. */
  description: string;
  /** `random` returns numbers in [0, 1). */
  simulate(drawing: Drawing, random: () => number): Drawing;
}

export const DEVICES: readonly Device[] = [
  {
    title: 'Mouse, simulated',
    description: `the path deviates by up to ${percentOf(MOUSE.deviation)} in each direction, differently every ${percentOf(MOUSE.every)} of the way, and moves by whole pixels, of which a drawing has ${MOUSE.pixels}`,
    simulate: mouse,
  },
  {
    title: 'Finger on a touch screen, simulated',
    description: `each stroke begins up to ${percentOf(FINGER.shift)} off in each direction, curves are averaged over ${percentOf(FINGER.width)} of the way, the path deviates by up to ${percentOf(FINGER.deviation)}, and points are at least ${percentOf(FINGER.distance)} apart`,
    simulate: finger,
  },
  {
    title: 'Few points, simulated',
    description: `points are at least ${percentOf(FEW_POINTS.distance)} apart, so that curves become chords`,
    simulate: fewPoints,
  },
];

/** A drawing as if drawn with a device, determined by the seed. A drawing without extent stays as it is. */
export function drawnWith(device: Device, drawing: Drawing, seed: number): Drawing {
  return drawingExtent(drawing) === 0 ? drawing : device.simulate(drawing, randomStream(seed));
}

function percentOf(share: number): string {
  return `${Math.round(1000 * share) / 10}%`;
}

function mouse(drawing: Drawing, random: () => number): Drawing {
  const extent = drawingExtent(drawing);
  const pixel = extent / MOUSE.pixels;
  const whole = (value: number) => pixel * Math.round(value / pixel);
  return drawing.map((stroke) => deviating(stroke, extent, MOUSE, random).map(([x, y]): Point => [whole(x), whole(y)]));
}

function finger(drawing: Drawing, random: () => number): Drawing {
  const extent = drawingExtent(drawing);
  const shift = () => FINGER.shift * extent * (2 * random() - 1);
  return drawing.map((stroke) => {
    const [dx, dy] = [shift(), shift()];
    const path = deviating(averaged(stroke, extent), extent, FINGER, random);
    return thinned(path, FINGER.distance * extent).map(([x, y]): Point => [x + dx, y + dy]);
  });
}

function fewPoints(drawing: Drawing): Drawing {
  const extent = drawingExtent(drawing);
  return drawing.map((stroke) => thinned(stroke, FEW_POINTS.distance * extent));
}

/** The stroke with random deviations at regular distances, and interpolated between these. */
function deviating(
  stroke: Stroke,
  extent: number,
  { deviation, every }: { deviation: number; every: number },
  random: () => number,
): Point[] {
  const points = followed(stroke, extent);
  const knots = Array.from({ length: Math.ceil((points.length * STEP) / every) + 2 }, () =>
    [0, 1].map(() => deviation * extent * (2 * random() - 1)),
  );
  return points.map(([x, y], index): Point => {
    const at = (index * STEP) / every;
    const [from, to] = [knots[Math.floor(at)]!, knots[Math.floor(at) + 1]!];
    const [dx, dy] = [0, 1].map((axis) => from[axis]! + (at % 1) * (to[axis]! - from[axis]!));
    return [x + dx!, y + dy!];
  });
}

/** Each point becomes the mean of those around it, of as many on both sides; so the ends stay where they are. */
function averaged(stroke: Stroke, extent: number): Point[] {
  const points = followed(stroke, extent);
  const reach = Math.round(FINGER.width / 2 / STEP);
  return points.map((_, index): Point => {
    const sides = Math.min(reach, index, points.length - 1 - index);
    const around = points.slice(index - sides, index + sides + 1);
    return [mean(around.map(([x]) => x)), mean(around.map(([, y]) => y))];
  });
}

/** Points at regular distances along a stroke, from its first to its last, about `STEP` apart. */
function followed(stroke: Stroke, extent: number): Point[] {
  const length = pathLength(stroke);
  const steps = Math.max(1, Math.round(length / (STEP * extent)));
  const points: Point[] = [stroke[0]!];
  let passed = 0;
  stroke.slice(1).forEach((to, index) => {
    const from = stroke[index]!;
    const segment = pathLength([from, to]);
    while (points.length < steps && (points.length * length) / steps <= passed + segment) {
      const share = segment > 0 ? ((points.length * length) / steps - passed) / segment : 0;
      points.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
    }
    passed += segment;
  });
  const last = stroke.at(-1)!;
  return stroke.length > 1 ? [...points, last] : points;
}
