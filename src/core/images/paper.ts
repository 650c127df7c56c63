import { maximumFilter, minimumFilter } from './gray-morphology.ts';
import type { GrayPicture } from './gray-picture.ts';
import { findPolarity } from './polarity.ts';

/** Added to the lightness of paper, so that the noise of dark areas is not raised to the level of ink. */
const DARKNESS = 20;

/**
 * How much darker than the paper around it each pixel is, or lighter where ink is light; 0 to 255, [height, width]. Uneven
 * light is taken out: a stroke has the same values in light and in shadow. The level of the paper is that of the picture
 * without anything thinner than strokes may be (a morphological closing; Serra 1982), which keeps the edges of shadows and of
 * the page where they are.
 */
export function inkOnEvenPaper(picture: GrayPicture): Uint8Array {
  const { width, height } = picture;
  const { inkIsDark, radius } = findPolarity(picture);
  const light = inkIsDark ? picture.gray : picture.gray.map((value) => 255 - value);
  const paper = closed(smoothed(light, width, height), width, height, radius);
  // Light on ink and paper alike is a factor, so differences are measured in shares of the paper's lightness.
  const lightness = (value: number) => (inkIsDark ? value : 255 - value) + DARKNESS;
  const usual = lightness(median(paper));
  const factors = Float32Array.from({ length: 256 }, (_, value) => usual / lightness(value));
  const flat = new Uint8Array(light.length);
  for (let i = 0; i < flat.length; i++) {
    flat[i] = Math.min(255, Math.max(0, (paper[i]! - light[i]!) * factors[paper[i]!]!));
  }
  return flat;
}

/**
 * Fills dark parts that are thinner than `2 * radius + 1` pixels. The picture is continued beyond its edges as it changes
 * there, turned around the edge: light that falls off towards an edge would otherwise end in a dark rim.
 */
function closed(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const wide = width + 2 * radius;
  const high = height + 2 * radius;
  const padded = new Uint8Array(wide * high);
  const inside = (i: number, length: number) => Math.min(length - 1, Math.max(0, i));
  const mirrored = (i: number, length: number) => inside(i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i, length);
  for (let y = 0; y < high; y++) {
    const [edgeY, mirrorY] = [inside(y - radius, height), mirrored(y - radius, height)];
    for (let x = 0; x < wide; x++) {
      const [edgeX, mirrorX] = [inside(x - radius, width), mirrored(x - radius, width)];
      const edge = values[edgeY * width + edgeX]!;
      const isInside = edgeX === x - radius && edgeY === y - radius;
      padded[y * wide + x] = isInside
        ? edge
        : Math.min(255, Math.max(0, 2 * edge - values[mirrorY * width + mirrorX]!));
    }
  }
  const filled = minimumFilter(maximumFilter(padded, wide, high, radius), wide, high, radius);
  const out = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    const from = (y + radius) * wide + radius;
    out.set(filled.subarray(from, from + width), y * width);
  }
  return out;
}

/** The mean of 3x3 pixels, so that the brightest ones of noisy paper do not stand for all of it. */
function smoothed(values: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let from = Math.max(0, x - 1); from <= x + 1; from++) {
        const column = Math.min(width - 1, from);
        sum += values[above + column]! + values[y * width + column]! + values[below + column]!;
      }
      out[y * width + x] = x > 0 ? sum / 9 : sum / 6;
    }
  }
  return out;
}

function median(values: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (const value of values) histogram[value]!++;
  let value = 0;
  for (let seen = histogram[0]!; 2 * seen < values.length; seen += histogram[++value]!);
  return value;
}
