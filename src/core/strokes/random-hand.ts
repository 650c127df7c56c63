import { randomStream } from '../random.ts';
import type { Drawing, Point, Stroke } from './drawing.ts';
import { drawingExtent, pathLength, thinned } from './geometry.ts';

/** How far a stroke is from where it belongs, and how much larger or smaller, relative to the drawing; at strength 1. */
const MAX_STROKE_SHIFT = 0.04;
const MAX_LOG_STROKE_SCALE = Math.log(1.06);

/** How often a drawing becomes one of a mouse, or of a device that sends few points; else it stays that of a pen. */
const MOUSE = 0.3;
const FEW_POINTS = 0.2;

/** Distance between the points of a resampled stroke, relative to the drawing. */
const RESAMPLING = 0.03;
/** A mouse trembles by up to this, slowly: the deviations are independent this far apart along the path. */
const MAX_TREMBLE = 0.025;
const TREMBLE_LENGTH = 0.15;
/** The pixels of a mouse, and the distance of few points, relative to the drawing: from small to large drawings. */
const PIXEL = [1 / 150, 1 / 40] as const;
const POINT_DISTANCE = [0.06, 0.2] as const;

/**
 * The drawing as another hand or device may have drawn it: strokes are moved against each other; a mouse trembles and moves
 * by whole pixels; a slow device sends few points, so that curves become chords. Determined by the seed. `strength` multiplies
 * the differences, and how often the device is another one.
 */
export function randomHand(drawing: Drawing, seed: number, strength: number): Drawing {
  const random = randomStream(seed);
  const extent = drawingExtent(drawing);
  if (extent === 0 || strength === 0) return drawing;
  const signed = () => strength * (2 * random() - 1);
  const moved = drawing.map((stroke) => moveStroke(stroke, extent, signed));
  const device = random();
  if (device < strength * MOUSE) {
    const pixel = extent * between(PIXEL, random());
    const tremble = extent * MAX_TREMBLE * strength * random();
    return moved.map((stroke) => mouseStroke(stroke, { extent, pixel, tremble }, random));
  }
  if (device < strength * (MOUSE + FEW_POINTS)) {
    const distance = extent * between(POINT_DISTANCE, random());
    return moved.map((stroke) => thinned(stroke, distance));
  }
  return moved;
}

function between([low, high]: readonly [number, number], share: number): number {
  return low + share * (high - low);
}

function moveStroke(stroke: Stroke, extent: number, signed: () => number): Stroke {
  const dx = MAX_STROKE_SHIFT * extent * signed();
  const dy = MAX_STROKE_SHIFT * extent * signed();
  const scale = Math.exp(MAX_LOG_STROKE_SCALE * signed());
  const [centerX, centerY] = stroke[Math.floor(stroke.length / 2)]!;
  return stroke.map(
    ([x, y, ...pressure]): Point => [
      centerX + dx + scale * (x - centerX),
      centerY + dy + scale * (y - centerY),
      ...pressure,
    ],
  );
}

function mouseStroke(
  stroke: Stroke,
  { extent, pixel, tremble }: { extent: number; pixel: number; tremble: number },
  random: () => number,
): Stroke {
  const points = resampled(stroke, RESAMPLING * extent);
  const knots = Math.ceil((points.length * RESAMPLING) / TREMBLE_LENGTH) + 2;
  const [offsetsX, offsetsY] = [0, 1].map(() => Array.from({ length: knots }, () => tremble * (2 * random() - 1)));
  return points.map(([x, y, ...pressure], index): Point => {
    const at = (index * RESAMPLING) / TREMBLE_LENGTH;
    return [
      pixel * Math.round((x + interpolate(offsetsX!, at)) / pixel),
      pixel * Math.round((y + interpolate(offsetsY!, at)) / pixel),
      ...pressure,
    ];
  });
}

function interpolate(values: readonly number[], at: number): number {
  const index = Math.floor(at);
  return values[index]! + (at - index) * (values[index + 1]! - values[index]!);
}

/** The stroke with points at most `step` apart. */
function resampled(stroke: Stroke, step: number): Point[] {
  const points: Point[] = [stroke[0]!];
  for (const to of stroke.slice(1)) {
    const from = points.at(-1)!;
    const steps = Math.max(1, Math.ceil(pathLength([from, to]) / step));
    for (let i = 1; i < steps; i++) {
      points.push([from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps]);
    }
    points.push(to);
  }
  return points;
}
