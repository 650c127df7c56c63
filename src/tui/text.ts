import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters as a reader counts them. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** What came from outside (paths, names, messages) without anything that could move the cursor or start a sequence. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

/** Plain text cut to so many characters, the cut marked with `ellipsis`. */
export function clip(text: string, width: number, ellipsis = '…'): string {
  const characters = graphemes(text);
  if (characters.length <= width) return text;
  return characters.slice(0, Math.max(0, width - ellipsis.length)).join('') + ellipsis.slice(0, width);
}

/** Plain text clipped or padded with spaces to exactly so many characters. */
export function alignLeft(text: string, width: number, ellipsis = '…'): string {
  const clipped = clip(text, width, ellipsis);
  return clipped + ' '.repeat(Math.max(0, width - graphemes(clipped).length));
}

/** The same with the text at the right. */
export function alignRight(text: string, width: number, ellipsis = '…'): string {
  const clipped = clip(text, width, ellipsis);
  return ' '.repeat(Math.max(0, width - graphemes(clipped).length)) + clipped;
}
