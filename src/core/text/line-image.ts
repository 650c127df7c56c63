import { drawStroke } from '../strokes/draw-stroke.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { penWidthFactor } from '../strokes/pen-width.ts';

/** The height of a line image in pixels. */
export const LINE_HEIGHT = 32;
/** The width of a line image, including the white on both sides, is a multiple of this, so that a network keeps few widths. */
export const WIDTH_STEP = 16;
/** A longer line is made to fit. */
export const MAX_LINE_WIDTH = 2048;
/** White above, below, and beside the ink. */
const MARGIN = 2;
export const SIDE = 4;
/** The mean distance of ink from its mean height; small letters are then about 11 pixels high. */
const SPREAD = 0.135 * LINE_HEIGHT;
/** Pixels across for each pixel down: letters that touch get more room. */
const STRETCH = 1.2;
export const PEN = 1.9;

/** What the word network sees: a line of writing, scaled by the height of its small letters. */
export interface LineImage {
  /** A multiple of `WIDTH_STEP`. */
  readonly width: number;
  /** Bytes, ink 255 on paper 0, [LINE_HEIGHT, width]. */
  readonly pixels: Uint8Array;
  /** The x of the writing at the left edge of the image, and how much of it is a pixel, in the writing's unit. */
  readonly left: number;
  readonly unit: number;
}

/** A line of writing as the word network sees it, which can be drawn again. */
export interface WrittenLine {
  readonly image: LineImage;
  /** Draws the line again, this many times as wide. */
  stretched(factor: number): this;
}

/** How a line is distorted; see `plainLine` for what leaves it as it is. */
export interface LineDistortion {
  /** Added to x for each unit up. */
  readonly slant: number;
  /** Added to y for each unit to the right. */
  readonly slope: number;
  /** Factors. */
  readonly stretch: number;
  readonly size: number;
  readonly thickness: number;
  /** Pixels down. */
  readonly shift: number;
}

export const plainLine: LineDistortion = { slant: 0, slope: 0, stretch: 1, size: 1, thickness: 1, shift: 0 };

/**
 * Draws a line of writing, or a word, as the word network sees it: level, scaled by how far its ink is spread vertically, which
 * depends on ascenders less than its height does.
 */
export function lineImage(drawing: Drawing, distortion: LineDistortion = plainLine): LineImage {
  const slope = distortion.slope - lineSlope(drawing);
  const strokes = drawing.map((stroke) => {
    const flat: number[] = [];
    for (const [x, y, pressure] of stroke) {
      flat.push(x - distortion.slant * y, y + slope * x, penWidthFactor(pressure));
    }
    return flat;
  });
  const extent = extentOf(strokes);
  const { left, top } = extent;
  const { scale, stretch, y, width, unit } = placeLine(extent, distortion);
  const ink = new Float32Array(LINE_HEIGHT * width);
  const picture = { width, height: LINE_HEIGHT, ink };
  const thickness = PEN * distortion.thickness;
  for (const flat of strokes) {
    for (let i = 0; i < flat.length; i += 3) flat[i] = (flat[i]! - left) * stretch;
    drawStroke(picture, flat, { left: 0, top, scale, x: SIDE, y, thickness });
  }
  return { width, pixels: Uint8Array.from(ink, (value) => Math.round(255 * value)), left: left - SIDE * unit, unit };
}

/** A line drawn with a pen. */
export function strokeLine(drawing: Drawing, stretch = 1): WrittenLine {
  return {
    image: lineImage(drawing, { ...plainLine, stretch }),
    stretched: (factor) => strokeLine(drawing, stretch * factor),
  };
}

/** Where the path of the pen is, its mean height, and the mean distance from that; the last two weighted by its length. */
export interface LineExtent {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly mean: number;
  readonly spread: number;
}

/**
 * Where a level line lies in its image: its left end at `SIDE` and its top at `y`, `scale` pixels down and `scale * stretch` across
 * for each of its units; `unit` is the width of a pixel in these units.
 */
