import type { Box } from './box.ts';

/** The most pixels that characters are looked for in: a line of a hundred characters is still legible. */
const WORKING_PIXELS = 4_000_000;
/** A transparent picture is put on white paper or, where nothing would be visible on that, on black. */
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

/** A picture file's pixels as characters are looked for in them: gray, upright, and scaled down where there are too many. */
export interface WorkingPicture extends GrayPicture {
  readonly original: OriginalPixels;
}

/** How a working picture lies on the pixels of the file, turned upright. */
export interface OriginalPixels {
  readonly width: number;
  readonly height: number;
  /** A pixel of the working picture is the average of a square with this side. */
  readonly scale: number;
  /** Where the working picture's corner lies: at 0, or before it where the squares at that edge are cut off. */
  readonly left: number;
  readonly top: number;
}

/** The box that one of the working picture's has in the file's pixels, turned upright. */
export function originalBox({ original }: WorkingPicture, box: Box): Box {
  const { scale } = original;
  const x = (value: number) => Math.min(original.width, Math.max(0, original.left + value * scale));
  const y = (value: number) => Math.min(original.height, Math.max(0, original.top + value * scale));
  return { left: x(box.left), top: y(box.top), right: x(box.right), bottom: y(box.bottom) };
}

/** Makes a working picture of a file's pixels. `rgba`: [height, width, 4] bytes; `orientation`: as EXIF counts it. */
export function workingPicture(
  rgba: { width: number; height: number; data: Uint8Array },
  orientation: number,
  maxPixels = WORKING_PIXELS,
): WorkingPicture {
  const { width, height } = rgba;
  const scale = Math.ceil(Math.sqrt((width * height) / maxPixels));
  const stored = shrink(toGray(rgba), scale);
  const { swapped, mirrorX, mirrorY } = turn(orientation);
  // Squares are counted from the stored picture's left and top, so those that are cut off lie at its right and bottom.
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

/** Averages squares of `scale` pixels a side; those at the right and bottom edge may be cut off. */
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

/** What turns a stored picture upright: mirroring its x or y axis, then swapping the two (EXIF 2.32, 4.6.4). */
function turn(orientation: number): { swapped: boolean; mirrorX: boolean; mirrorY: boolean } {
  return {
    swapped: orientation >= 5,
    mirrorX: [2, 3, 7, 8].includes(orientation),
    mirrorY: [3, 4, 6, 7].includes(orientation),
  };
}

function turnUpright(stored: GrayPicture, orientation: number): GrayPicture {
  if (orientation === 1) return stored;
  const { swapped, mirrorX, mirrorY } = turn(orientation);
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
