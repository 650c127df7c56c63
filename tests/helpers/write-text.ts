import { stitch } from '../../scripts/words/stitch.ts';
import { hash32, randomStream } from '../../src/core/random.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { CHARACTERS } from '../accuracy/characters.ts';
import { line, type Paper, type Pen } from './paper.ts';

const generator = CharacterGenerator.shipped();
const DOT: Drawing = [[[0, 0]]];

/** Characters that `CHARACTERS` does not have, not even as capital letters of the same shape. */
const SMALL: Readonly<Record<string, Drawing>> = {
  // biome-ignore format: points in rows
  i: [[[50, 30], [50, 100]], [[50, 0], [51, 3]]],
  // biome-ignore format: points in rows
  j: [[[50, 30], [50, 85], [40, 100], [20, 92]], [[50, 0], [51, 3]]],
  // biome-ignore format: points in rows
  l: [[[50, 0], [50, 100]]],
  // biome-ignore format: points in rows
  '-': [[[0, 0], [40, 0]]],
  // biome-ignore format: points in rows
  "'": [[[4, 0], [0, 12]]],
};

/**
 * A line of separately drawn characters, each as `writeText` always draws it, with small letters 1 high on a base line at y = 0.
 * The characters are those of `CHARACTERS`, which are EMNIST Balanced's, and those above.
 */
export function writeText(text: string, { seed = 1, variation = 0.2 } = {}): Drawing {
  const shapes = [...text].filter((character) => character !== ' ').map(shapeOf);
  return stitch(text, shapes, { random: randomStream(seed), gap: 0.3, variation });
}

/** A line of generated characters, with dots, on a base line at y = 0; small letters are 1 high. */
export function generatedText(text: string, seed = 1): Drawing {
  const drawings = [...text].flatMap((character, i) => {
    if (character === ' ') return [];
    return [character === '.' ? DOT : generator.draw(character, hash32(seed, i))];
  });
  return stitch(text, drawings, { random: randomStream(seed), gap: 0.3, variation: 0.3 });
}

/** The number of strokes of each character of a text, spaces left out. */
export function strokeCounts(text: string): number[] {
  return [...text].filter((character) => character !== ' ').map((character) => shapeOf(character).length);
}

function shapeOf(character: string): Drawing {
  const shape = SMALL[character] ?? CHARACTERS[character] ?? CHARACTERS[character.toUpperCase()];
  if (!shape) throw new Error(`no shape of ${character}`);
  return shape;
}

/** A drawing, moved and enlarged. */
export function moved(drawing: Drawing, x: number, y: number, scale = 1): Drawing {
  return drawing.map((stroke) => stroke.map(([px, py]) => [scale * (px + x), scale * (py + y)] as const));
}

/** Writes a line on paper, where it starts at (x, y) and falls by `slope`. */
export function writeOnPaper(
  paper: Paper,
  drawing: Drawing,
  at: { x: number; y: number; letter: number; slope?: number },
  pen: Pen,
): void {
  const { x, y, letter, slope = 0 } = at;
  const place = (px: number, py: number) => [x + px * letter, y + (py + slope * px) * letter] as const;
  for (const stroke of drawing) {
    stroke.forEach(([px, py], i) => {
      const [fromX, fromY] = stroke[Math.max(0, i - 1)]!;
      line(paper, place(fromX, fromY), place(px, py), pen);
    });
  }
}
