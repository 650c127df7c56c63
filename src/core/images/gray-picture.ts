import type { Box } from './box.ts';

/** Maximum number of pixels of a working picture. A line of a hundred characters is still legible. */
const WORKING_PIXELS = 4_000_000;
/** Transparent pictures are put on white paper or, if nothing is visible on that, on black. */
const PAPERS = [255, 0];
/** The smallest visible difference, in gray levels. */
const VISIBLE_CONTRAST = 16;

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

/** Prepares the pixels of a file. `rgba`: [height, width, 4] bytes; `orientation`: EXIF orientation, 1 to 8. */
export function workingPicture(
  rgba: { width: number; height: number; data: Uint8Array },
  orientation: number,
  maxPixels = WORKING_PIXELS,
): WorkingPicture {
  const { width, height } = rgba;
  const scale = Math.ceil(Math.sqrt((width * height) / maxPixels));
  const stored = shrink(toGray(rgba), scale);
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

function toGray({ width, height, data }: { width: number; height: number; data: Uint8Array }): GrayPicture {
  const gray = new Uint8Array(width * height);
  for (const paper of PAPERS) {
    let darkest = 255;
    let lightest = 0;
    let transparent = false;
    for (let i = 0; i < gray.length; i++) {
      const at = 4 * i;
      const alpha = data[at + 3]!;
      if (alpha < 255) transparent = true;
      // Luma as in ITU-R BT.601, which JPEG uses too.
      const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      const value = Math.round(paper + (alpha / 255) * (luma - paper));
      gray[i] = value;
      if (value < darkest) darkest = value;
      if (value > lightest) lightest = value;
    }
    if (!transparent || lightest - darkest >= VISIBLE_CONTRAST) break;
  }
  return { width, height, gray };
}

/** Averages squares of `scale` x `scale` pixels. Those at the right and bottom edges may be incomplete. */
function shrink(picture: GrayPicture, scale: number): GrayPicture {
  if (scale === 1) return picture;
  const width = Math.ceil(picture.width / scale);
  const height = Math.ceil(picture.height / scale);
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let py = y * scale; py < Math.min(picture.height, (y + 1) * scale); py++) {
        for (let px = x * scale; px < Math.min(picture.width, (x + 1) * scale); px++) {
          sum += picture.gray[py * picture.width + px]!;
          count++;
        }
      }
      gray[y * width + x] = Math.round(sum / count);
    }
  }
  return { width, height, gray };
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
