import type { GrayPicture } from '../../src/core/images/gray-picture.ts';
import { randomStream } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';

/**
 * A sheet of paper to write and print on, and ways to photograph it. Everything is in pixels and in reflectance: 1 is
 * white, 0 black. A sheet is changed in place.
 */
export interface Paper {
  readonly width: number;
  readonly height: number;
  /** Reflectance, [height, width]. */
  readonly light: Float32Array;
}

export function blankPaper(width: number, height: number, light = 1): Paper {
  return { width, height, light: new Float32Array(width * height).fill(light) };
}

export interface Pen {
  width: number;
  /** Reflectance of its ink. */
  ink: number;
}

/** Draws a straight line with round ends. */
export function line(paper: Paper, from: readonly [number, number], to: readonly [number, number], pen: Pen): void {
  const [x0, y0] = from;
  const [dx, dy] = [to[0] - x0, to[1] - y0];
  const squared = dx * dx + dy * dy;
  const reach = pen.width / 2 + 1;
  const left = Math.max(0, Math.floor(Math.min(x0, to[0]) - reach));
  const right = Math.min(paper.width - 1, Math.ceil(Math.max(x0, to[0]) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, to[1]) - reach));
  const bottom = Math.min(paper.height - 1, Math.ceil(Math.max(y0, to[1]) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared));
      const distance = Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
      const covered = Math.min(1, Math.max(0, pen.width / 2 + 0.5 - distance));
      if (covered === 0) continue;
      const at = y * paper.width + x;
      // Ink over ink is no lighter than either.
      const value = 1 + covered * (pen.ink - 1);
      const over =
        pen.ink < 1 ? Math.min(paper.light[at]!, value) : paper.light[at]! * (1 - covered) + covered * pen.ink;
      paper.light[at] = over;
    }
  }
}

/** Draws strokes in a box, keeping their proportions. */
export function write(
  paper: Paper,
  drawing: Drawing,
  box: { x: number; y: number; width: number; height: number },
  pen: Pen,
): void {
  const points = drawing.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = Math.min(
    (box.width - pen.width) / Math.max(wide, 1e-6),
    (box.height - pen.width) / Math.max(high, 1e-6),
  );
  const x0 = box.x + (box.width - wide * scale) / 2;
  const y0 = box.y + (box.height - high * scale) / 2;
  for (const stroke of drawing) {
    stroke.forEach(([x, y], i) => {
      const [px, py] = stroke[Math.max(0, i - 1)]!;
      const at = (ax: number, ay: number) => [x0 + (ax - left) * scale, y0 + (ay - top) * scale] as const;
      line(paper, at(px, py), at(x, y), pen);
    });
  }
}

/** A rectangle of four lines. */
export function frame(paper: Paper, left: number, top: number, right: number, bottom: number, pen: Pen): void {
  line(paper, [left, top], [right, top], pen);
  line(paper, [right, top], [right, bottom], pen);
  line(paper, [right, bottom], [left, bottom], pen);
  line(paper, [left, bottom], [left, top], pen);
}

/** Horizontal lines at equal distances, tilted by `slope`. */
export function ruled(paper: Paper, first: number, spacing: number, pen: Pen, slope = 0): void {
  for (let y = first - Math.abs(slope) * paper.width; y < paper.height * (1 + Math.abs(slope)); y += spacing) {
    line(paper, [-5, y], [paper.width + 5, y + slope * paper.width], pen);
  }
}

/** Ruled both ways. */
export function squared(paper: Paper, first: number, spacing: number, pen: Pen): void {
  ruled(paper, first, spacing, pen);
  for (let x = first; x < paper.width; x += spacing) line(paper, [x, -5], [x, paper.height + 5], pen);
}

/** Multiplies by the light that falls on each point, given in shares of the width and height. */
export function illuminate(paper: Paper, light: (x: number, y: number) => number): void {
  for (let y = 0; y < paper.height; y++) {
    for (let x = 0; x < paper.width; x++) {
      paper.light[y * paper.width + x]! *= light((x + 0.5) / paper.width, (y + 0.5) / paper.height);
    }
  }
}

/** The light falls off towards the corners. */
export function vignette(strength: number): (x: number, y: number) => number {
  return (x, y) => 1 - strength * Math.min(1, 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2));
}

/** A shadow on one side of a line; the edge is `soft` wide. */
export function shadow(angle: number, position: number, depth: number, soft: number): (x: number, y: number) => number {
  return (x, y) => {
    const distance = (x - 0.5) * Math.cos(angle) + (y - 0.5) * Math.sin(angle) - position;
    return 1 - depth * Math.min(1, Math.max(0, 0.5 + distance / Math.max(soft, 1e-6)));
  };
}

/** Blurs with boxes, which three times come close to a Gaussian (Wells 1986). */
export function blur(paper: Paper, radius: number): void {
  for (let pass = 0; pass < 3; pass++) {
    boxBlur(paper.light, paper.width, paper.height, 1, paper.width, radius);
    boxBlur(paper.light, paper.height, paper.width, paper.width, 1, radius);
  }
}

/** Averages along lines of `length` values, which are `step` apart, with weights that make fractional radii possible. */
function boxBlur(
  values: Float32Array,
  length: number,
  lines: number,
  step: number,
  next: number,
  radius: number,
): void {
  const whole = Math.floor(radius);
  const part = radius - whole;
  const total = 2 * whole + 1 + 2 * part;
  const copy = new Float32Array(length);
  const at = (i: number) => copy[Math.min(length - 1, Math.max(0, i))]!;
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < length; i++) copy[i] = values[l * next + i * step]!;
    for (let i = 0; i < length; i++) {
      let sum = part * (at(i - whole - 1) + at(i + whole + 1));
      for (let j = -whole; j <= whole; j++) sum += at(i + j);
      values[l * next + i * step] = sum / total;
    }
  }
}

/** The bytes of a picture, with noise of this standard deviation in gray levels. */
export function photograph({ width, height, light }: Paper, noise = 0, seed = 1): GrayPicture {
  const random = randomStream(seed);
  const gray = new Uint8Array(light.length);
  for (let i = 0; i < light.length; i++) {
    // The sum of four uniform numbers has a variance of a third.
    const deviation = noise === 0 ? 0 : noise * Math.sqrt(3) * (random() + random() + random() + random() - 2);
    gray[i] = Math.min(255, Math.max(0, Math.round(255 * light[i]! + deviation)));
  }
  return { width, height, gray };
}
