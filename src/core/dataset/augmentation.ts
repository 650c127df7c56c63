import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';
import { hash32 } from '../random.ts';

/** Paper added around the image, so that no sampled point needs a bounds check, even at `MAX_STRENGTH`. */
const PADDING = 50;
const PADDED = IMAGE_SIZE + 2 * PADDING;

/** The largest factor for the distortions below. */
export const MAX_STRENGTH = 2;

/** Each distortion is drawn uniformly between minus and plus its maximum. */
const MAX_SHIFT = 2;
const MAX_ROTATION = (12 * Math.PI) / 180;
/** Scale of both axes, and their ratio, as natural logarithms: 12% and 8%. */
const MAX_LOG_SCALE = Math.log(1.12);
const MAX_LOG_ASPECT = Math.log(1.08);
const MAX_SHEAR = 0.2;
/** Darkens or lightens the grays between paper and ink: strokes get thicker or thinner by about a quarter of a pixel. */
const MAX_GRAY_SHIFT = 0.4;
/** Strokes get thicker or thinner by up to this share of the way to a picture whose strokes are so by a pixel on each side. */
const MAX_THICKENING = 0.4;
/** How much larger one side of the image is than its middle, as seen from an angle. */
const MAX_PERSPECTIVE = 0.12;
/** Elastic distortion (Simard et al. 2003): how far the nodes of a coarse grid move along each axis, in pixels. */
const MAX_ELASTIC = 1;
/** Pixels between nodes. Displacements between them are interpolated linearly. */
const GRID_STEP = 7;
const CELLS = IMAGE_SIZE / GRID_STEP;
const NODES = CELLS + 1;

// Shared by all calls, since they are synchronous.
const padded = new Uint8Array(PADDED * PADDED);
/** Displacements of the nodes, [node row, node column], and along one row of pixels, [node column]; in 1/256 pixel. */
const nodesX = new Float64Array(NODES * NODES);
const nodesY = new Float64Array(NODES * NODES);
/** An image before its strokes get thicker or thinner, with a border of paper, [30, 30]. */
const BORDERED = IMAGE_SIZE + 2;
const bordered = new Uint8Array(BORDERED * BORDERED);
const rowX = new Float64Array(NODES);
const rowY = new Float64Array(NODES);

/**
 * Writes a randomly shifted, rotated, scaled, sheared, tilted and bent copy of each image to `out`, with thicker or
 * thinner strokes. The distortion of image i depends only on `seed` and i. `images` and `out` are bytes, [n, 784], in
 * different memory. `strength`, from 0 to `MAX_STRENGTH`, multiplies every distortion. Throws `RangeError`.
 */
export function augment(images: Uint8Array, seed: number, out: Uint8Array, strength = 1): void {
  const count = images.length / IMAGE_PIXELS;
  if (!Number.isInteger(count) || out.length !== images.length) {
    throw new RangeError(
      `cannot augment ${images.length} bytes into ${out.length}: both must be n times ${IMAGE_PIXELS}`,
    );
  }
  if (!(strength >= 0 && strength <= MAX_STRENGTH)) throw new RangeError(`invalid augmentation strength ${strength}`);
  for (let image = 0; image < count; image++) {
    const hash = hash32(seed, image);
    distort(images, image * IMAGE_PIXELS, (index) => signed(hash, index), out, strength);
  }
}

