import type { Box } from '../images/box.ts';
import { INK_LEVEL, type InkMask } from '../images/ink-mask.ts';
import { strokeWidth } from '../images/ink-size.ts';
import { signedDistance } from '../images/signed-distance.ts';
import {
  type InkMoments,
  LINE_HEIGHT,
  type LineExtent,
  type LineImage,
  PEN,
  placeLine,
  plainLine,
  SIDE,
  slopeOf,
  type WrittenLine,
} from './line-image.ts';

/** A line of a picture, in the pixels of the picture. */
export interface PlacedLine extends WrittenLine {
  readonly box: Box;
  boxOf(from: number, to: number): Box;
}

/** How many points of each pixel of the image are sampled in each direction. */
const OVERSAMPLING = 4;
/**
 * These turn the spread of the ink, by area, into that of the pen's path: a factor, since area counts retraced strokes only once,
 * and pen widths to subtract, since ink reaches beyond the ends of the path. Fitted to UNIPEN's words, drawn with pens of a tenth
 * to a third of a small letter.
 */
const RETRACED = 0.977;
const BEYOND_PATH = 0.06;
/**
 * Thin strokes are widened to the width of the pen; thick ones are narrowed only to this many widths of it, since uneven ones would
 * break.
 */
const THICKEST = 1.25;
/** The width of a single stroke, as a share of the mean width of strokes that cross and turn. */
const UNCROSSED = 0.96;
/** The widest stroke in an image, in widths of the pen: writing without height, such as a dash, would fill the image. */
const WIDEST_STROKE = 3;

/**
 * Draws a line of ink as the word network sees it: as `lineImage` draws the strokes that left this ink. `owners`: the line of each
 * pixel, [height, width]; `line`: which of them.
 */
export function inkLineImage(picture: InkMask, owners: Uint16Array, line: number, box: Box): PlacedLine {
  return drawCut(cutLine(picture, owners, line, box), box, 1);
}

function drawCut(cut: CutLine, box: Box, stretch: number): PlacedLine {
  const pen = strokeWidth(cut.mask, cut.width, cut.height);
  const slope = slopeOf(momentsOf(cut));
  const extent = extentOf(cut, slope, pen);
  const placed = placeLine(extent, { ...plainLine, stretch });
  const scale = Math.min(placed.scale, (WIDEST_STROKE * PEN) / pen);
  const size = scale / placed.scale;
  const { y, width, unit } = size < 1 ? placeLine(extent, { ...plainLine, stretch, size }) : placed;
  const [columns, rows] = [width * OVERSAMPLING, LINE_HEIGHT * OVERSAMPLING];
  const mask = new Uint8Array(columns * rows);
  const across = unit / OVERSAMPLING;
  const down = 1 / (scale * OVERSAMPLING);
  const isOwn = sampler(cut, across, down);
  for (let row = 0; row < rows; row++) {
    const level = extent.top + (row + 0.5) * down - y / scale;
    for (let column = 0; column < columns; column++) {
      const x = extent.left - SIDE * unit + (column + 0.5) * across;
      if (isOwn(x, level + slope * x)) mask[row * columns + column] = 1;
    }
  }
  const distance = signedDistance(mask, columns, rows);
  const measured = (UNCROSSED * meanWidth(distance)) / OVERSAMPLING;
  const grow = (Math.min(THICKEST * PEN, Math.max(PEN, measured)) - measured) / 2;
  const pixels = new Uint8Array(width * LINE_HEIGHT);
  for (let row = 0; row < LINE_HEIGHT; row++) {
    for (let column = 0; column < width; column++) {
      const first =
        (row * OVERSAMPLING + OVERSAMPLING / 2 - 1) * columns + column * OVERSAMPLING + OVERSAMPLING / 2 - 1;
      const sum = distance[first]! + distance[first + 1]! + distance[first + columns]! + distance[first + columns + 1]!;
      const covered = sum / 4 / OVERSAMPLING + grow + 0.5;
      pixels[row * width + column] = Math.round(255 * Math.min(1, Math.max(0, covered)));
    }
  }
  const image = { width, pixels, left: extent.left - SIDE * unit, unit };
  return {
    image,
    box,
    boxOf: (from, to) => columnsBox(cut, image, from, to),
    stretched: (factor) => drawCut(cut, box, stretch * factor),
  };
}

/** The ink of one line, cut out of its picture. */
interface CutLine {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 1 where its ink is, [height, width]. */
  readonly mask: Uint8Array;
  /** Its ink, with its soft edges, [height, width]. */
  readonly ink: Float32Array;
}

