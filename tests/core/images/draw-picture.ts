import type { GrayPicture } from '../../../src/core/images/gray-picture.ts';

export type Polyline = readonly (readonly [x: number, y: number])[];

/** Draws polylines with a round, anti-aliased pen. */
export function drawPicture(
  {
    width,
    height,
    pen = 6,
    ink = 20,
    paper = 235,
  }: { width: number; height: number; pen?: number; ink?: number; paper?: number },
  lines: readonly Polyline[],
): GrayPicture {
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let nearest = Infinity;
      for (const line of lines) {
        line.forEach(([x1, y1], i) => {
          const [x0, y0] = line[Math.max(0, i - 1)]!;
          const dx = x1 - x0;
          const dy = y1 - y0;
          const squared = dx * dx + dy * dy;
          const t = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared));
          nearest = Math.min(nearest, Math.hypot(x - x0 - t * dx, y - y0 - t * dy));
        });
      }
      const covered = Math.min(1, Math.max(0, pen / 2 + 0.5 - nearest));
      gray[y * width + x] = Math.round(paper + covered * (ink - paper));
    }
  }
  return { width, height, gray };
}

/** Simple letters in a box of 60 x 60. */
const GLYPHS: Record<string, readonly Polyline[]> = {
  L: [
    [
      [10, 0],
      [10, 60],
      [45, 60],
    ],
  ],
  T: [
    [
      [0, 0],
      [50, 0],
    ],
    [
      [25, 0],
      [25, 60],
    ],
  ],
  V: [
    [
      [0, 0],
      [22, 60],
      [45, 0],
    ],
  ],
  '1': [
    [
      [20, 0],
      [20, 60],
    ],
  ],
  i: [
    [
      [20, 25],
      [20, 60],
    ],
    [[22, 8]],
  ],
  j: [
    [
      [25, 25],
      [25, 70],
      [10, 78],
    ],
    [[24, 8]],
  ],
  '=': [
    [
      [5, 25],
      [45, 25],
    ],
    [
      [5, 42],
      [45, 42],
    ],
  ],
  O: [
    Array.from({ length: 33 }, (_, i): readonly [number, number] => [
      25 + 20 * Math.cos((i * Math.PI) / 16),
      30 + 30 * Math.sin((i * Math.PI) / 16),
    ]),
  ],
};

export function glyph(name: string, x: number, y: number): Polyline[] {
  return GLYPHS[name]!.map((line) => line.map(([px, py]): readonly [number, number] => [px + x, py + y]));
}

/** The correlation of two images; 1 for identical ones. */
export function correlation(a: Uint8Array, b: Uint8Array): number {
  const mean = (v: Uint8Array) => v.reduce((sum, value) => sum + value, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