/** Distorts the image at `offset`, as `augment` does; `draw` returns the random number in [-1, 1] with an index. */
export function distort(
  images: Uint8Array,
  offset: number,
  draw: (index: number) => number,
  out: Uint8Array,
  strength: number,
): void {
  const shiftX = strength * MAX_SHIFT * draw(0);
  const shiftY = strength * MAX_SHIFT * draw(1);
  const rotation = strength * MAX_ROTATION * draw(2);
  const scale = Math.exp(strength * MAX_LOG_SCALE * draw(3));
  const stretch = Math.exp(0.5 * strength * MAX_LOG_ASPECT * draw(4));
  const shear = strength * MAX_SHEAR * draw(5);
  const lift = strength * MAX_GRAY_SHIFT * draw(6);
  const thickening = strength * MAX_THICKENING * draw(9 + 2 * NODES * NODES);

  // The inverse map, from a pixel of the result to a point in the image: undo the rotation, then shear and scale.
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const scaleX = 1 / (scale * stretch);
  const scaleY = stretch / scale;
  const xx = (cos + shear * sin) * scaleX;
  const xy = (sin - shear * cos) * scaleX;
  const yx = -sin * scaleY;
  const yy = cos * scaleY;
  const center = (IMAGE_SIZE - 1) / 2;
  const originX = center - xx * (center + shiftX) - xy * (center + shiftY) + PADDING;
  const originY = center - yx * (center + shiftX) - yy * (center + shiftY) + PADDING;

  for (let y = 0; y < IMAGE_SIZE; y++) {
    const from = offset + y * IMAGE_SIZE;
    const to = (y + PADDING) * PADDED + PADDING;
    for (let x = 0; x < IMAGE_SIZE; x++) padded[to + x] = images[from + x]!;
  }
  const bend = strength * MAX_ELASTIC * 256;
  const tiltX = (strength * MAX_PERSPECTIVE * draw(7 + 2 * NODES * NODES)) / center;
  const tiltY = (strength * MAX_PERSPECTIVE * draw(8 + 2 * NODES * NODES)) / center;
  for (let node = 0; node < NODES * NODES; node++) {
    const fromX = (node % NODES) * GRID_STEP - center;
    const fromY = Math.floor(node / NODES) * GRID_STEP - center;
    // To first order, perspective magnifies by a factor that is linear in the position.
    const magnified = 256 * (tiltX * fromX + tiltY * fromY);
    nodesX[node] = bend * draw(7 + node) + magnified * (xx * fromX + xy * fromY);
    nodesY[node] = bend * draw(7 + NODES * NODES + node) + magnified * (yx * fromX + yy * fromY);
  }
  // Points and bilinear weights in 1/256 pixel.
  const liftBy = Math.round(lift * 256);
  for (let y = 0; y < IMAGE_SIZE; y++) {
    const above = Math.floor(y / GRID_STEP) * NODES;
    const fraction = (y % GRID_STEP) / GRID_STEP;
    for (let node = 0; node < NODES; node++) {
      rowX[node] = nodesX[above + node]! * (1 - fraction) + nodesX[above + NODES + node]! * fraction;
      rowY[node] = nodesY[above + node]! * (1 - fraction) + nodesY[above + NODES + node]! * fraction;
    }
    for (let cell = 0; cell < CELLS; cell++) {
      const left = cell * GRID_STEP;
      let atX = Math.round((originX + xy * y + xx * left) * 256 + rowX[cell]!);
      let atY = Math.round((originY + yy * y + yx * left) * 256 + rowY[cell]!);
      const stepX = Math.round(xx * 256 + (rowX[cell + 1]! - rowX[cell]!) / GRID_STEP);
      const stepY = Math.round(yx * 256 + (rowY[cell + 1]! - rowY[cell]!) / GRID_STEP);
      const to = offset + y * IMAGE_SIZE + left;
      for (let x = 0; x < GRID_STEP; x++) {
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
  thicken(out, offset, Math.min(1, Math.max(-1, thickening)));
}

/** Moves each pixel by a share of `by` toward the darkest of its neighbors, or if that is negative, toward the lightest. */
function thicken(images: Uint8Array, offset: number, by: number): void {
  for (let y = 0; y < IMAGE_SIZE; y++) {
    const from = offset + y * IMAGE_SIZE;
    bordered.set(images.subarray(from, from + IMAGE_SIZE), (y + 1) * BORDERED + 1);
  }
  const share = Math.round(Math.abs(by) * 256);
  const isThicker = by > 0;
  for (let y = 0; y < IMAGE_SIZE; y++) {
    for (let x = 0; x < IMAGE_SIZE; x++) {
      const at = (y + 1) * BORDERED + x + 1;
      const value = bordered[at]!;
      const left = bordered[at - 1]!;
      const right = bordered[at + 1]!;
      const above = bordered[at - BORDERED]!;
      const below = bordered[at + BORDERED]!;
      const extreme = isThicker
        ? Math.max(value, left, right, above, below)
        : Math.min(value, left, right, above, below);
      images[offset + y * IMAGE_SIZE + x] = value + ((share * (extreme - value)) >> 8);
    }
  }
}

/** The random number of an image with an index, in [-1, 1). */
function signed(hash: number, index: number): number {
  let h = Math.imul(hash ^ (index + 1), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}
