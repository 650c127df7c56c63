import type { Drawing } from '../strokes/drawing.ts';

/** The lines of a drawing, top to bottom: for each, the indices of its strokes in the order drawn. */
export function strokeLines(drawing: Drawing): number[][] {
  const indices = drawing.flatMap((stroke, index) => (stroke.length > 0 ? [index] : []));
  return indices.length === 0 ? [] : [indices];
}
