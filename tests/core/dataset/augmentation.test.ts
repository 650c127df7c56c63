import { describe, expect, it } from 'vitest';
import { augment, distort, MAX_STRENGTH } from '../../../src/core/dataset/augmentation.ts';

/** Images of bars at different angles, [n, 784]. */
function bars(count: number): Uint8Array {
  const images = new Uint8Array(count * 784);
  for (let n = 0; n < count; n++) {
    for (let y = 5; y < 23; y++) {
      const x = 12 + Math.round(((y - 14) * ((n % 7) - 3)) / 6);
      images.fill(255, n * 784 + y * 28 + x, n * 784 + y * 28 + x + 4);
    }
  }
  return images;
}

function augmented(images: Uint8Array, seed: number): Uint8Array {
  const out = new Uint8Array(images.length);
  augment(images, seed, out);
  return out;
}

const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('augment', () => {
  it('depends only on the seed, and does not change its input', () => {
    const images = bars(20);
    const before = images.slice();
    const first = augmented(images, 7);
    expect(augmented(images, 7)).toEqual(first);
    expect(augmented(images, 8)).not.toEqual(first);
    expect(images).toEqual(before);
  });

  it('distorts an image independently of those after it', () => {
    const images = bars(20);
    expect(augmented(images.slice(0, 5 * 784), 7)).toEqual(augmented(images, 7).slice(0, 5 * 784));
  });

  it('distorts each image of a batch differently', () => {
    const images = new Uint8Array(50 * 784);
    for (let n = 0; n < 50; n++) images.set(bars(1), n * 784);
    const out = augmented(images, 3);
    const distinct = new Set(
      Array.from({ length: 50 }, (_, n) => Buffer.from(out.slice(n * 784, (n + 1) * 784)).toString('hex')),
    );
    expect(distinct.size).toBe(50);
  });

  it('moves ink by at most 4 pixels, and keeps its average amount', () => {
    const images = bars(400);
    const out = augmented(images, 11);
    expect(mean(out) / mean(images)).toBeGreaterThan(0.95);
    expect(mean(out) / mean(images)).toBeLessThan(1.05);
    const shifts: number[] = [];
    for (let n = 0; n < 400; n++) {
      const [x, y] = centerOfInk(out.subarray(n * 784, (n + 1) * 784));
      const [x0, y0] = centerOfInk(images.subarray(n * 784, (n + 1) * 784));
      shifts.push(Math.max(Math.abs(x - x0), Math.abs(y - y0)));
    }
    expect(Math.max(...shifts)).toBeLessThan(4);
    expect(Math.max(...shifts)).toBeGreaterThan(1.5);
  });

  it('keeps paper blank, also beyond the edge of the image', () => {
    expect(mean(augmented(new Uint8Array(100 * 784), 5))).toBe(0);
    const full = augmented(new Uint8Array(500 * 784).fill(255), 5);
    expect(full.includes(255)).toBe(true);
    expect(mean(full)).toBeGreaterThan(220);
    expect(mean(full)).toBeLessThan(250);
  });

  it('changes nothing at strength 0, and more the greater the strength', () => {
    const images = bars(200);
    const changed = [0, 0.5, 1, 2].map((strength) => {
      const out = new Uint8Array(images.length);
      augment(images, 9, out, strength);
      return mean(out.map((value, index) => Math.abs(value - images[index]!)));
    });
    expect(changed[0]).toBe(0);
    for (let i = 1; i < changed.length; i++) expect(changed[i]).toBeGreaterThan(changed[i - 1]! * 1.2);
  });

  it('bends straight lines', () => {
    // All other distortions keep the middle of a line halfway between its ends.
    const image = new Uint8Array(784);
    for (let y = 2; y < 26; y++) image.fill(255, y * 28 + 13, y * 28 + 15);
    const bent = Array.from({ length: 50 }, (_, seed) => {
      const out = augmented(image, seed);
      const [upper, middle, lower] = [8, 14, 20].map((y) => centerOfInk(out.subarray(y * 28, (y + 1) * 28))[0]);
      return Math.abs(middle! - (upper! + lower!) / 2);
    });
    expect(Math.max(...bent)).toBeGreaterThan(0.5);
  });

  it.each([
    ['to the left', 57, 1, ({ left, right }: Quarters) => [right, left]],
    ['to the right', 57, -1, ({ left, right }: Quarters) => [left, right]],
    ['to the top', 58, 1, ({ upper, lower }: Quarters) => [lower, upper]],
    ['to the bottom', 58, -1, ({ upper, lower }: Quarters) => [upper, lower]],
  ])('tilts images: what is %s becomes larger, and what is on the other side smaller', (_, index, draw, compared) => {
    const image = new Uint8Array(784);
    for (const [x, y] of [
      [7, 14],
      [20, 14],
      [14, 7],
      [14, 20],
    ] as const) {
      for (let dy = -2; dy <= 2; dy++) image.fill(255, (y + dy) * 28 + x - 2, (y + dy) * 28 + x + 3);
    }
    const [smaller, larger] = compared(quarters(distorted(image, index, draw)));
    const [before] = compared(quarters(image));
    expect(larger!).toBeGreaterThan(1.1 * before!);
    expect(smaller!).toBeLessThan(before! / 1.1);
  });

  it('makes strokes thicker and thinner, the more the greater the strength', () => {
    const image = bars(1);
    const amounts = [-MAX_STRENGTH, -1, 0, 1, MAX_STRENGTH].map((strength) =>
      mean(distorted(image, 59, Math.sign(strength), Math.abs(strength))),
    );
    expect(amounts[2]).toBe(mean(image));
    for (let i = 1; i < amounts.length; i++) expect(amounts[i]).toBeGreaterThan(amounts[i - 1]! * 1.1);
  });

  it('rejects arrays of the wrong size and invalid strengths', () => {
    expect(() => augment(bars(1), 1, new Uint8Array(784), 2.1)).toThrow(RangeError);
    expect(() => augment(new Uint8Array(784), 1, new Uint8Array(783))).toThrow(RangeError);
    expect(() => augment(new Uint8Array(100), 1, new Uint8Array(100))).toThrow(RangeError);
  });
});

/** The image with only one of the random numbers not 0, that with `index`. */
function distorted(image: Uint8Array, index: number, draw: number, strength = 1): Uint8Array {
  const out = new Uint8Array(784);
  distort(image, 0, (other) => (other === index ? draw : 0), out, strength);
  return out;
}

interface Quarters {
  left: number;
  right: number;
  upper: number;
  lower: number;
}

/** The ink on each side of the diagonals of an image. */
function quarters(image: Uint8Array): Quarters {
  const ink = { left: 0, right: 0, upper: 0, lower: 0 };
  image.forEach((value, i) => {
    const [x, y] = [(i % 28) - 13.5, Math.floor(i / 28) - 13.5];
    if (Math.abs(x) > Math.abs(y)) ink[x < 0 ? 'left' : 'right'] += value;
    else ink[y < 0 ? 'upper' : 'lower'] += value;
  });
  return ink;
}

function centerOfInk(image: Uint8Array): [number, number] {
  let sum = 0;
  let x = 0;
  let y = 0;
  image.forEach((value, i) => {
    sum += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  });
  return [x / sum, y / sum];
}
