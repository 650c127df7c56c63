import { EmnistError } from '../errors.ts';
import { normalizeInk, PEN_PATH, PEN_WIDTH } from '../images/normalize.ts';
import { drawStroke } from './draw-stroke.ts';
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
  const placement = { left, top, scale, x: margin, y: margin, thickness };
  for (const flat of points) drawStroke({ width, height, ink }, flat, placement);
  // The pen is wider than a pixel, so there is ink.
  return normalizeInk({ width, height, ink })!;
}
