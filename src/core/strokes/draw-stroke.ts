import type { InkPicture } from '../images/normalize.ts';

/** Where strokes lie on a picture: the point (left, top) at the pixel (x, y). */
export interface StrokePlacement {
  readonly left: number;
  readonly top: number;
  /** Pixels to a unit of the strokes. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** The width of the pen in pixels. */
  readonly thickness: number;
}

/** Inks a stroke. `points`: x, y, and the factor on the width of the pen, of each point; parts outside the picture are left out. */
export function drawStroke(picture: InkPicture, points: readonly number[], placement: StrokePlacement): void {
  const { left, top, scale, thickness } = placement;
  const { ink, width, height } = picture;
  let fromX = 0;
  let fromY = 0;
  let fromRadius = 0;
  for (let i = 0; i < points.length; i += 3) {
    const x = (points[i]! - left) * scale + placement.x;
    const y = (points[i + 1]! - top) * scale + placement.y;
    const radius = (points[i + 2]! * thickness) / 2;
    const last = i + 3 >= points.length;
    if (i === 0) {
      if (last) drawCapsule(ink, width, height, x, y, radius, x, y, radius);
    } else {
      // Points closer than a tenth of a pixel, which tablets send many of, make no difference.
      if (!last && (x - fromX) ** 2 + (y - fromY) ** 2 < 0.01) continue;
      drawCapsule(ink, width, height, fromX, fromY, fromRadius, x, y, radius);
    }
    fromX = x;
    fromY = y;
    fromRadius = radius;
  }
}

/** Inks a line segment with a radius that changes linearly from `r0` to `r1`; a pixel centered on its edge is half covered. */
function drawCapsule(
  ink: Float32Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
  r0: number,
  x1: number,
  y1: number,
  r1: number,
): void {
  const reach = Math.max(r0, r1) + 0.5;
  const firstX = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const lastX = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
  const firstY = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const lastY = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const lengthSquared = dx * dx + dy * dy;
  // Saves the square root for pixels that are farther away, whatever the rounding.
  const reachSquared = reach * reach * (1 + 1e-9);
  for (let py = firstY; py <= lastY; py++) {
    const cy = py + 0.5 - y0;
    for (let px = firstX; px <= lastX; px++) {
      const at = py * width + px;
      if (ink[at] === 1) continue;
      const cx = px + 0.5 - x0;
      const dot = cx * dx + cy * dy;
      const along = dot <= 0 ? 0 : dot >= lengthSquared ? 1 : dot / lengthSquared;
      const ex = cx - along * dx;
      const ey = cy - along * dy;
      const distanceSquared = ex * ex + ey * ey;
      if (distanceSquared > reachSquared) continue;
      const coverage = r0 + along * (r1 - r0) + 0.5 - Math.sqrt(distanceSquared);
      if (coverage > ink[at]!) ink[at] = Math.min(1, coverage);
    }
  }
}
