import type { Box } from './box.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from './image-size.ts';

/**
 * EMNIST's conversion of a scanned character to 28x28 (Cohen et al. 2017, arXiv 1702.05373, section II-B): blur, crop to
 * the ink, center in a square keeping the aspect ratio, add a border, resize, and stretch to 0..255.
 */

/**
 * The size of a character in pixels of NIST's 128x128 scans: the longer side of the path of the pen's center, and the
 * width of the pen. With these, UNIPEN's training characters have the same statistics as EMNIST's training images (mean
 * over the classes of `balanced`, EMNIST in parentheses): mean ink 44.4 (44.6), 134.9 pixels above 127 (133.1), and 22.4
 * pixels between the half-ink edges of the longer side (22.4). A path of 34 or 46, or a pen a fifth thinner or thicker,
 * changes the accuracy on UNIPEN's training part of a network trained on EMNIST by less than half a point.
 */
export const PEN_PATH = 40;
export const PEN_WIDTH = 5.4;

/** A gray picture, row-major: 1 is ink, 0 is paper. */
export interface InkPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly ink: Float32Array;
}

/** Paper around the blurred character, in the same pixels. */
const BORDER = 2;
/** 3 standard deviations. */
const BLUR_RADIUS = 3;
/** Gaussian kernel with sigma 1, normalized. */
const BLUR = gaussian(1, BLUR_RADIUS);
/** Blurred ink up to this is stored as 0. */
const VISIBLE = 0.5 / 255;

function gaussian(sigma: number, radius: number): Float32Array {
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

/** The smallest box around all ink above `threshold`, or null without any. */
export function inkBox({ width, height, ink }: InkPicture, threshold = VISIBLE): Box | null {
  let left = width;
  let right = 0;
  let top = height;
  let bottom = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! <= threshold) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return right === 0 ? null : { left, top, right, bottom };
}

const [B0, B1, B2, B3, B4, B5, B6] = BLUR as unknown as [number, number, number, number, number, number, number];

/** Adds a value times the blur kernel to the seven places from `at` on. Unrolled, since a loop is slower. */
function spread(value: number, out: Float32Array, at: number, stride: number): void {
  out[at]! += value * B0;
  out[at + stride]! += value * B1;
  out[at + 2 * stride]! += value * B2;
  out[at + 3 * stride]! += value * B3;
  out[at + 4 * stride]! += value * B4;
  out[at + 5 * stride]! += value * B5;
  out[at + 6 * stride]! += value * B6;
}

/** Blurs with sigma 1. The result is larger by the kernel's radius on each side, so that nothing is cut off. */
function blur({ width, height, ink }: InkPicture): InkPicture {
  const outWidth = width + 2 * BLUR_RADIUS;
  const outHeight = height + 2 * BLUR_RADIUS;
  const rows = new Float32Array(outWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = ink[y * width + x]!;
      if (value !== 0) spread(value, rows, y * outWidth + x, 1);
    }
  }
  const out = new Float32Array(outWidth * outHeight);
  for (let at = 0; at < rows.length; at++) {
    const value = rows[at]!;
    if (value !== 0) spread(value, out, at, outWidth);
  }
  return { width: outWidth, height: outHeight, ink: out };
}

/** Keys' cubic convolution kernel with a = -1/2 (Keys 1981), called bicubic by MATLAB and Pillow. */
function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
  if (d < 2) return -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
  return 0;
}

/**
 * The 28x28 image, [784] bytes with ink 255, of a picture with one character about as large as in NIST's scans
 * (`PEN_PATH`), or null without ink. The blur has a fixed size, so the scale of the picture determines how soft the edges
 * of the image are.
 */
export function normalizeInk(picture: InkPicture): Uint8Array | null {
  const blurred = blur(picture);
  const box = inkBox(blurred);
  if (!box) return null;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const side = Math.max(width, height) + 2 * BORDER;
  const step = side / IMAGE_SIZE;
  // The corner of the square in the blurred picture; it may be between pixels or outside.
  const originX = (box.left + box.right - side) / 2;
  const originY = (box.top + box.bottom - side) / 2;

  // Rows first: [blurred.height, 28], then columns: [28, 28].
  const narrow = new Float32Array(blurred.height * IMAGE_SIZE);
  for (let x = 0; x < IMAGE_SIZE; x++) {
    const at = originX + (x + 0.5) * step - 0.5;
    const first = Math.floor(at) - 1;
    for (let from = Math.max(0, first); from < Math.min(blurred.width, first + 4); from++) {
      const weight = cubic(at - from);
      for (let y = box.top; y < box.bottom; y++)
        narrow[y * IMAGE_SIZE + x]! += weight * blurred.ink[y * blurred.width + from]!;
    }
  }
  const values = new Float64Array(IMAGE_PIXELS);
  for (let y = 0; y < IMAGE_SIZE; y++) {
    const at = originY + (y + 0.5) * step - 0.5;
    const first = Math.floor(at) - 1;
    for (let from = Math.max(0, first); from < Math.min(blurred.height, first + 4); from++) {
      const weight = cubic(at - from);
      for (let x = 0; x < IMAGE_SIZE; x++) values[y * IMAGE_SIZE + x]! += weight * narrow[from * IMAGE_SIZE + x]!;
    }
  }
  let peak = 0;
  for (const value of values) peak = Math.max(peak, value);
  if (peak === 0) return null;
  const image = new Uint8Array(IMAGE_PIXELS);
  // Every image of EMNIST has a maximum of 255. Models were trained on single-precision values.
  for (let i = 0; i < IMAGE_PIXELS; i++) image[i] = Math.round((255 * Math.max(0, Math.fround(values[i]!))) / peak);
  return image;
}
