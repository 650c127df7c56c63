import { hash32 } from '../random.ts';

const SIZE = 28;
const PIXELS = SIZE * SIZE;
/** Paper around the image that is read from, so that no sampled point needs a bounds check. */
const PADDING = 16;
const PADDED = SIZE + 2 * PADDING;

/** Each is drawn evenly from minus to plus this much. */
const MAX_SHIFT = 2;
const MAX_ROTATION = (12 * Math.PI) / 180;
/** As a natural logarithm, for each axis alike and then for their ratio: 12 % and 8 %. */
const MAX_LOG_SCALE = Math.log(1.12);
const MAX_LOG_ASPECT = Math.log(1.08);
const MAX_SHEAR = 0.2;
/** Lifts or lowers the greys between paper and ink, which makes strokes thicker or thinner by about a quarter pixel. */
const MAX_GREY_SHIFT = 0.4;

// Reused from image to image; the function is synchronous.
const padded = new Uint8Array(PADDED * PADDED);

/**
 * Writes a randomly shifted, turned, scaled and slanted copy of each image to `out`, with strokes a little thicker or
 * thinner. What happens to image i is determined by `seed` and i alone. `images` and `out`: bytes, [n, 784], not the
 * same memory.
 */
export function augment(images: Uint8Array, seed: number, out: Uint8Array): void {
  const count = images.length / PIXELS;
  if (!Number.isInteger(count) || out.length !== images.length) {
    throw new RangeError(`cannot augment ${images.length} bytes into ${out.length}: both must be n times ${PIXELS}`);
  }
  for (let image = 0; image < count; image++) augmentOne(images, image * PIXELS, hash32(seed, image), out);
}

function augmentOne(images: Uint8Array, offset: number, hash: number, out: Uint8Array): void {
  const shiftX = MAX_SHIFT * signed(hash, 0);
  const shiftY = MAX_SHIFT * signed(hash, 1);
  const rotation = MAX_ROTATION * signed(hash, 2);
  const scale = Math.exp(MAX_LOG_SCALE * signed(hash, 3));
  const stretch = Math.exp(0.5 * MAX_LOG_ASPECT * signed(hash, 4));
  const shear = MAX_SHEAR * signed(hash, 5);
  const lift = MAX_GREY_SHIFT * signed(hash, 6);

  // The inverse map, from a pixel of the result to a point of the image: turn back, then shear and scale back.
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const scaleX = 1 / (scale * stretch);
  const scaleY = stretch / scale;
  const xx = (cos + shear * sin) * scaleX;
  const xy = (sin - shear * cos) * scaleX;
  const yx = -sin * scaleY;
  const yy = cos * scaleY;
  const centre = (SIZE - 1) / 2;
  const originX = centre - xx * (centre + shiftX) - xy * (centre + shiftY) + PADDING;
  const originY = centre - yx * (centre + shiftX) - yy * (centre + shiftY) + PADDING;

  for (let y = 0; y < SIZE; y++) {
    const from = offset + y * SIZE;
    const to = (y + PADDING) * PADDED + PADDING;
    for (let x = 0; x < SIZE; x++) padded[to + x] = images[from + x]!;
  }
  // Points and bilinear weights in 1/256 pixel.
  const stepX = Math.round(xx * 256);
  const stepY = Math.round(yx * 256);
  const liftBy = Math.round(lift * 256);
  for (let y = 0; y < SIZE; y++) {
    let atX = Math.round((originX + xy * y) * 256);
    let atY = Math.round((originY + yy * y) * 256);
    const to = offset + y * SIZE;
    for (let x = 0; x < SIZE; x++) {
      const right = atX & 255;
      const below = atY & 255;
      const at = (atY >> 8) * PADDED + (atX >> 8);
      const upper = padded[at]! * (256 - right) + padded[at + 1]! * right;
      const lower = padded[at + PADDED]! * (256 - right) + padded[at + PADDED + 1]! * right;
      const value = (upper * (256 - below) + lower * below + 32768) >> 16;
      // A parabola through 0 and 255, so that neither paper nor full ink changes.
      out[to + x] = value + ((((value * (255 - value)) >> 8) * liftBy) >> 8);
      atX += stepX;
      atY += stepY;
    }
  }
}

/** The `index`-th of an image's random numbers, in [-1, 1). */
function signed(hash: number, index: number): number {
  let h = Math.imul(hash ^ (index + 1), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}
