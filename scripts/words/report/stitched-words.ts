import { randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import type { Written } from '../pen-data.ts';
import { pick } from '../pick.ts';
import { stitch } from '../stitch.ts';

const SEED = 1903;
/** How far letters of a word are apart, in heights of a small letter, and how much sizes and positions vary; see `stitch`. */
const GAP = [0.1, 0.35] as const;
const VARIATION = 0.5;

/**
 * Words put together from small letters. The more frequent a word is, the likelier it is drawn; its letters are by one writer as far
 * as there are any. Always the same for the same characters and words.
 */
export function stitchedWords(
  characters: readonly Written[],
  words: readonly (readonly [word: string, count: number])[],
  count: number,
): Written[] {
  const random = randomStream(SEED);
  const all = Map.groupBy(characters, ({ label }) => label);
  const byWriter = new Map(
    [...Map.groupBy(characters, ({ writer }) => writer)].map(([writer, own]) => [
      writer,
      Map.groupBy(own, ({ label }) => label),
    ]),
  );
  const writers = [...byWriter.keys()];
  const possible = words.filter(([word]) => [...word].every((letter) => /[a-z]/.test(letter) && all.has(letter)));
  const total = possible.reduce((sum, [, times]) => sum + times, 0);
  return Array.from({ length: count }, () => {
    const label = pickByCount(possible, random() * total);
    const writer = pick(writers, random);
    const own = byWriter.get(writer)!;
    const drawings: Drawing[] = [...label].map((letter) => pick(own.get(letter) ?? all.get(letter)!, random).strokes);
    const gap = GAP[0] + (GAP[1] - GAP[0]) * random();
    return { label, writer, strokes: stitch(label, drawings, { random, gap, variation: VARIATION }) };
  });
}

/** The word at a place among all occurrences of words. */
function pickByCount(words: readonly (readonly [word: string, count: number])[], place: number): string {
  let before = 0;
  for (const [word, count] of words) {
    before += count;
    if (place < before) return word;
  }
  return words.at(-1)![0];
}
