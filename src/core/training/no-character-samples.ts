import { noCharacterImage } from '../images/no-character-image.ts';
import { hash32, randomStream } from '../random.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { NO_CHARACTER_KINDS, type NoCharacterKind, noCharacterDrawing } from '../strokes/no-character.ts';
import { randomHand } from '../strokes/random-hand.ts';
import { randomPen } from '../strokes/random-pen.ts';
import { rasterize } from '../strokes/rasterize.ts';

/** What images that are not one character are made of. */
export interface NoCharacterSource {
  /** The number of images of characters, and one of them, [784] bytes; there may be none. */
  images: number;
  image: (index: number) => Uint8Array;
  /** The same of drawings; there may be none. */
  drawings: number;
  drawing: (index: number) => Drawing;
  /** Drawings of signs that are not characters; there may be none. */
  signs: number;
  sign: (index: number) => Drawing;
}

/** How often each kind occurs. Signs that there are not become the other kinds. */
const SHARES: Readonly<Record<NoCharacterKind, number>> = {
  several: 0.23,
  part: 0.25,
  'wrong-group': 0.2,
  scribble: 0.12,
  sign: 0.2,
};
/** How many of the first three kinds are made from images, and not from drawings, where there are both. */
const FROM_IMAGES = 0.5;

/** A random image that is not one character, [784] bytes, determined by the seed; `strength` as in `randomPen`. */
export function noCharacterSample(source: NoCharacterSource, seed: number, strength: number): Uint8Array {
  const random = randomStream(hash32(seed, 1));
  const below = (count: number) => Math.floor(count * random());
  const hasDrawings = source.drawings > 0;
  const kind = randomKind(random, source.signs > 0);
  const isOfStrokes = kind === 'scribble' || kind === 'sign';
  if (!isOfStrokes && source.images > 0 && !(hasDrawings && random() >= FROM_IMAGES)) {
    return noCharacterImage(kind, () => source.image(below(source.images)), random);
  }
  const drawing = noCharacterDrawing(kind, {
    // A scribble over a character needs one: without drawings, another scribble.
    character: hasDrawings ? () => source.drawing(below(source.drawings)) : null,
    sign: source.signs > 0 ? () => source.sign(below(source.signs)) : null,
    random,
  });
  return rasterize(randomHand(drawing, hash32(seed, 2), strength), randomPen(hash32(seed, 3), strength));
}

function randomKind(random: () => number, hasSigns: boolean): NoCharacterKind {
  const kinds = NO_CHARACTER_KINDS.filter((kind) => hasSigns || kind !== 'sign');
  let left = random() * kinds.reduce((sum, kind) => sum + SHARES[kind], 0);
  for (const kind of kinds) {
    left -= SHARES[kind];
    if (left < 0) return kind;
  }
  return kinds.at(-1)!;
}
