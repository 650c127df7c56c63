import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { hash32, randomStream } from '../../src/core/random.ts';
import { type Line, SIGNS } from './shapes.ts';

/** The longer side of a picture, in pixels. */
const SIZES = [40, 240] as const;

/** A picture file. */
export interface SignPicture {
  extension: 'png' | 'jpg';
  bytes: Buffer;
}

/**
 * Draws a sign as somebody would: with a pen of some width and an unsteady hand, somewhere on paper of some shade with a
 * shadow across it, sometimes in light chalk on a dark board. The seed determines all of it.
 */
export function drawSign(sign: string, seed: number): SignPicture {
  const random = randomStream(hash32(seed, ...Buffer.from(sign)));
  const between = (from: number, to: number) => from + random() * (to - from);
  const width = Math.round(between(...SIZES));
  const height = Math.round(Math.min(SIZES[1], Math.max(SIZES[0], width * between(0.75, 1.33))));
  const scale = (Math.min(width, height) / 2) * between(0.55, 0.8);
  const angle = between(-0.2, 0.2);
  const [stretchX, stretchY] = [between(0.85, 1), between(0.85, 1)];
  const room = [width / 2 - scale, height / 2 - scale].map((most) => most * 0.6);
  const [centerX, centerY] = [width / 2 + between(-1, 1) * room[0]!, height / 2 + between(-1, 1) * room[1]!];
  const place = ([x, y]: readonly [number, number]): [number, number] => {
    const [sx, sy] = [x * stretchX + between(-0.05, 0.05), y * stretchY + between(-0.05, 0.05)];
    return [
      centerX + scale * (sx * Math.cos(angle) - sy * Math.sin(angle)),
      centerY + scale * (sx * Math.sin(angle) + sy * Math.cos(angle)),
    ];
  };
  const lines = SIGNS[sign]!.map((line): Line => line.map(place));
  const pen = Math.max(1.5, scale * between(0.08, 0.22));
  const isBoard = random() < 0.25;
  const [paper, shade] = isBoard ? [between(20, 60), between(190, 250)] : [between(190, 255), between(0, 80)];
  const [shadowX, shadowY] = [between(-25, 25) / width, between(-25, 25) / height];
  const ink = inkOf(lines, pen, width, height);
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (const [at, covered] of ink.entries()) {
    const light = paper + shadowX * ((at % width) - width / 2) + shadowY * (at / width - height / 2) + between(-4, 4);
    const gray = Math.min(255, Math.max(0, light + covered * (shade - light)));
    rgba.fill(gray, 4 * at, 4 * at + 3);
  }
  if (random() < 0.5) return { extension: 'jpg', bytes: jpeg.encode({ width, height, data: rgba }, 85).data };
  return { extension: 'png', bytes: PNG.sync.write(Object.assign(new PNG({ width, height }), { data: rgba })) };
}

/** How much of each pixel a pen covers that is drawn along lines, [height, width], from 0 to 1. */
function inkOf(lines: readonly Line[], pen: number, width: number, height: number): Float32Array {
  const ink = new Float32Array(width * height);
  for (const line of lines) {
    for (const [index, b] of line.entries()) {
      if (index > 0) inkSegment(ink, line[index - 1]!, b, pen, width, height);
    }
  }
  return ink;
}

type Point = Line[number];

function inkSegment(ink: Float32Array, [ax, ay]: Point, [bx, by]: Point, pen: number, width: number, height: number) {
  const reach = pen / 2 + 1;
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  for (
    let y = Math.max(0, Math.floor(Math.min(ay, by) - reach));
    y <= Math.min(height - 1, Math.max(ay, by) + reach);
    y++
  ) {
    for (
      let x = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      x <= Math.min(width - 1, Math.max(ax, bx) + reach);
      x++
    ) {
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
      const distance = Math.hypot(x - ax - t * dx, y - ay - t * dy);
      const covered = Math.min(1, Math.max(0, pen / 2 - distance + 0.5));
      if (covered > ink[y * width + x]!) ink[y * width + x] = covered;
    }
  }
}
