import { randomStream } from '../../src/core/random.ts';

/** Shares of red, green, and blue light, 0 to 1. */
export type Color = readonly [number, number, number];

/** A sheet to write on, as the shares of red, green, and blue light that it reflects, [height, width] each. Changed in place. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly channels: readonly [Float32Array, Float32Array, Float32Array];
}

/** A sheet of one color with a grain and, in larger areas, uneven tone. */
export function texturedSheet(width: number, height: number, color: Color, strength: number, seed: number): Sheet {
  const grain = smoothNoise(width, height, 3, seed);
  const patches = smoothNoise(width, height, 90, seed + 1);
  const channels = color.map((value) => {
    const channel = new Float32Array(width * height);
    for (let i = 0; i < channel.length; i++) channel[i] = value * (1 + strength * (grain[i]! + patches[i]!));
    return channel;
  });
  return { width, height, channels: channels as unknown as Sheet['channels'] };
}

/** Noise between -1 and 1 that changes over about `size` pixels, [height, width]. */
export function smoothNoise(width: number, height: number, size: number, seed: number): Float32Array {
  const random = randomStream(seed);
  const columns = Math.ceil(width / size) + 2;
  const rows = Math.ceil(height / size) + 2;
  const knots = Float32Array.from({ length: columns * rows }, () => 2 * random() - 1);
  const noise = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / size);
    const fy = y / size - row;
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / size);
      const fx = x / size - column;
      const at = row * columns + column;
      const upper = knots[at]! * (1 - fx) + knots[at + 1]! * fx;
      const lower = knots[at + columns]! * (1 - fx) + knots[at + columns + 1]! * fx;
      noise[y * width + x] = upper * (1 - fy) + lower * fy;
    }
  }
  return noise;
}

/** Covers a sheet with a color where `coverage`, [height, width], is above 0. */
export function applyInk({ channels }: Sheet, coverage: Float32Array, color: Color): void {
  channels.forEach((channel, i) => {
    for (let at = 0; at < channel.length; at++) channel[at]! += coverage[at]! * (color[i]! - channel[at]!);
  });
}

/** Multiplies by the light that falls on each point, given in shares of the width and height. */
export function illuminate({ width, height, channels }: Sheet, light: (x: number, y: number) => number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const factor = light((x + 0.5) / width, (y + 0.5) / height);
      for (const channel of channels) channel[y * width + x]! *= factor;
    }
  }
}

/**
 * A view by a camera turned by `angle` (radians) of a sheet that leans back: `leanX` and `leanY` are the shares by which its far
 * sides look shorter.
 */
export interface View {
  readonly angle: number;
  readonly leanX: number;
  readonly leanY: number;
}

/** The sheet as it is seen, in the same size; beyond its edges is `color`. */
export function viewed({ width, height, channels }: Sheet, { angle, leanX, leanY }: View, color: Color): Sheet {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const out = channels.map((_, i) => new Float32Array(width * height).fill(color[i]!));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const depth = 1 + (leanX * dx) / width + (leanY * dy) / height;
      const fromX = (cos * dx + sin * dy) / depth + width / 2;
      const fromY = (cos * dy - sin * dx) / depth + height / 2;
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)];
      if (x0 < 0 || y0 < 0 || x0 + 1 >= width || y0 + 1 >= height) continue;
      const [fx, fy] = [fromX - x0, fromY - y0];
      const at = y0 * width + x0;
      channels.forEach((channel, i) => {
        const upper = channel[at]! * (1 - fx) + channel[at + 1]! * fx;
        const lower = channel[at + width]! * (1 - fx) + channel[at + width + 1]! * fx;
        out[i]![y * width + x] = upper * (1 - fy) + lower * fy;
      });
    }
  }
  return { width, height, channels: out as unknown as Sheet['channels'] };
}

/** Blurs by a Gaussian of `sigma` pixels. */
export function blur({ width, height, channels }: Sheet, sigma: number): void {
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / 2 / sigma ** 2),
  );
  const sum = kernel.reduce((total, value) => total + value, 0);
  for (const channel of channels) {
    blurLines(channel, width, height, 1, width, kernel, sum);
    blurLines(channel, height, width, width, 1, kernel, sum);
  }
}

function blurLines(
  values: Float32Array,
  length: number,
  lines: number,
  step: number,
  next: number,
  kernel: Float64Array,
  sum: number,
): void {
  const radius = (kernel.length - 1) / 2;
  const copy = new Float32Array(length);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) copy[i] = values[line * next + i * step]!;
    for (let i = 0; i < length; i++) {
      let total = 0;
      for (let k = -radius; k <= radius; k++) {
        total += kernel[k + radius]! * copy[Math.min(length - 1, Math.max(0, i + k))]!;
      }
      values[line * next + i * step] = total / sum;
    }
  }
}

/** The bytes of a sheet (red, green, blue, and alpha), with noise of this standard deviation. */
export function exposed({ width, height, channels }: Sheet, noise: number, seed: number): Buffer {
  const random = randomStream(seed);
  const data = Buffer.alloc(4 * width * height, 255);
  for (let at = 0; at < width * height; at++) {
    channels.forEach((channel, i) => {
      // The sum of four uniform numbers has a variance of a third.
      const deviation = noise * Math.sqrt(3) * (random() + random() + random() + random() - 2);
      data[4 * at + i] = Math.min(255, Math.max(0, Math.round(255 * channel[at]! + deviation)));
    });
  }
  return data;
}
