import { noCharacterImage } from '../../src/core/images/no-character-image.ts';
import { hash32, randomStream } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { noCharacterDrawing, struckOut } from '../../src/core/strokes/no-character.ts';
import { randomScribble } from '../../src/core/strokes/random-scribble.ts';
import { imageAt, imageCount, rasterizeAll } from './labeled-images.ts';
import type { DrawingsOfKind } from './notices.ts';
import type { LabeledDrawing } from './stroke-files.ts';

/** Images that are not one character, of one kind. */
export interface WrongGroups {
  /** In Markdown. */
  title: string;
  /** [n, 784] bytes. */
  images: Uint8Array;
}

const SEED = 1702;

type Random = () => number;

const DRAWN: readonly [title: string, make: (character: () => Drawing, random: Random) => Drawing][] = [
  [
    'Two or three characters side by side',
    (character, random) => noCharacterDrawing('several', { character, random, sign: null }),
  ],
  ['Part of a character', (character, random) => noCharacterDrawing('part', { character, random, sign: null })],
  [
    'Part of a character with its neighbor',
    (character, random) => noCharacterDrawing('wrong-group', { character, random, sign: null }),
  ],
  ['Crossed-out character', (character, random) => struckOut(character(), random)],
  ['Scribble', (_, random) => randomScribble(random)],
];

const SCANNED = [
  ['Two or three characters side by side', 'several'],
  ['Part of a character', 'part'],
  ['Part of a character with its neighbor', 'wrong-group'],
] as const;

/** Wrong groups made from drawings of characters, as images; see `drawWrongGroups`. */
export function drawnWrongGroups(drawings: readonly LabeledDrawing[], count: number): WrongGroups[] {
  return drawWrongGroups(drawings, count).map(({ title, drawings: made }) => ({ title, images: rasterizeAll(made) }));
}

/**
 * Wrong groups made from drawings of characters, each from those of one writer; `count` of each kind. Always the same for the same
 * drawings.
 */
export function drawWrongGroups(drawings: readonly LabeledDrawing[], count: number): DrawingsOfKind[] {
  const byWriter = Map.groupBy(drawings, ({ writer }) => writer);
  return DRAWN.map(([title, make], kind) => {
    const made = Array.from({ length: count }, (_, index) => {
      const random = randomStream(hash32(SEED, kind, index));
      // A random drawing, so that writers with more of them are more frequent.
      const ofWriter = byWriter.get(oneOf(drawings, random).writer)!;
      return make(() => oneOf(ofWriter, random).strokes, random);
    });
    return { title, drawings: made };
  });
}

/** The same from images of characters, [n, 784] bytes. */
export function scannedWrongGroups(images: Uint8Array, count: number): WrongGroups[] {
  return SCANNED.map(([title, kind], number) => {
    const made = Array.from({ length: count }, (_, index) => {
      const random = randomStream(hash32(SEED, DRAWN.length + number, index));
      return noCharacterImage(kind, () => imageAt(images, Math.floor(imageCount(images) * random())), random);
    });
    return { title, images: Buffer.concat(made) };
  });
}

function oneOf<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(items.length * random())]!;
}
