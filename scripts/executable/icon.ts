import { PNG } from 'pngjs';

/** The icon of the canvas page (`src/canvas-page/page/index.html`): a square with round corners and a pen stroke. */
const FIELD = 32;
const CORNER = 8;
const PEN = 3;
const FIELD_COLOR = [0x0a, 0x71, 0x68];
const CURVES = [
  [9, 20, 9, 6, 23, 6, 23, 16],
  [23, 16, 23, 26, 14, 27, 14, 19],
  [14, 19, 14, 11, 24, 14, 24, 22],
] as const;
const POINTS = CURVES.flatMap((curve) => Array.from({ length: 25 }, (_, index) => onCurve(curve, index / 24)));

/** A point of a cubic Bézier curve, `t` from 0 to 1. */
function onCurve([x0, y0, x1, y1, x2, y2, x3, y3]: (typeof CURVES)[number], t: number): [number, number] {
  const s = 1 - t;
  const blend = (a: number, b: number, c: number, d: number) =>
    a * s ** 3 + 3 * b * s * s * t + 3 * c * s * t * t + d * t ** 3;
  return [blend(x0, x1, x2, x3), blend(y0, y1, y2, y3)];
}

/** The program's icon as a PNG of `size` x `size` pixels. */
export function iconPng(size: number): Buffer {
  const png = new PNG({ width: size, height: size });
  const scale = size / FIELD;
  // Anti-aliasing: a pixel at an edge is covered by the distance of its center from the edge.
  const covered = (inside: number) => Math.min(1, Math.max(0, inside * scale + 0.5));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [(column + 0.5) / scale, (row + 0.5) / scale];
      const ink = covered(PEN / 2 - distanceToPen(x, y));
      const at = 4 * (row * size + column);
      for (const [channel, value] of FIELD_COLOR.entries()) png.data[at + channel] = value + (255 - value) * ink;
      png.data[at + 3] = 255 * covered(insideField(x, y));
    }
  }
  return PNG.sync.write(png);
}

/** Signed distance of a point from the edge of the square; negative outside. */
function insideField(x: number, y: number): number {
  const fromMiddle = (value: number) => Math.abs(value - FIELD / 2) - (FIELD / 2 - CORNER);
  const [dx, dy] = [fromMiddle(x), fromMiddle(y)];
  return CORNER - Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) - Math.min(0, Math.max(dx, dy));
}

function distanceToPen(x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < POINTS.length; index++) {
    const [x0, y0] = POINTS[index - 1]!;
    const [dx, dy] = [POINTS[index]![0] - x0, POINTS[index]![1] - y0];
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x - x0 - along * dx, y - y0 - along * dy));
  }
  return nearest;
}
