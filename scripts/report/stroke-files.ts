import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import * as v from 'valibot';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { checkDrawing, readStrokeFile, type StrokeSample } from '../../src/core/strokes/stroke-file.ts';
import type { DrawingsOfKind } from './notices.ts';

/** A drawing whose label and writer are known. */
export type LabeledDrawing = Required<Pick<StrokeSample, 'label' | 'writer' | 'strokes'>>;

/** Reads the drawings of a stroke file that have a label and a writer. */
export async function readDrawings(file: string): Promise<LabeledDrawing[]> {
  const drawings: LabeledDrawing[] = [];
  for await (const { label, writer, strokes } of readStrokeFile(file)) {
    if (label !== undefined && writer !== undefined) drawings.push({ label, writer, strokes });
  }
  return drawings;
}

/** A word written with a pen. */
export interface WordDrawing {
  label: string;
  strokes: Drawing;
}

/** `inkStyle` says how the word is written, by its strokes for each letter; `readStrokeFile` knows only fields of characters. */
const wordSchema = v.object({ label: v.string(), inkStyle: v.string(), strokes: v.unknown() });

/** Reads the words of a gzipped file, one JSON object a line, that are printed by hand and have one of these numbers of letters. */
export async function readPrintedWords(file: string, lengths: readonly number[]): Promise<WordDrawing[]> {
  const words: WordDrawing[] = [];
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    const { label, inkStyle, strokes } = v.parse(wordSchema, JSON.parse(line));
    const isChosen = inkStyle === 'printed' && /^[A-Za-z]+$/.test(label) && lengths.includes(label.length);
    if (isChosen) words.push({ label, strokes: checkDrawing(strokes) });
  }
  return words;
}

/** Words by their number of letters, shortest first. */
export function wordsByLength(words: readonly WordDrawing[]): DrawingsOfKind[] {
  const byLength = [...Map.groupBy(words, ({ label }) => label.length)].sort(([a], [b]) => a - b);
  return byLength.map(([length, of]) => ({
    title: `Printed word of ${length} letters`,
    drawings: of.map(({ strokes }) => strokes),
  }));
}
