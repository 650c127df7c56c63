import { stitch } from '../../scripts/words/stitch.ts';
import { hash32, randomStream } from '../../src/core/random.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { line, type Paper, type Pen } from './paper.ts';

const generator = CharacterGenerator.shipped();
const DOT: Drawing = [[[0, 0]]];

/** A line of generated characters, with dots, on a base line at y = 0; small letters are 1 high. */
export function writtenText(text: string, seed = 1): Drawing {
  const drawings = [...text].flatMap((character, i) => {
    if (character === ' ') return [];
    return [character === '.' ? DOT : generator.draw(character, hash32(seed, i))];
  });
  return stitch(text, drawings, { random: randomStream(seed), gap: 0.3, variation: 0.3 });
}

/** Writes such a line on paper, where it starts at (x, y) and falls by `slope`. */
export function writeText(
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