export function placeLine(
  { left, right, top, bottom, mean, spread }: LineExtent,
  distortion: Pick<LineDistortion, 'stretch' | 'size' | 'shift'> = plainLine,
): { scale: number; stretch: number; y: number; width: number; unit: number } {
  const height = bottom - top;
  const stretch = STRETCH * distortion.stretch;
  const room = LINE_HEIGHT - 2 * MARGIN;
  const widest = MAX_LINE_WIDTH - 2 * SIDE;
  const scale = Math.min(
    spread > 0 ? (SPREAD * distortion.size) / spread : room,
    height > 0 ? room / height : Number.POSITIVE_INFINITY,
    right > left ? widest / ((right - left) * stretch) : Number.POSITIVE_INFINITY,
  );
  const middle = LINE_HEIGHT / 2 - (mean - top) * scale + distortion.shift;
  const y = Math.min(Math.max(middle, MARGIN), LINE_HEIGHT - MARGIN - height * scale);
  const needed = Math.ceil((right - left) * scale * stretch) + 2 * SIDE;
  const width = Math.max(2, Math.ceil(needed / WIDTH_STEP)) * WIDTH_STEP;
  return { scale, stretch, y, width, unit: 1 / (scale * stretch) };
}

function extentOf(strokes: readonly (readonly number[])[]): LineExtent {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [length, sum] = [0, 0];
  for (const flat of strokes) {
    for (let i = 0; i < flat.length; i += 3) {
      left = Math.min(left, flat[i]!);
      right = Math.max(right, flat[i]!);
      top = Math.min(top, flat[i + 1]!);
      bottom = Math.max(bottom, flat[i + 1]!);
      if (i === 0) continue;
      const part = Math.hypot(flat[i]! - flat[i - 3]!, flat[i + 1]! - flat[i - 2]!);
      length += part;
      sum += (part * (flat[i + 1]! + flat[i - 2]!)) / 2;
    }
  }
  const mean = length > 0 ? sum / length : (top + bottom) / 2;
  let deviation = 0;
  for (const flat of strokes) {
    for (let i = 3; i < flat.length; i += 3) {
      const part = Math.hypot(flat[i]! - flat[i - 3]!, flat[i + 1]! - flat[i - 2]!);
      deviation += part * Math.abs((flat[i + 1]! + flat[i - 2]!) / 2 - mean);
    }
  }
  return { left, right, top, bottom, mean, spread: length > 0 ? deviation / length : 0 };
}

/** Writing this many times as wide as it is spread vertically is a line whose slope can be seen; below the first, it is not judged. */
const SHORT = 12;
const LONG = 40;
const MAX_SLOPE = 0.3;

/** How steeply a line of writing falls: the slope of the line through its ink, less the shorter it is. */
function lineSlope(drawing: Drawing): number {
  const ink: InkMoments = {
    ...{ left: Number.POSITIVE_INFINITY, right: Number.NEGATIVE_INFINITY },
    ...{ weight: 0, sumX: 0, sumY: 0, sumXX: 0, sumXY: 0, sumYY: 0 },
  };
  for (const stroke of drawing) {
    for (let i = 0; i < stroke.length; i++) {
      const [x1, y1] = stroke[i]!;
      ink.left = Math.min(ink.left, x1);
      ink.right = Math.max(ink.right, x1);
      if (i === 0) continue;
      const [x0, y0] = stroke[i - 1]!;
      const part = Math.hypot(x1 - x0, y1 - y0);
      const x = (x0 + x1) / 2;
      const y = (y0 + y1) / 2;
      ink.weight += part;
      ink.sumX += part * x;
      ink.sumY += part * y;
      ink.sumXX += part * x * x;
      ink.sumXY += part * x * y;
      ink.sumYY += part * y * y;
    }
  }
  return slopeOf(ink);
}

/** Sums over the ink of a line, from which its slope is estimated. */
export interface InkMoments {
  left: number;
  right: number;
  weight: number;
  sumX: number;
  sumY: number;
  sumXX: number;
  sumXY: number;
  sumYY: number;
}

/** The slope of a line through the ink, reduced more the shorter the line is. */
export function slopeOf({ left, right, weight, sumX, sumY, sumXX, sumXY, sumYY }: InkMoments): number {
  if (weight === 0) return 0;
  const varianceX = sumXX / weight - (sumX / weight) ** 2;
  if (!(varianceX > 0)) return 0;
  const covariance = sumXY / weight - (sumX / weight) * (sumY / weight);
  const slope = Math.min(MAX_SLOPE, Math.max(-MAX_SLOPE, covariance / varianceX));
  const deviation = Math.sqrt(Math.max(0, sumYY / weight - (sumY / weight) ** 2 - slope * covariance));
  const length = deviation > 0 ? (right - left) / deviation : Number.POSITIVE_INFINITY;
  return slope * Math.min(1, Math.max(0, (length - SHORT) / (LONG - SHORT)));
}
