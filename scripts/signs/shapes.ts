/** A line of a sign: points [x, y] in a square from -1 to 1, y down. */
export type Line = readonly (readonly [number, number])[];

const curve = (points: number, at: (t: number) => [number, number]): Line =>
  Array.from({ length: points + 1 }, (_, index) => at(index / points));
const arc = (x: number, y: number, radius: number, from: number, to: number): Line =>
  curve(24, (t) => {
    const angle = from + t * (to - from);
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

/** Signs that are in no alphabet, by name. */
export const SIGNS: Readonly<Record<string, readonly Line[]>> = {
  arrow: [
    [
      [-1, 0],
      [1, 0],
    ],
    [
      [0.45, -0.5],
      [1, 0],
      [0.45, 0.5],
    ],
  ],
  bolt: [
    [
      [0.2, -1],
      [-0.5, 0.1],
      [0.15, 0],
      [-0.25, 1],
      [0.6, -0.25],
      [-0.05, -0.15],
      [0.2, -1],
    ],
  ],
  heart: [
    curve(40, (t) => {
      const angle = 2 * Math.PI * t;
      const y = 13 * Math.cos(angle) - 5 * Math.cos(2 * angle) - 2 * Math.cos(3 * angle) - Math.cos(4 * angle);
      return [Math.sin(angle) ** 3, -y / 16];
    }),
  ],
  house: [
    [
      [-0.75, 0.9],
      [-0.75, -0.1],
      [0, -0.9],
      [0.75, -0.1],
      [0.75, 0.9],
      [-0.75, 0.9],
    ],
    [
      [-0.15, 0.9],
      [-0.15, 0.35],
      [0.2, 0.35],
      [0.2, 0.9],
    ],
  ],
  moon: [[...arc(0, 0, 1, -0.35 * Math.PI, -1.65 * Math.PI), ...arc(0.6, 0, 0.9, 0.6 * Math.PI, 1.4 * Math.PI)]],
  smile: [
    arc(0, 0, 1, 0, 2 * Math.PI),
    arc(0, 0.05, 0.55, 0.15 * Math.PI, 0.85 * Math.PI),
    arc(-0.35, -0.3, 0.06, 0, 6.3),
    arc(0.35, -0.3, 0.06, 0, 6.3),
  ],
  spiral: [
    curve(60, (t) => {
      const angle = 5 * Math.PI * t;
      return [t * Math.cos(angle), t * Math.sin(angle)];
    }),
  ],
  star: [
    curve(5, (t) => {
      const angle = -Math.PI / 2 + 4 * Math.PI * t;
      return [Math.cos(angle), Math.sin(angle)];
    }),
  ],
};
