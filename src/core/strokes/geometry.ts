import type { Drawing, Point, Stroke } from './drawing.ts';

/** The box around all points of a drawing, in its unit. */
export interface DrawingBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The box around the points of a drawing that has some. */
export function drawingBox(drawing: Drawing): DrawingBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of drawing) {
    for (const [x, y] of stroke) {
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** The longer side of that box. */
export function drawingExtent(drawing: Drawing): number {
  const { width, height } = drawingBox(drawing);
  return Math.max(width, height);
}

/** The length of a stroke without movements smaller than `step`, such as those of a hand that rests. */
export function pathLength(stroke: Stroke, step = 0): number {
  let length = 0;
  let [fromX, fromY] = stroke[0] ?? [0, 0];
  for (const [x, y] of stroke) {
    const distance = Math.hypot(x - fromX, y - fromY);
    if (distance < step) continue;
    length += distance;
    [fromX, fromY] = [x, y];
  }
  return length;
}

/** The first and last point, and between them only points at least `distance` from the one before. */
export function thinned(stroke: Stroke, distance: number): Stroke {
  const points: Point[] = [stroke[0]!];
  for (const point of stroke.slice(1, -1)) if (pathLength([points.at(-1)!, point]) >= distance) points.push(point);
  if (stroke.length > 1) points.push(stroke.at(-1)!);
  return points;
}
