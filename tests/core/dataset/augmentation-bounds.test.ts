import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { MAX_STRENGTH } from '../../../src/core/dataset/augmentation.ts';

/**
 * Where a distortion reads and what it writes. Reads beyond the padded image are `undefined`, which would become paper
 * unnoticed, so these tests record them.
 */

let distort: typeof import('../../../src/core/dataset/augmentation.ts').distort;

/** An image with a border of paper that `distort` reads from: its side, and the indices read. */
interface Bordered {
  readonly side: number;
  reads: number[];
}
/** The padded image that is distorted, and the result before its strokes get thicker or thinner. */
const borders: Bordered[] = [];

beforeAll(async () => {
  function RecordingBytes(length: number): object {
    const border: Bordered = { side: Math.sqrt(length), reads: [] };
    borders.push(border);
    // Not bytes, which would hide numbers that are none.
    const values = new Int32Array(length);
    return new Proxy(values, {
      get(target, key) {
        const index = Number(key);
        if (Number.isNaN(index)) return Reflect.get(target, key, target).bind(target);
        border.reads.push(index);
        return target[index];
      },
    });
  }
  vi.stubGlobal('Uint8Array', RecordingBytes);
  vi.resetModules();
  ({ distort } = await import('../../../src/core/dataset/augmentation.ts'));
  vi.unstubAllGlobals();
});

/** Distorts an image and returns the values before they are converted to bytes, [784]. */
function values(image: Uint8Array, draws: readonly number[], strength: number): number[] {
  const out = new Int32Array(784);
  for (const border of borders) border.reads = [];
  distort(image, 0, (index) => draws[index % draws.length]!, out as unknown as Uint8Array, strength);
  return [...out];
}

/**
 * Each pixel is computed from four pixels of the padded image, two adjacent ones in each of two rows, and then from its own
 * value and that of its neighbors on the left, on the right, above, and below.
 */
function expectReadsInside(): void {
  const [padded, bordered] = borders as [Bordered, Bordered];
  expect(padded.side).toBeGreaterThan(28);
  expect(padded.reads).toHaveLength(4 * 784);
  expect(bordered.side).toBe(30);
  expect(bordered.reads).toHaveLength(5 * 784);
  for (const { side, reads } of borders) {
    expect(Math.min(...reads)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...reads)).toBeLessThan(side * side);
  }
  // If the right one of two were the first in its row, the left one would be in the row above.
  expect(padded.reads.filter((index, at) => at % 2 === 1 && index % padded.side === 0)).toEqual([]);
}

const image = fc.uint8Array({ minLength: 784, maxLength: 784 });
/** Prefers the extremes. */
const draw = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(-1, 1) }, fc.double({ min: -1, max: 1, noNaN: true }));
const draws = fc.array(draw, { minLength: 7, maxLength: 64 });
/** The draws of the nodes of the grid, in x and in y. */
const NODES = 25;

test('no draw reads beyond the padded image, not even if all are extreme', () => {
  const ink = new Uint8Array(784).fill(255);
  for (let signs = 0; signs < 2 ** 10; signs++) {
    const sign = (index: number) => ((signs >> index) & 1 ? 1 : -1);
    // Shift, rotation, scale, stretch and shear; gray; the nodes; perspective; thickness.
    const whole = [0, 1, 2, 3, 4, 5].map(sign);
    const nodes = [6, 7].flatMap((index) => new Array(NODES).fill(sign(index)));
    values(ink, [...whole, 1, ...nodes, sign(8), sign(9), 1], MAX_STRENGTH);
    expectReadsInside();
  }
  fc.assert(
    fc.property(draws, (chosen) => {
      values(ink, chosen, MAX_STRENGTH);
      expectReadsInside();
    }),
    { numRuns: 300 },
  );
});

test('values are within 0 to 255 without being clamped', () => {
  fc.assert(
    fc.property(image, draws, fc.double({ min: 0, max: MAX_STRENGTH, noNaN: true }), (pixels, chosen, strength) => {
      const result = values(pixels, chosen, strength);
      expect(Math.min(...result)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...result)).toBeLessThanOrEqual(255);
    }),
    { numRuns: 300 },
  );
});

test('a blank image stays blank', () => {
  fc.assert(
    fc.property(draws, (chosen) => {
      expect(values(new Uint8Array(784), chosen, MAX_STRENGTH)).toEqual(new Array(784).fill(0));
    }),
  );
});

/** A ring as large as EMNIST's characters, with 2 pixels of paper around it. */
const RING = Uint8Array.from({ length: 784 }, (_, index) => {
  const distance = Math.hypot((index % 28) - 13.5, Math.floor(index / 28) - 13.5);
  return distance > 9 && distance < 12 ? 255 : 0;
});

test('at strengths up to 1 more than a third of the ink is left, even if strokes also become thin and light', () => {
  const ink = (bytes: Iterable<number>) => [...bytes].reduce((sum, byte) => sum + byte, 0);
  fc.assert(
    fc.property(draws, fc.double({ min: 0, max: 1, noNaN: true }), (chosen, strength) => {
      expect(ink(values(RING, chosen, strength)) / ink(RING)).toBeGreaterThan(1 / 3);
    }),
    { numRuns: 300 },
  );
});
