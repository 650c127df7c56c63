import { describe, expect, test } from 'vitest';
import { noCharacterImage } from '../../../src/core/images/no-character-image.ts';
import { inkBox } from '../../../src/core/images/normalize.ts';
import { randomStream } from '../../../src/core/random.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { LABELS, TEMPLATES } from '../../helpers/template-recognizer.ts';
import { correlation } from './draw-picture.ts';

const KINDS = ['several', 'part', 'wrong-group'] as const;
const images = LABELS.map((label) => rasterize(TEMPLATES[label]!));
const O = images[LABELS.indexOf('O')]!;
const seeds = Array.from({ length: 100 }, (_, seed) => seed);

function made(kind: (typeof KINDS)[number], seed: number, of: readonly Uint8Array[] = images): Uint8Array {
  const random = randomStream(seed);
  return noCharacterImage(kind, () => of[Math.floor(of.length * random())]!, random);
}

/** The size of what is dark in an image, in pixels. */
function inkSize(image: Uint8Array): { width: number; height: number } {
  const ink = Float32Array.from(image, (value) => value / 255);
  const { left, top, right, bottom } = inkBox({ width: 28, height: 28, ink }, 0.3)!;
  return { width: right - left, height: bottom - top };
}

describe.each(KINDS)('an image of the kind %s', (kind) => {
  test('is like those of EMNIST: 28x28, with full ink, and paper at the border', () => {
    for (const seed of seeds) {
      const image = made(kind, seed);
      expect(image).toHaveLength(784);
      expect(Math.max(...image)).toBe(255);
      expect(Math.max(...image.subarray(0, 28), ...image.subarray(-28))).toBeLessThan(128);
    }
  });

  test('is determined by its random numbers, and does not change the characters', () => {
    const before = images.map((image) => image.slice());
    for (const seed of seeds.slice(0, 20)) expect(made(kind, seed)).toEqual(made(kind, seed));
    expect(made(kind, 1)).not.toEqual(made(kind, 2));
    expect(images).toEqual(before);
  });

  test('is none of the characters', () => {
    const alike = seeds.filter((seed) => images.some((image) => correlation(made(kind, seed), image) > 0.95));
    expect(alike.length).toBeLessThan(0.05 * seeds.length);
  });

  test('can be made of blank images', () => {
    const blank = new Uint8Array(784);
    for (const seed of seeds.slice(0, 20)) expect(made(kind, seed, [blank])).toEqual(blank);
  });
});

test('several characters are wider than one', () => {
  for (const seed of seeds) {
    const { width, height } = inkSize(made('several', seed, [O]));
    expect(width / height).toBeGreaterThan(inkSize(O).width / inkSize(O).height);
  }
});

test('a part is no line', () => {
  for (const seed of seeds) {
    const { width, height } = inkSize(made('part', seed, [O]));
    expect(Math.min(width, height)).toBeGreaterThan(0.25 * Math.max(width, height));
  }
});

test('of two characters grouped wrongly, at least one is cut', () => {
  // Two whole circles enclose two pieces of paper; a circle that is cut encloses none.
  const enclosed = seeds.map((seed) => enclosedPaper(made('wrong-group', seed, [O])));
  expect(enclosed.filter((count) => count > 1).length).toBeLessThan(0.05 * seeds.length);
  const whole = seeds.map((seed) => enclosedPaper(made('several', seed, [O])));
  expect(whole.filter((count) => count > 1).length).toBeGreaterThan(0.8 * seeds.length);
});

/** How many pieces of paper ink separates from the border. */
function enclosedPaper(image: Uint8Array): number {
  const isPaper = Array.from(image, (value) => value < 100);
  const fill = (start: number) => {
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (!isPaper[at]) continue;
      isPaper[at] = false;
      if (at % 28 > 0) open.push(at - 1);
      if (at % 28 < 27) open.push(at + 1);
      if (at >= 28) open.push(at - 28);
      if (at < 756) open.push(at + 28);
    }
  };
  let pieces = 0;
  for (let at = 0; at < 784; at++) {
    if (!isPaper[at]) continue;
    fill(at);
    pieces++;
  }
  return pieces - 1;
}
