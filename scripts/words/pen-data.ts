import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { hash32 } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { textClasses } from '../../src/core/text/text-characters.ts';

/** How a word is written, by the number of its strokes. */
export type InkStyle = 'printed' | 'mixed' | 'cursive';

/** A line, a word, or a character that somebody has written. */
export interface Written {
  readonly label: string;
  readonly writer: string;
  /** Undefined for characters. */
  readonly inkStyle?: InkStyle;
  readonly strokes: Drawing;
}

/** Reads a file of `strokes/` in the folder with the data, without labels that have other characters than the network reads. */
export async function readWritten(shared: string, name: string): Promise<Written[]> {
  const written: Written[] = [];
  const input = createReadStream(path.join(shared, `strokes/${name}.jsonl.gz`)).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    const { label, writer, inkStyle, strokes } = JSON.parse(line) as Written;
    if (label !== '' && textClasses(label)) written.push({ label, writer, inkStyle, strokes });
  }
  return written;
}

/** The percentage of writers that are kept out of training, to choose on. */
const HELD_OUT = 8;

/** Whether a writer of the training files is kept out of training. Depends on nothing but the name. */
export function isHeldOut({ writer }: Pick<Written, 'writer'>): boolean {
  return hash32(...Buffer.from(writer)) % 100 < HELD_OUT;
}
