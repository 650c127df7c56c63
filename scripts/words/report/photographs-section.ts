import { distance } from 'fastest-levenshtein';
import { percent } from '../../../src/app/format.ts';
import { pictureLines } from '../../../src/core/text/picture-lines.ts';
import { readPictureLine } from '../../../src/core/text/read-picture-line.ts';
import type { TextReader } from '../../../src/core/text/text-reader.ts';
import { section, table } from '../../report/markdown.ts';
import { pagesOf } from '../pages.ts';
import type { Written } from '../pen-data.ts';
import { photographPage } from '../photograph-page.ts';

/** A picture, what is written in it, and what was read; lines from top to bottom. */
export interface ReadPhotograph {
  readonly description: string;
  readonly lines: readonly string[];
  readonly read: readonly string[];
}

const PICTURES = 5;
const SEED = 1;

/**
 * Makes pictures that look like photographs of lines, the same ones each time, and reads them as the program reads picture files.
 */
export async function readPhotographs(lines: readonly Written[], reader: TextReader): Promise<ReadPhotograph[]> {
  const photographs: ReadPhotograph[] = [];
  for (const [index, page] of pagesOf(lines, PICTURES, SEED).entries()) {
    const { file, description, lines: truth } = photographPage(page, 1000 * SEED + index);
    const read: string[] = [];
    for (const line of await pictureLines(file, `picture ${index + 1}`)) {
      read.push((await readPictureLine(reader, line)).text);
    }
    photographs.push({ description, lines: truth, read });
  }
  return photographs;
}

export function photographsSection(photographs: readonly ReadPhotograph[]): string {
  const cell = (lines: readonly string[]) => lines.map((line) => line.replaceAll('|', '\\|')).join('<br>');
  const all = photographs.flatMap(({ lines }) => lines).join('');
  const errors = (pictures: readonly ReadPhotograph[]) =>
    pictures.reduce((sum, { lines, read }) => sum + distance(fold(lines), fold(read)), 0);
  return section(
    'Pictures of lines',
    `Lines in pictures made to look like photographs, with paper texture, printed lines, uneven light, perspective, blur, and noise (\`node scripts/words/photograph.ts\`). In all, ${percent(errors(photographs) / all.length)} of the characters were read wrong.`,
    table(
      ['Picture', 'Written', 'Read', 'Character errors'],
      photographs.map((photograph) => [
        photograph.description,
        cell(photograph.lines),
        cell(photograph.read),
        percent(errors([photograph]) / photograph.lines.join('').length),
      ]),
    ),
  );
}

function fold(lines: readonly string[]): string {
  return lines.join('\n').toLowerCase();
}
