import type { PictureLine } from './picture-lines.ts';
import { characterColumns } from './stroke-characters.ts';
import type { TextOptions } from './text-options.ts';
import type { TextReader } from './text-reader.ts';
import type { TextReading } from './text-reading.ts';

/** Reads a line of a picture. Its characters and words have boxes in the pixels of the picture as displayed. */
export async function readPictureLine(
  reader: TextReader,
  picture: PictureLine,
  options: TextOptions = {},
): Promise<TextReading> {
  const { candidates, characters, words, line } = await reader.readLine(picture, options);
  const columns = characterColumns(characters, line.image.width);
  const boxOf = (from: number, to: number) => line.boxOf(columns[from]!.from, columns[to - 1]!.to);
  return {
    text: candidates[0]?.text ?? '',
    candidates,
    characters: characters.map(({ label, probability }, at) => ({ label, probability, box: boxOf(at, at + 1) })),
    words: words.map(({ text, candidates, from, to }) => ({ text, candidates, box: boxOf(from, to) })),
  };
}
