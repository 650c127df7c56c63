import { EmnistError } from '../errors.ts';
import type { GrayPicture } from './gray-picture.ts';
import type { InkPicture } from './normalize.ts';
import { inkOnEvenPaper } from './paper.ts';

/** A picture with its shadows removed. */
export interface InkMask extends InkPicture {
  /** 1 where there is ink, [height, width]. */
  readonly mask: Uint8Array;
}

/** Pixels with more ink than this are set in the mask: half ink is where the edge of a blurred stroke was. */
export const INK_LEVEL = 0.5;
/** Smallest difference between ink and paper, in gray levels. */
const MIN_CONTRAST = 20;
/** The same, as a multiple of the paper's noise. */
const MIN_CONTRAST_TO_NOISE = 3.3;

/**
 * Separates ink from paper, dark on light or light on dark, by one threshold (Otsu 1979) for the evened picture. Throws an
 * EmnistError (`picture-blank`) that names `source` when there is only paper.
 */
export function findInk({ width, height, gray }: GrayPicture, source: string): InkMask {
  const flat = inkOnEvenPaper({ width, height, gray });
  const { threshold, inkMean, paperMean, noise } = otsu(flat);
  if (inkMean - paperMean < Math.max(MIN_CONTRAST, MIN_CONTRAST_TO_NOISE * noise)) {
    throw new EmnistError('picture-blank', `${source} has no writing that stands out from the paper`, { source });
  }
  const span = fullInk(flat, threshold) - paperMean;
  const ink = new Float32Array(flat.length);
  const mask = new Uint8Array(flat.length);
  for (let i = 0; i < flat.length; i++) {
    ink[i] = Math.min(1, Math.max(0, (flat[i]! - paperMean) / span));
    if (ink[i]! > INK_LEVEL) mask[i] = 1;
  }
  return { width, height, ink, mask };
}

/**
 * The upper quartile of the values above the threshold. Where edges are soft, Otsu's threshold is nearer to the paper than
 * to this level, and strokes cut there would be too thick.
 */
function fullInk(flat: Uint8Array, threshold: number): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  for (const value of flat) {
    if (value <= threshold) continue;
    histogram[value]!++;
    count++;
  }
  let value = 255;
  for (let seen = histogram[255]!; seen < 0.25 * count; seen += histogram[--value]!);
  return value;
}

/** Whether most pixels of the border are on the light side of the picture's threshold. */
export function borderIsLight({ width, height, gray }: GrayPicture): boolean {
  const { threshold } = otsu(gray);
  let light = 0;
  let count = 0;
  const countPixel = (x: number, y: number) => {
    if (gray[y * width + x]! > threshold) light++;
    count++;
  };
  for (let x = 0; x < width; x++) {
    countPixel(x, 0);
    countPixel(x, height - 1);
  }
  for (let y = 1; y < height - 1; y++) {
    countPixel(0, y);
    countPixel(width - 1, y);
  }
  return 2 * light >= count;
}

/** Otsu's threshold, above which values are ink, the means on both sides, and the standard deviation of the paper. */
function otsu(values: Uint8Array): { threshold: number; inkMean: number; paperMean: number; noise: number } {
  const histogram = new Float64Array(256);
  for (const value of values) histogram[value]!++;
  let total = 0;
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    total += histogram[value]!;
    sum += value * histogram[value]!;
  }
  let below = 0;
  let belowSum = 0;
  let best = -1;
  let first = 0;
  let last = 0;
  for (let value = 0; value < 255; value++) {
    below += histogram[value]!;
    belowSum += value * histogram[value]!;
    if (below === 0 || below === total) continue;
    const difference = belowSum / below - (sum - belowSum) / (total - below);
    const between = below * (total - below) * difference * difference;
    if (between > best * (1 + 1e-12)) {
      best = between;
      first = value;
    }
    // All thresholds in the gap between two separate peaks are equally good; the middle one is the most robust.
    if (between >= best * (1 - 1e-12)) last = value;
  }
  const threshold = Math.floor((first + last) / 2);
  let paperCount = 0;
  let paperSum = 0;
  let squares = 0;
  for (let value = 0; value <= threshold; value++) {
    paperCount += histogram[value]!;
    paperSum += value * histogram[value]!;
    squares += value * value * histogram[value]!;
  }
  const paperMean = paperCount > 0 ? paperSum / paperCount : 0;
  const inkMean = total > paperCount ? (sum - paperSum) / (total - paperCount) : paperMean;
  const noise = paperCount > 0 ? Math.sqrt(Math.max(0, squares / paperCount - paperMean ** 2)) : 0;
  return { threshold, inkMean, paperMean, noise };
}
