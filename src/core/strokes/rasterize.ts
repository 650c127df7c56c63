import { EmnistError } from '../errors.ts';
import { normalizeInk, PEN_PATH, PEN_WIDTH } from '../images/normalize.ts';
import type { Drawing } from './drawing.ts';
import { MAX_WIDTH_FACTOR, penWidthFactor } from './pen-width.ts';

/** How a drawing is inked. The defaults make it look like EMNIST's training images. */
export interface PenOptions {
  /** Longer side of the pen's path, in pixels of NIST's scans. */
  size?: number;
  /** Width of the pen, in the same pixels. */
  thickness?: number;
  /** Horizontal shear: the change of x for each unit upward, so 0.2 leans to the right. */
  slant?: number;
  /** Radians, clockwise. */
  rotation?: number;
  /** Factor on the ratio of width to height. */
  aspect?: number;
}

/**
 * The 28x28 image of a drawing in the style of EMNIST: [784] bytes, ink 255. The position, size, and unit of the drawing
 * do not matter; its coordinates must be finite. A drawing without extent is a dot. Throws an EmnistError
 * (`drawing-empty`) when there is no point.
 */
export function rasterize(drawing: Drawing, options: PenOptions = {}): Uint8Array {
  const { size = PEN_PATH, thickness = PEN_WIDTH, slant = 0, rotation = 0, aspect = 1 } = options;
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const points: number[][] = drawing.map((stroke) => {
    const flat: number[] = [];
    for (const [px, py, pressure] of stroke) {
      const x = (px - slant * py) * aspect;
      flat.push(x * cos - py * sin, x * sin + py * cos, penWidthFactor(pressure));
    }
    return flat;
  });

  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const flat of points) {
    for (let i = 0; i < flat.length; i += 3) {
      left = Math.min(left, flat[i]!);
      right = Math.max(right, flat[i]!);
      top = Math.min(top, flat[i + 1]!);
      bottom = Math.max(bottom, flat[i + 1]!);
    }
  }
  if (left > right) throw new EmnistError('drawing-empty', 'the drawing has no strokes', {});
  const extent = Math.max(right - left, bottom - top);
  // A drawing smaller than the rounding errors of its coordinates is a dot.
  const rounding = 1e-12 * Math.max(Math.abs(left), Math.abs(right), Math.abs(top), Math.abs(bottom));
  const scale = extent > Math.max(rounding, 1e-300) ? size / extent : 0;
  const margin = Math.ceil((thickness * MAX_WIDTH_FACTOR) / 2) + 1;
  const width = Math.ceil((right - left) * scale) + 2 * margin;
  const height = Math.ceil((bottom - top) * scale) + 2 * margin;
  const ink = new Float32Array(width * height);
  for (const flat of points) {
    let fromX = 0;
    let fromY = 0;
    let fromRadius = 0;
    for (let i = 0; i < flat.length; i += 3) {
      const x = (flat[i]! - left) * scale + margin;
      const y = (flat[i + 1]! - top) * scale + margin;
      const radius = (flat[i + 2]! * thickness) / 2;
      const last = i + 3 >= flat.length;
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
  // The pen is wider than a pixel, so there is ink.
  return normalizeInk({ width, height, ink })!;
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
