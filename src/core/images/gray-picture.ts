import type { Box } from './box.ts';
import type { Rgba } from './formats/picture-format.ts';

/** Maximum number of pixels of a working picture. A line of a hundred characters is still legible. */
const WORKING_PIXELS = 4_000_000;
/** Transparent pictures are put on white paper or, if nothing is visible on that, on black. */
const PAPERS = [255, 0];
/** The smallest visible difference, in gray levels. */
const VISIBLE_CONTRAST = 16;
/** A color replaces lightness if it has at least this many times the range. */
const COLOR_ADVANTAGE = 2.5;
/** The share of pixels at each end of the range that may be noise. */
const RARE_SHARE = 0.0005;

/** Lightness, row-major: 255 is white. */
export interface GrayPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly gray: Uint8Array;
}

/** The pixels of a picture file, prepared for finding characters: gray, upright, and scaled down if there are too many. */
export interface WorkingPicture extends GrayPicture {
  readonly original: OriginalPixels;
}

/** The pixels of the file, turned upright, and how those of the working picture map to them. */
export interface OriginalPixels {
  readonly width: number;
  readonly height: number;
  /** A pixel of the working picture is the average of a square of this size. */
  readonly scale: number;
  /** Position of the working picture's corner: 0, or negative where the squares at that edge are incomplete. */
  readonly left: number;
  readonly top: number;
}

/** Converts a box in a working picture to pixels of the upright original. */
export function originalBox({ original }: WorkingPicture, box: Box): Box {
  const { scale } = original;
  const x = (value: number) => Math.min(original.width, Math.max(0, original.left + value * scale));
  const y = (value: number) => Math.min(original.height, Math.max(0, original.top + value * scale));
  return { left: x(box.left), top: y(box.top), right: x(box.right), bottom: y(box.bottom) };
}

/** Prepares the pixels of a file. `orientation`: EXIF orientation, 1 to 8. */
export function workingPicture(rgba: Rgba, orientation: number, maxPixels = WORKING_PIXELS): WorkingPicture {
  const { width, height } = rgba;
  const scale = Math.ceil(Math.sqrt((width * height) / maxPixels));
  const stored = toGray(rgba, scale);
  const { swapped, mirrorX, mirrorY } = turnSteps(orientation);
  // The incomplete squares are at the right and bottom of the stored picture, so mirroring moves them to the left and top.
  const left = mirrorX ? width - stored.width * scale : 0;
  const top = mirrorY ? height - stored.height * scale : 0;
  return {
    ...turnUpright(stored, orientation),
    original: swapped
      ? { width: height, height: width, scale, left: top, top: left }
      : { width, height, scale, left, top },
  };
}

function toGray(rgba: Rgba, scale: number): GrayPicture {
  const width = Math.ceil(rgba.width / scale);
  const height = Math.ceil(rgba.height / scale);
  let gray = new Uint8Array(0);
  for (const paper of PAPERS) {
    const { colors, transparent } = shrink(rgba, scale, paper);
    gray = mostVisible(colors);
    if (!transparent || visibleRange(gray) >= VISIBLE_CONTRAST) break;
  }
  return { width, height, gray };
}

/**
 * Averages squares of `scale` x `scale` pixels on paper of one gray: lightness, red, green, and blue, each [height, width].
 * Squares at the right and bottom edges may be incomplete.
 */
function shrink({ width, height, data }: Rgba, scale: number, paper: number) {
  const columns = Math.ceil(width / scale);
  const rows = Math.ceil(height / scale);
  const colors = Array.from({ length: 4 }, () => new Uint8Array(columns * rows));
  const [luma, red, green, blue] = colors as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const sums = new Float64Array(3 * columns);
  let transparent = false;
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * scale);
    sums.fill(0);
    for (let y = row * scale; y < bottom; y++) {
      for (let column = 0, x = 0; column < columns; column++) {
        let r = 0;
        let g = 0;
        let b = 0;
        for (const right = Math.min(width, (column + 1) * scale); x < right; x++) {
          const at = 4 * (y * width + x);
          const alpha = data[at + 3]!;
          if (alpha === 255) {
            r += data[at]!;
            g += data[at + 1]!;
            b += data[at + 2]!;
          } else {
            transparent = true;
            r += paper + (alpha / 255) * (data[at]! - paper);
            g += paper + (alpha / 255) * (data[at + 1]! - paper);
            b += paper + (alpha / 255) * (data[at + 2]! - paper);
          }
        }
        sums[3 * column]! += r;
        sums[3 * column + 1]! += g;
        sums[3 * column + 2]! += b;
      }
    }
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const count = (bottom - row * scale) * (Math.min(width, (column + 1) * scale) - column * scale);
      const [r, g, b] = [sums[3 * column]! / count, sums[3 * column + 1]! / count, sums[3 * column + 2]! / count];
      // Luma as in ITU-R BT.601, which JPEG uses too.
      luma[at] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
      red[at] = Math.round(r);
      green[at] = Math.round(g);
      blue[at] = Math.round(b);
    }
  }
  return { colors, transparent };
}

/** Lightness, or a color that shows far more: yellow on white, or green on red, is hardly visible in gray. */
function mostVisible(colors: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let best = colors[0]!;
  let range = COLOR_ADVANTAGE * visibleRange(best);
  for (const color of colors.slice(1)) {
    const visible = visibleRange(color);
    if (visible <= Math.max(range, VISIBLE_CONTRAST)) continue;
    best = color;
    range = visible;
  }
  return Uint8Array.from(best);
}

/** The range of values without the rarest of each end. */
function visibleRange(values: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (const value of values) histogram[value]!++;
  const rare = RARE_SHARE * values.length;
  let darkest = 0;
  for (let seen = histogram[0]!; seen <= rare && darkest < 255; seen += histogram[++darkest]!);
  let lightest = 255;
  for (let seen = histogram[255]!; seen <= rare && lightest > 0; seen += histogram[--lightest]!);
  return lightest - darkest;
}

/** The steps that turn a stored picture upright: mirror its axes, then swap them (EXIF 2.32, 4.6.4). */
function turnSteps(orientation: number): { swapped: boolean; mirrorX: boolean; mirrorY: boolean } {
  return {
    swapped: orientation >= 5,
    mirrorX: [2, 3, 7, 8].includes(orientation),
    mirrorY: [3, 4, 6, 7].includes(orientation),
  };
}

function turnUpright(stored: GrayPicture, orientation: number): GrayPicture {
  if (orientation === 1) return stored;
  const { swapped, mirrorX, mirrorY } = turnSteps(orientation);
  const width = swapped ? stored.height : stored.width;
  const height = swapped ? stored.width : stored.height;
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const alongX = swapped ? y : x;
      const alongY = swapped ? x : y;
      const fromX = mirrorX ? stored.width - 1 - alongX : alongX;
      const fromY = mirrorY ? stored.height - 1 - alongY : alongY;
      gray[y * width + x] = stored.gray[fromY * stored.width + fromX]!;
    }
  }
  return { width, height, gray };
}