function cutLine(picture: InkMask, owners: Uint16Array, line: number, { left, top, right, bottom }: Box): CutLine {
  const [width, height] = [right - left, bottom - top];
  const mask = new Uint8Array(width * height);
  const ink = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y + top) * picture.width + x + left;
      const at = y * width + x;
      if (owners[from] === line) mask[at] = 1;
      if (mask[at] === 1 || picture.mask[from] === 0) ink[at] = picture.ink[from]!;
    }
  }
  return { left, top, width, height, mask, ink };
}

/** Calls `call` with the middle of each pixel of ink. */
function forInk({ left, top, width, height, mask }: CutLine, call: (x: number, y: number) => void): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (mask[y * width + x] === 1) call(left + x + 0.5, top + y + 0.5);
  }
}

function momentsOf(cut: CutLine): InkMoments {
  const ink = { weight: 0, sumX: 0, sumY: 0, sumXX: 0, sumXY: 0, sumYY: 0 };
  // Measured from the corner of the cut, since differences of large squares lose precision.
  forInk({ ...cut, left: 0, top: 0 }, (x, y) => {
    ink.weight++;
    ink.sumX += x;
    ink.sumY += y;
    ink.sumXX += x * x;
    ink.sumXY += x * y;
    ink.sumYY += y * y;
  });
  return { ...ink, left: 0, right: cut.width };
}

/** The extent of the path of a pen of this width, leveled by `slope`. */
function extentOf(cut: CutLine, slope: number, pen: number): LineExtent {
  let [top, bottom, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  forInk(cut, (x, y) => {
    const level = y - slope * x;
    top = Math.min(top, level);
    bottom = Math.max(bottom, level);
    sum += level;
    count++;
  });
  const mean = sum / count;
  let deviation = 0;
  forInk(cut, (x, y) => {
    deviation += Math.abs(y - slope * x - mean);
  });
  const half = Math.max(0, (bottom - top - pen + 1) / 2);
  const wide = Math.max(0, (cut.width - pen) / 2);
  const [middleX, middleY] = [cut.left + cut.width / 2, (top + bottom) / 2];
  return {
    ...{ left: middleX - wide, right: middleX + wide, top: middleY - half, bottom: middleY + half, mean },
    spread: Math.max(0, (RETRACED * deviation) / count - BEYOND_PATH * pen),
  };
}

/** Tells whether there is ink at a point of the picture, for a pixel that covers `across` by `down` pixels of the picture. */
function sampler(cut: CutLine, across: number, down: number): (x: number, y: number) => boolean {
  const { left, top, width, height, mask, ink } = cut;
  const inkAt = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : ink[y * width + x]!);
  if (across <= 1) {
    return (x, y) => {
      const [atX, atY] = [x - left - 0.5, y - top - 0.5];
      const [x0, y0] = [Math.floor(atX), Math.floor(atY)];
      const [fx, fy] = [atX - x0, atY - y0];
      const upper = inkAt(x0, y0) * (1 - fx) + inkAt(x0 + 1, y0) * fx;
      const lower = inkAt(x0, y0 + 1) * (1 - fx) + inkAt(x0 + 1, y0 + 1) * fx;
      return upper * (1 - fy) + lower * fy > INK_LEVEL;
    };
  }
  const [countX, countY] = [Math.ceil(across), Math.ceil(down)];
  return (x, y) => {
    let found = 0;
    for (let j = 0; j < countY; j++) {
      const atY = Math.floor(y - top + ((j + 0.5) / countY - 0.5) * down);
      if (atY < 0 || atY >= height) continue;
      for (let i = 0; i < countX; i++) {
        const atX = Math.floor(x - left + ((i + 0.5) / countX - 0.5) * across);
        if (atX >= 0 && atX < width) found += mask[atY * width + atX]!;
      }
    }
    return 2 * found > countX * countY;
  };
}

/** The mean width of strokes: across a stroke of width w, the mean distance from its edge is w / 4. */
function meanWidth(distance: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of distance) {
    if (value <= 0) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : (4 * sum) / count;
}

/** The box around the ink in some columns of the image; without ink, as high as the line. */
function columnsBox(cut: CutLine, image: LineImage, from: number, to: number): Box {
  const inside = (x: number) => Math.min(cut.width, Math.max(0, x));
  const first = inside(Math.floor(image.left + from * image.unit - cut.left));
  const last = Math.max(inside(Math.ceil(image.left + to * image.unit - cut.left)), Math.min(first + 1, cut.width));
  let [left, right, top, bottom] = [last, first, cut.height, 0];
  for (let y = 0; y < cut.height; y++) {
    for (let x = first; x < last; x++) {
      if (cut.mask[y * cut.width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (bottom === 0) [left, right, top, bottom] = [first, last, 0, cut.height];
  return { left: cut.left + left, right: cut.left + right, top: cut.top + top, bottom: cut.top + bottom };
}
