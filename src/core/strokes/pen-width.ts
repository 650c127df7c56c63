import type { Point } from './drawing.ts';

/** The width of a stroke at a point, relative to the pen's own width, is between these. */
export const MIN_WIDTH_FACTOR = 0.75;
export const MAX_WIDTH_FACTOR = 1.25;

/**
 * How much wider or narrower than its own width the pen is with this pressure, both in the image that the network reads
 * and on the screen. Half pressure, which is what a mouse reports if anything, means its own width.
 */
export function penWidthFactor(pressure: Point[2]): number {
  if (pressure === undefined) return 1;
  return Math.min(MAX_WIDTH_FACTOR, Math.max(MIN_WIDTH_FACTOR, 0.5 + pressure));
}
