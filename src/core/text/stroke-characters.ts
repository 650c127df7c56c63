import type { Drawing } from '../strokes/drawing.ts';
import type { DecodedLine } from './decode-line.ts';
import type { LineImage } from './line-image.ts';
import type { TextCharacter } from './text-reading.ts';

/** Pixels of the image to a step of the network. */
export const STEP_PIXELS = 4;

/** The characters of a line with the strokes that lie where they were read. `indices`: the strokes of the line in the drawing. */
export function charactersWithStrokes(
  characters: DecodedLine['characters'],
  image: LineImage,
  drawing: Drawing,
  indices: readonly number[],
): TextCharacter[] {
  const middles = indices.map((index) => drawing[index]!.reduce((sum, [x]) => sum + x, 0) / drawing[index]!.length);
  return characters.map(({ label, probability, from, to }) => {
    const left = image.left + from * STEP_PIXELS * image.unit;
    const right = image.left + to * STEP_PIXELS * image.unit;
    return { label, probability, strokes: indices.filter((_, at) => middles[at]! >= left && middles[at]! < right) };
  });
}
