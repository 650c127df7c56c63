import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { drawingBox, drawingExtent, pathLength } from '../../../src/core/strokes/geometry.ts';
import {
  NO_CHARACTER_KINDS,
  type NoCharacterKind,
  type NoCharacterParts,
  noCharacterDrawing,
} from '../../../src/core/strokes/no-character.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { TEMPLATES } from '../../helpers/template-recognizer.ts';

/** Far from where scribbles are, so that what is made of a character can be told from one. */
const FAR = 1000;
const characters: readonly Drawing[] = Object.values(TEMPLATES).map((drawing) =>
  drawing.map((stroke) => stroke.map(([x, y]) => [FAR + x, FAR + y])),
);
const [O, X, ONE] = (['O', 'X', '1'] as const).map((label) => characters[Object.keys(TEMPLATES).indexOf(label)]!) as [
  Drawing,
  Drawing,
  Drawing,
];
const SIGN: Drawing = [
  [
    [0, 0],
    [5, 5],
  ],
];

/** What is made with a seed, of any character or only of those given. */
function made(
  kind: NoCharacterKind,
  seed: number,
  of: readonly Drawing[] = characters,
  parts: Partial<NoCharacterParts> = {},
): Drawing {
  const random = randomStream(seed);
  const character = () => of[Math.floor(of.length * random())]!;
  return noCharacterDrawing(kind, { character, sign: () => SIGN, random, ...parts });
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const totalLength = (drawing: Drawing) => drawing.reduce((sum, stroke) => sum + pathLength(stroke), 0);
const isOfCharacter = (drawing: Drawing) => drawingBox(drawing).left > FAR / 2;

describe.each(NO_CHARACTER_KINDS)('a drawing of the kind %s', (kind) => {
  test('has points with finite coordinates, and an image', () => {
    for (const seed of seeds) {
      const drawing = made(kind, seed);
      expect(drawing.length).toBeGreaterThan(0);
      for (const stroke of drawing) expect(stroke.length).toBeGreaterThan(0);
      expect(drawing.flat(2).every(Number.isFinite)).toBe(true);
      expect(drawingExtent(drawing)).toBeGreaterThan(0);
      expect(Math.max(...rasterize(drawing))).toBe(255);
    }
  });

  test('can also be made of dots, and without characters or signs', () => {
    const dot: Drawing = [[[3, 4]]];
    for (const seed of seeds) {
      for (const drawing of [
        made(kind, seed, [dot]),
        made(kind, seed, [], { character: null }),
        made(kind, seed, characters, { sign: null }),
      ]) {
        expect(drawing.flat(2).every(Number.isFinite)).toBe(true);
        expect(Math.max(...rasterize(drawing))).toBe(255);
      }
    }
  });

  test('is determined by its random numbers', () => {
    for (const seed of seeds.slice(0, 20)) expect(made(kind, seed)).toEqual(made(kind, seed));
    if (kind !== 'sign') expect(made(kind, 1)).not.toEqual(made(kind, 2));
  });
});

test('several characters are side by side, wider than one, and whole', () => {
  const ratio = (drawing: Drawing) => drawingBox(drawing).width / drawingBox(drawing).height;
  for (const seed of seeds) {
    const drawing = made('several', seed, [O]);
    expect(ratio(drawing)).toBeGreaterThan(ratio(O));
    expect([2, 3]).toContain(drawing.length);
    const lefts = drawing.map((stroke) => drawingBox([stroke]).left);
    expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
    for (const stroke of drawing) expect(isClosed(stroke)).toBe(true);
  }
});

/** Whether a stroke ends where it began. */
function isClosed(stroke: Drawing[number]): boolean {
  return drawingExtent([[stroke[0]!, stroke.at(-1)!]]) < 1e-6;
}

test('a part is neither the whole character nor a line', () => {
  const whole = [totalLength(O), totalLength(X)];
  const drawings = seeds.flatMap((seed) => [O, X].map((character) => made('part', seed, [character])));
  const parts = drawings.map((drawing, index) => ({ drawing, whole: whole[index % 2]! }));
  const ofCharacters = parts.filter(({ drawing }) => isOfCharacter(drawing));
  // Else no part was more than a line.
  expect(ofCharacters.length).toBeGreaterThan(0.8 * parts.length);
  for (const { drawing, whole } of ofCharacters) {
    expect(totalLength(drawing)).toBeLessThan(0.9 * whole);
    expect(totalLength(drawing)).toBeGreaterThan(1.1 * drawingExtent(drawing));
    const { left, top, width, height } = drawingBox(drawing);
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(FAR);
    expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(FAR + 100);
  }
});

test('of a character that is a line, there is no part, but a scribble', () => {
  for (const seed of seeds) expect(isOfCharacter(made('part', seed, [ONE]))).toBe(false);
});

test('of two characters grouped wrongly, at least one is cut', () => {
  const cut = seeds.map((seed) => {
    const drawing = made('wrong-group', seed, [O]);
    return drawing.filter((stroke) => !isClosed(stroke)).length;
  });
  expect(Math.min(...cut)).toBeGreaterThan(0);
  const whole = seeds.map((seed) => made('wrong-group', seed, [O]).some(isClosed));
  expect(new Set(whole)).toEqual(new Set([true, false]));
});

test('a sign is one of those given', () => {
  for (const seed of seeds) expect(made('sign', seed)).toBe(SIGN);
});

test('a scribble may cross out a character, which is still there', () => {
  const crossedOut = seeds.map((seed) => made('scribble', seed, [X])).filter(isOfCharacter);
  expect(crossedOut.length).toBeGreaterThan(seeds.length / 8);
  expect(crossedOut.length).toBeLessThan(seeds.length / 2);
  for (const drawing of crossedOut) {
    expect(drawing.slice(0, 2)).toEqual(X);
    expect(drawing.length).toBeGreaterThan(2);
  }
});
