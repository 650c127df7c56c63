import type { Expectation } from '../core/server/expectation.ts';
import {
  type DrawingMessage,
  MAX_MESSAGE_BYTES,
  MAX_POINTS,
  MAX_STROKES,
  type TextMessage,
} from '../core/server/protocol.ts';
import type { Drawing, Point, Stroke } from '../core/strokes/drawing.ts';
import { drawingBox, drawingExtent } from '../core/strokes/geometry.ts';

/** How far the path that is sent may be from the one drawn, relative to the size of the drawing: a 28th of a pixel. */
const TOLERANCE = 1 / 800;

/** The same for a line, relative to its height. */
const LINE_TOLERANCE = 1 / 250;

/** Room for the rest of a message, such as the expected characters, of up to 512 UTF-16 units. */
const OTHER_BYTES = 4096;

/** Encodes a drawing as a message to the server. An empty drawing is the same whatever is expected. */
export function encodeDrawing(id: number, drawing: Drawing, wanted: Wanted = {}): string {
  const strokes = strokesToSend(drawing);
  const message: DrawingMessage = { type: 'drawing', id, strokes, ...(strokes.length > 0 && wanted) };
  return JSON.stringify(message);
}

/** Encodes a line of writing as a message to the server. */
export function encodeLine(id: number, line: Drawing): string {
  const message: TextMessage = {
    type: 'text',
    id,
    strokes: strokesToSend(line, LINE_TOLERANCE * drawingBox(line).height),
  };
  return JSON.stringify(message);
}

/** What is expected to be drawn, and whether to adapt the reading to the user's samples. */
export type Wanted = Expectation & { adapt?: false };

/**
 * A drawing with only the points that make a difference in the image that the network reads. If there are still too many, every
 * other point is dropped, repeatedly.
 *
 * @param tolerance how far the path may be from the one drawn
 */
export function strokesToSend(
  drawing: Drawing,
  tolerance = TOLERANCE * drawingExtent(drawing),
): DrawingMessage['strokes'] {
  let strokes = drawing.slice(0, MAX_STROKES).map((stroke) => simplify(stroke, tolerance).map(round));
  for (;;) {
    // All ASCII, so as many bytes as characters.
    const bytes = JSON.stringify(strokes).length;
    const points = strokes.reduce((sum, { length }) => sum + length, 0);
    if (bytes <= MAX_MESSAGE_BYTES - OTHER_BYTES && points <= MAX_POINTS) return strokes;
    strokes = strokes.map(thinOut);
  }
}

/** A change of pressure that is as visible as a point that is off by the tolerance, relative to the size of the drawing. */
const PRESSURE_WEIGHT = 1 / 15;

/** The points of a path that it cannot do without (Ramer 1972, Douglas and Peucker 1973). */
function simplify(stroke: Stroke, tolerance: number): Point[] {
  const extent = tolerance / TOLERANCE;
  const kept = new Set([0, stroke.length - 1]);
  const parts: [from: number, to: number][] = [[0, stroke.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    let [farthest, index] = [tolerance, 0];
    for (let at = from + 1; at < to; at++) {
      const distance = distanceFrom(stroke[from]!, stroke[to]!, stroke[at]!, PRESSURE_WEIGHT * extent);
      if (distance > farthest) [farthest, index] = [distance, at];
    }
    if (index === 0) continue;
    kept.add(index);
    parts.push([from, index], [index, to]);
  }
  return [...kept].sort((a, b) => a - b).map((index) => stroke[index]!);
}

/** The distance of a point from a line segment, with the pressure as a third coordinate in units of `weight`. */
function distanceFrom(from: Point, to: Point, point: Point, weight: number): number {
  const pressure = ([, , value = 0.5]: Point) => value * weight;
  const [dx, dy, dp] = [to[0] - from[0], to[1] - from[1], pressure(to) - pressure(from)];
  const [px, py, pp] = [point[0] - from[0], point[1] - from[1], pressure(point) - pressure(from)];
  const length = dx * dx + dy * dy + dp * dp;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy + pp * dp) / length));
  return Math.hypot(px - along * dx, py - along * dy, pp - along * dp);
}

function round([x, y, pressure]: Point): [number, number] | [number, number, number] {
  const tenths = (value: number) => Math.round(value * 10) / 10;
  if (pressure === undefined) return [tenths(x), tenths(y)];
  return [tenths(x), tenths(y), Math.round(Math.min(1, Math.max(0, pressure)) * 100) / 100];
}

/** Drops every other point, but never the first or the last. */
function thinOut<P extends Point>(stroke: readonly P[]): P[] {
  return stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1);
}
