import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { strokeLine, type WrittenLine } from '../../../src/core/text/line-image.ts';
import { createTextReader, type TextReader } from '../../../src/core/text/text-reader.ts';
import { writeText } from '../../helpers/write-text.ts';

const CLEAR = writeText('other night');
/** May be l, 1, I, or others. */
const UNCLEAR: Drawing = [
  [
    [0, 0],
    [0, 40],
  ],
];

let reader: TextReader;
beforeAll(async () => {
  reader = await createTextReader();
});
afterAll(() => reader.dispose());

/** A line that remembers how it was drawn. */
function watched(drawing: Drawing): { line: WrittenLine; factors: number[] } {
  const factors: number[] = [];
  const { image, stretched } = strokeLine(drawing);
  const line: WrittenLine = {
    image,
    stretched(factor) {
      factors.push(factor);
      return stretched(factor) as WrittenLine;
    },
  };
  return { line, factors };
}

test('an unclear line is read twice, the second time wider, and a clear one once', async () => {
  const clear = watched(CLEAR);
  expect((await reader.readLine(clear.line)).candidates[0]!.probability).toBeGreaterThan(0.8);
  expect(clear.factors).toEqual([]);
  const unclear = watched(UNCLEAR);
  expect((await reader.readLine(unclear.line)).candidates[0]!.probability).toBeLessThan(0.8);
  expect(unclear.factors).toEqual([1.12]);
});

test.each(['other night', 'cold clod', 'Ill 1lI', 'qv7kz', 'rnm nrn', 'O0o'])(
  'with fewer candidates, the text is the same: %s',
  async (text) => {
    const drawing = writeText(text);
    const all = await reader.readStrokes(drawing);
    const { candidates, characters, words } = await reader.readStrokes(drawing, { top: 1 });
    expect(candidates).toEqual(all.candidates.slice(0, 1));
    expect(characters).toEqual(all.characters);
    expect(words.map((word) => word.candidates)).toEqual(all.words.map((word) => word.candidates.slice(0, 1)));
    expect(words.map((word) => word.candidates[0]!.text).join(' ')).toBe(all.text);
    const strokes = new Set(characters.flatMap((character) => character.strokes!));
    expect([...strokes].sort((a, b) => a - b)).toEqual(drawing.map((_, index) => index));
  },
);
