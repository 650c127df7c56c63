import { randomStream } from '../../src/core/random.ts';
import type { Drawing, Stroke } from '../../src/core/strokes/drawing.ts';

/** Points joined by straight lines, as pairs of coordinates: x to the right, y down, in a box of 100 x 100. */
function line(...coordinates: number[]): Stroke {
  return Array.from({ length: coordinates.length / 2 }, (_, index) => [
    coordinates[2 * index]!,
    coordinates[2 * index + 1]!,
  ]);
}

/** Part of an ellipse around a point. Angles are in turns, clockwise from the right. */
function arc(x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Stroke {
  const steps = Math.ceil(24 * Math.abs(to - from));
  return Array.from({ length: steps + 1 }, (_, index) => {
    const angle = 2 * Math.PI * (from + ((to - from) * index) / steps);
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)];
  });
}

/** One stroke through several parts, in order. */
function path(...parts: Stroke[]): Stroke {
  return parts.flat();
}

/** One way of writing each class of EMNIST Balanced. */
export const CHARACTERS: Readonly<Record<string, Drawing>> = {
  '0': [arc(50, 50, 27, 50, -0.25, 0.75)],
  '1': [line(30, 22, 52, 0, 52, 100)],
  '2': [path(arc(50, 28, 32, 28, -0.5, 0.12), line(15, 100, 88, 100))],
  '3': [path(arc(45, 25, 30, 25, -0.4, 0.25), arc(45, 75, 35, 25, -0.25, 0.4))],
  '4': [line(60, 0, 12, 65, 92, 65), line(68, 35, 68, 100)],
  '5': [path(line(82, 0, 28, 0, 22, 42), arc(48, 68, 34, 31, -0.34, 0.4))],
  '6': [path(line(68, 0, 40, 22), arc(50, 70, 30, 30, 0.6, -0.45))],
  '7': [line(12, 0, 88, 0, 42, 100)],
  '8': [path(arc(50, 25, 27, 25, 0.25, 1.25), arc(50, 75, 33, 25, -0.25, -1.25))],
  '9': [path(arc(48, 28, 28, 28, 0, -1), line(76, 28, 74, 62, 62, 100))],
  A: [line(10, 100, 50, 0, 90, 100), line(26, 62, 74, 62)],
  B: [
    line(20, 0, 20, 100),
    path(line(20, 0, 45, 0), arc(45, 24, 30, 24, -0.25, 0.25), line(20, 48)),
    path(line(20, 48, 50, 48), arc(50, 74, 34, 26, -0.25, 0.25), line(20, 100)),
  ],
  C: [arc(52, 50, 40, 50, -0.12, -0.88)],
  D: [line(20, 0, 20, 100), path(line(20, 0, 40, 0), arc(40, 50, 46, 50, -0.25, 0.25), line(20, 100))],
  E: [line(82, 0, 20, 0, 20, 100, 84, 100), line(20, 48, 70, 48)],
  F: [line(84, 0, 22, 0, 22, 100), line(22, 46, 70, 46)],
  G: [path(arc(50, 50, 40, 50, -0.12, -0.98), line(90, 58, 55, 58)), line(90, 58, 90, 98)],
  H: [line(16, 0, 16, 100), line(84, 0, 84, 100), line(16, 50, 84, 50)],
  I: [line(50, 0, 50, 100), line(22, 0, 78, 0), line(22, 100, 78, 100)],
  J: [path(line(68, 0, 68, 72), arc(44, 72, 24, 28, 0, 0.45)), line(40, 0, 94, 0)],
  K: [line(20, 0, 20, 100), line(84, 0, 22, 56), line(40, 42, 86, 100)],
  L: [line(22, 0, 22, 100, 82, 100)],
  M: [line(8, 100, 18, 0, 50, 66, 82, 0, 92, 100)],
  N: [line(18, 100, 18, 0, 82, 100, 82, 0)],
  O: [arc(50, 50, 47, 48, -0.25, 0.75)],
  P: [line(22, 0, 22, 100), path(line(22, 0, 50, 0), arc(50, 27, 32, 27, -0.25, 0.25), line(22, 54))],
  Q: [arc(48, 46, 44, 46, -0.25, 0.75), line(58, 66, 94, 100)],
  R: [
    line(22, 0, 22, 100),
    path(line(22, 0, 48, 0), arc(48, 25, 30, 25, -0.25, 0.25), line(22, 50)),
    line(46, 50, 84, 100),
  ],
  S: [path(arc(50, 25, 32, 25, -0.08, -0.75), arc(50, 75, 34, 25, -0.25, 0.42))],
  T: [line(8, 0, 92, 0), line(50, 0, 50, 100)],
  U: [path(line(16, 0, 16, 64), arc(50, 64, 34, 36, 0.5, 0), line(84, 0))],
  V: [line(10, 0, 50, 100, 90, 0)],
  W: [line(4, 0, 26, 100, 50, 34, 74, 100, 96, 0)],
  X: [line(12, 0, 88, 100), line(88, 0, 12, 100)],
  Y: [line(12, 0, 50, 48, 88, 0), line(50, 48, 50, 100)],
  Z: [line(12, 0, 88, 0, 12, 100, 90, 100), line(28, 50, 74, 50)],
  a: [path(arc(46, 62, 32, 34, -0.05, -1.05)), path(line(80, 26, 80, 84), line(96, 98))],
  b: [line(24, 0, 24, 98), arc(50, 68, 28, 30, -0.5, 0.5)],
  d: [arc(46, 68, 28, 30, 0, -1), line(76, 0, 76, 84, 90, 100)],
  e: [path(line(16, 60, 80, 52), arc(50, 60, 34, 38, -0.04, -0.88))],
  f: [path(arc(66, 20, 22, 20, -0.08, -0.5), line(44, 100)), line(18, 44, 76, 44)],
  g: [arc(46, 26, 28, 26, 0, -1), path(line(76, 2, 76, 76), arc(48, 76, 28, 24, 0, 0.44))],
  h: [line(22, 0, 22, 100), path(arc(50, 68, 28, 26, -0.5, 0), line(78, 100))],
  n: [line(18, 20, 18, 100), path(arc(50, 54, 32, 32, -0.5, 0), line(82, 100))],
  q: [arc(46, 28, 28, 28, 0, -1), line(76, 4, 76, 100, 92, 84)],
  r: [line(26, 14, 26, 100), arc(54, 46, 28, 30, -0.48, -0.12)],
  t: [path(line(46, 0, 46, 78), arc(64, 78, 18, 20, 0.5, 0.1)), line(14, 30, 80, 30)],
};

/** The classes of EMNIST Balanced in NIST's order, which is that of the table. */
export const LABELS = Object.keys(CHARACTERS);

/** How far a point may be off, in a box of 100. */
const MAX_SHIFT = 5;

/** A character as another hand would write it: each stroke is shifted a little, and each of its points a little more. */
export function writeBy(hand: number, drawing: Drawing): Drawing {
  const random = randomStream(hand);
  const shift = (most: number) => most * (2 * random() - 1);
  return drawing.map((stroke) => {
    const [dx, dy] = [shift(MAX_SHIFT), shift(MAX_SHIFT)];
    return stroke.map(([x, y]) => [x + dx + shift(MAX_SHIFT / 4), y + dy + shift(MAX_SHIFT / 4)] as const);
  });
}
