import { labelComponents } from './connected-components.ts';
import type { GrayPicture } from './gray-picture.ts';
import { medianFilter } from './median-filter.ts';

/** Which of the two is ink, and how large the picture's strokes are. */
export interface Polarity {
  inkIsDark: boolean;
  /** Half the side of a square in which there is more paper than ink, wherever in the picture it is; in pixels. */
  radius: number;
}

/** The longer side of the picture in which polarity is decided, in its pixels, and the radii that are tried there. */
const SMALL_SIDE = 160;
const RADII = [3, 6, 12, 24, 48, 80];
/** Smaller differences from the median, in gray levels, are noise. */
const NOISE = 12;
/** What touches the border counts less: parts of a table, or areas of light and shadow. */
const BORDER_WEIGHT = 0.1;
/** Strokes are thinner than the window if at least this share of what differs at the most decisive radius does. */
const COMPLETE = 0.8;
/** Keeps the ratio of two small sums near 1. */
const NEGLIGIBLE = 50;

/**
 * Decides whether ink is darker or lighter than paper. Strokes are thin: in a window larger than they are, the median is
 * paper, and they differ from it, whereas the edge of a shadow or of the page lies between two areas that are large, where the
 * median follows. So the sign of the differences tells, and the radius at which it is the most decisive says how thick
 * strokes are. Unlike the border of the picture or the light as a whole, this does not depend on where the light falls.
 */
export function findPolarity(picture: GrayPicture): Polarity {
  const scale = Math.max(1, Math.ceil(Math.max(picture.width, picture.height) / SMALL_SIDE));
  const { width, height, gray } = shrink(picture, scale);
  const tries = RADII.map((radius) => {
    const median = medianFilter(gray, width, height, radius);
    // Loops: `from` with a function takes ten times as long.
    const differences = new Int16Array(gray.length);
    for (let i = 0; i < gray.length; i++) differences[i] = gray[i]! - median[i]!;
    return {
      radius,
      dark: energy(differences, -1, width, height),
      light: energy(differences, 1, width, height),
    };
  });
  const weighted = ({ inside, atBorder }: Energy) => NEGLIGIBLE + inside + BORDER_WEIGHT * atBorder;
  const scores = tries.map(({ dark, light }) => Math.log(weighted(dark) / weighted(light)));
  const best = scores.reduce((a, score, i) => (Math.abs(score) > Math.abs(scores[a]!) ? i : a), 0);
  const inkIsDark = scores[best]! >= 0;
  const energies = tries.map(({ dark, light }) => weighted(inkIsDark ? dark : light));
  const complete = energies.findIndex((one) => one >= COMPLETE * energies[best]!);
  return { inkIsDark, radius: RADII[complete]! * scale };
}

interface Energy {
  inside: number;
  atBorder: number;
}

/** The sum of squares of differences of one sign, of connected areas that touch the border of the picture and of the others. */
function energy(differences: Int16Array, sign: 1 | -1, width: number, height: number): Energy {
  const mask = new Uint8Array(differences.length);
  for (let i = 0; i < mask.length; i++) mask[i] = sign * differences[i]! > NOISE ? 1 : 0;
  const { labels, components } = labelComponents(mask, width, height);
  const atBorder = new Uint8Array(components.length + 1);
  for (const { label, box } of components) {
    if (box.left === 0 || box.top === 0 || box.right === width || box.bottom === height) atBorder[label] = 1;
  }
  const sums = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0) sums[atBorder[labels[i]!]!]! += differences[i]! * differences[i]!;
  }
  return { inside: sums[0]!, atBorder: sums[1]! };
}

/** Averages squares of `scale` x `scale` pixels; incomplete ones at the right and bottom are left out, unless there are no others. */
function shrink({ width, height, gray }: GrayPicture, scale: number): GrayPicture {
  const columns = Math.max(1, Math.floor(width / scale));
  const rows = Math.max(1, Math.floor(height / scale));
  const out = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * scale);
    for (let column = 0; column < columns; column++) {
      const right = Math.min(width, (column + 1) * scale);
      let sum = 0;
      for (let y = row * scale; y < bottom; y++)
        for (let x = column * scale; x < right; x++) sum += gray[y * width + x]!;
      out[row * columns + column] = Math.round(sum / ((bottom - row * scale) * (right - column * scale)));
    }
  }
  return { width: columns, height: rows, gray: out };
}
