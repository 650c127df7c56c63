import { EmnistError } from '../errors.ts';
import type { GrayPicture } from './gray-picture.ts';
import type { InkPicture } from './normalize.ts';

/** A picture with its paper evened out. */
export interface InkMask extends InkPicture {
  /** 1 where there is ink, [height, width]. */
  readonly mask: Uint8Array;
}

/** Pixels with more than this are ink: where the edge of a blurred stroke was. */
export const INK_LEVEL = 0.5;
/** The paper is measured in so many windows along the longer side; a window is three of them wide. */
const CELLS = 12;
/** The share of a window's pixels that are at least as dark as what is taken for its paper. */
const PAPER_QUANTILE = 0.25;
/** The least difference between ink and paper, of 255. */
const MIN_CONTRAST = 20;
/** And how many times the paper's own unevenness it must be. */
const MIN_CONTRAST_TO_NOISE = 4;

/**
 * Tells ink from paper: dark on light or light on dark, whichever the picture's border is not. Shadows are taken out by
 * measuring the paper in a coarse grid, then one threshold (Otsu 1979) does for all. Throws an EmnistError
 * (`picture-blank`) that names `source` where there is nothing but paper.
 */
export function findInk({ width, height, gray }: GrayPicture, source: string): InkMask {
  const dark = borderIsLight({ width, height, gray });
  // Ink high, [height, width].
  const raised = dark ? gray.map((value) => 255 - value) : gray;
  const flat = evenOut(raised, width, height);
  const { threshold, inkMean, paperMean, noise } = otsu(flat);
  if (inkMean - paperMean < Math.max(MIN_CONTRAST, MIN_CONTRAST_TO_NOISE * noise)) {
    throw new EmnistError(
      'picture-blank',
      `${source} holds no writing that can be told from its paper`,
      'write darker or larger',
    );
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
 * The upper quartile of what is darker than the threshold. Otsu's threshold lies nearer to the paper than to this where
 * edges are soft, and strokes cut there come out too thick.
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

/** Whether most of the outermost pixels are on the light side of the picture's own threshold. */
export function borderIsLight({ width, height, gray }: GrayPicture): boolean {
  const { threshold } = otsu(gray);
  let light = 0;
  let count = 0;
  const look = (x: number, y: number) => {
    if (gray[y * width + x]! > threshold) light++;
    count++;
  };
  for (let x = 0; x < width; x++) {
    look(x, 0);
    look(x, height - 1);
  }
  for (let y = 1; y < height - 1; y++) {
    look(0, y);
    look(width - 1, y);
  }
  return 2 * light >= count;
}

/**
 * Takes the paper's own level off every pixel: the lower quartile of each cell's pixels, the least of a window of 3x3
 * cells, so that a cell full of ink does not count, and linear between the cells' centers.
 */
function evenOut(raised: Uint8Array, width: number, height: number): Uint8Array {
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
  const least = quartiles.map((_, i) => {
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
      const upper = least[row * columns + column]! * (1 - fx) + least[row * columns + right]! * fx;
      const lower = least[below * columns + column]! * (1 - fx) + least[below * columns + right]! * fx;
      flat[y * width + x] = Math.max(0, raised[y * width + x]! - upper * (1 - fy) - lower * fy);
    }
  }
  return flat;
}

/** Otsu's threshold: values above it are the ink. Also both sides' means and the paper side's standard deviation. */
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
    // Between two separate heaps all thresholds are as good; the middle one is the least sensitive.
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
