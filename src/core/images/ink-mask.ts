import { EmnistError } from '../errors.ts';
import type { GrayPicture } from './gray-picture.ts';
import type { InkPicture } from './normalize.ts';

/** A picture with its shadows removed. */
export interface InkMask extends InkPicture {
  /** 1 where there is ink, [height, width]. */
  readonly mask: Uint8Array;
}

/** Pixels with more ink than this are set in the mask: half ink is where the edge of a blurred stroke was. */
export const INK_LEVEL = 0.5;
/** Number of cells along the longer side in which the level of the paper is measured. */
const CELLS = 12;
/** The quantile of a cell's pixels that is taken as the level of its paper. */
const PAPER_QUANTILE = 0.25;
/** Smallest difference between ink and paper, in gray levels. */
const MIN_CONTRAST = 20;
/** The same, as a multiple of the paper's noise. */
const MIN_CONTRAST_TO_NOISE = 4;

/**
 * Separates ink from paper, dark on light or light on dark: the border of the picture is assumed to be paper. Shadows are
 * removed by measuring the paper in a coarse grid, so that one threshold (Otsu 1979) serves the whole picture. Throws an
 * EmnistError (`picture-blank`) that names `source` when there is only paper.
 */
export function findInk({ width, height, gray }: GrayPicture, source: string): InkMask {
  const inkIsDark = borderIsLight({ width, height, gray });
  // High where there is ink, [height, width].
  const raised = inkIsDark ? gray.map((value) => 255 - value) : gray;
  const flat = removeShadows(raised, width, height);
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

/**
 * Subtracts the level of the paper from every pixel. The level is the lower quartile of a cell's pixels, the minimum of
 * 3x3 cells, so that cells full of ink do not count, and interpolated linearly between the centers of cells.
 */
function removeShadows(raised: Uint8Array, width: number, height: number): Uint8Array {
  const cell = Math.max(8, Math.ceil(Math.max(width, height) / CELLS));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const quartiles = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      histogram.fill(0);
      let count = 0;
      for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y++) {
        for (let x = column * cell; x < Math.min(width, (column + 1) * cell); x++) {
          histogram[raised[y * width + x]!]!++;
          count++;
        }
      }
      let value = 0;
      for (let seen = histogram[0]!; seen < PAPER_QUANTILE * count; seen += histogram[++value]!);
      quartiles[row * columns + column] = value;
    }
  }
  const levels = quartiles.map((_, i) => {
    let min = 255;
    const row = Math.floor(i / columns);
    const column = i % columns;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        min = Math.min(min, quartiles[r * columns + c]!);
      }
    }
    return min;
  });
  const flat = new Uint8Array(raised.length);
  for (let y = 0; y < height; y++) {
    const atY = Math.min(rows - 1, Math.max(0, (y + 0.5) / cell - 0.5));
    const row = Math.floor(atY);
    const below = Math.min(rows - 1, row + 1);
    const fy = atY - row;
    for (let x = 0; x < width; x++) {
      const atX = Math.min(columns - 1, Math.max(0, (x + 0.5) / cell - 0.5));
      const column = Math.floor(atX);
      const right = Math.min(columns - 1, column + 1);
      const fx = atX - column;
      const upper = levels[row * columns + column]! * (1 - fx) + levels[row * columns + right]! * fx;
      const lower = levels[below * columns + column]! * (1 - fx) + levels[below * columns + right]! * fx;
      flat[y * width + x] = Math.max(0, raised[y * width + x]! - upper * (1 - fy) - lower * fy);
    }
  }
  return flat;
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
