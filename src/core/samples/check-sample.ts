import { EmnistError } from '../errors.ts';
import { labelProblem, MAX_LABEL_CHARACTERS, normalizeLabel } from '../label-text.ts';
import type { Drawing, Point } from '../strokes/drawing.ts';
import { checkDrawing } from '../strokes/stroke-file.ts';
import type { NewSample } from './sample.ts';

/** The most points that a sample may have; as many as a page sends. A character has 50 to 500. */
export const MAX_SAMPLE_POINTS = 5000;

/** A drawing is stored with this precision, relative to its longer side: far finer than the image that is made of it. */
const PRECISION = 1e-3;
const MAX_DECIMALS = 15;

/**
 * A sample as it is stored: the label normalized, coordinates rounded. Throws `label-invalid` and `strokes-invalid`.
 */
export function checkSample(sample: NewSample): NewSample {
  // Programs may pass anything.
  const given: unknown = sample.label;
  const label = typeof given === 'string' ? normalizeLabel(given) : '';
  if (labelProblem(label) !== null) {
    const message = `${JSON.stringify(given)} is not a label of 1 to ${MAX_LABEL_CHARACTERS} characters`;
    throw new EmnistError('label-invalid', message, { file: null, line: null, label: String(given) });
  }
  const strokes = checkDrawing(sample.strokes, MAX_SAMPLE_POINTS);
  const { id, origin, readAs } = sample;
  return {
    ...(id !== undefined && { id }),
    label,
    origin,
    ...(readAs !== undefined && { readAs }),
    strokes: roundDrawing(strokes),
  };
}

/** Rounds coordinates to what matters at the size of the drawing. Rounding again changes nothing. */
function roundDrawing(strokes: Drawing): Drawing {
  let decimals = decimalsFor(strokes);
  for (;;) {
    const rounded = strokes.map((stroke) => stroke.map((point) => roundPoint(point, decimals)));
    // Rounding may have enlarged the drawing to the next power of ten, where fewer decimals would be left the next time.
    const fewer = decimalsFor(rounded);
    if (fewer >= decimals) return rounded;
    decimals = fewer;
  }
}

function decimalsFor(strokes: Drawing): number {
  const [min, max] = [
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ] as [[number, number], [number, number]];
  for (const [x, y] of strokes.flat()) {
    min[0] = Math.min(min[0], x);
    min[1] = Math.min(min[1], y);
    max[0] = Math.max(max[0], x);
    max[1] = Math.max(max[1], y);
  }
  const size = Math.max(max[0] - min[0], max[1] - min[1]);
  // A dot has no size, and any place.
  if (size === 0) return 0;
  return Math.min(MAX_DECIMALS, Math.max(0, -Math.floor(Math.log10(size * PRECISION))));
}

function roundPoint([x, y, pressure]: Point, decimals: number): Point {
  const position = [roundTo(x, decimals), roundTo(y, decimals)] as const;
  return pressure === undefined ? position : [...position, roundTo(pressure, 2)];
}

function roundTo(value: number, decimals: number): number {
  // Adding 0 makes -0 a 0.
  return Number(value.toFixed(decimals)) + 0;
}
