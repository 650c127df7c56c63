import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { isHeldOut, type Written } from '../../../scripts/words/pen-data.ts';
import { hash32, randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { TEXT_CHARACTERS } from '../../../src/core/text/text-characters.ts';

/** Zigzags for each character, always the same for a character and a writer. */
function zigzags(text: string, writer: string): Drawing {
  return [...text].map((character, index) => {
    const random = randomStream(hash32(character.charCodeAt(0), ...Buffer.from(writer)));
    return Array.from({ length: 6 }, () => [2 * index + random(), 2 * random()] as const);
  });
}

/** The first of these writers that is held out of training, or that is not. */
function writerThat(held: boolean, skip = 0): string {
  let left = skip;
  for (let number = 0; ; number++) {
    const writer = `abc/${number}`;
    if (isHeldOut({ writer }) === held && left-- === 0) return writer;
  }
}

function written(label: string, writer: string): Written {
  return { label, writer, inkStyle: 'printed', strokes: zigzags(label.replaceAll(' ', ''), writer) };
}

const [first, second, held] = [writerThat(false), writerThat(false, 1), writerThat(true)];

/** Words, lines, and all characters, by two writers; and words and a character by one who is held out. */
export const GENERATED = {
  words: [
    ...['one', 'two', 'Three'].map((label) => written(label, first)),
    ...['four', '5th'].map((label) => written(label, second)),
  ],
  heldOut: ['six', 'seven', 'eight', 'nine'].map((label) => written(label, held)),
  lines: [written('one two', first), written('four, 5th', second)],
  characters: TEXT_CHARACTERS.filter((character) => character !== ' ').flatMap((character) => [
    written(character, first),
    ...(/[a-z]/.test(character) ? [written(character, second)] : []),
  ]),
} as const;

/** Writes them as the files that the word network is trained on. */
export function writeGenerated(shared: string): void {
  mkdirSync(path.join(shared, 'strokes'), { recursive: true });
  const { words, heldOut, lines, characters } = GENERATED;
  const isSymbol = ({ label }: Written) => !/[A-Za-z0-9]/.test(label);
  const files: Record<string, readonly Written[]> = {
    'unipen-words-train': [...words, ...heldOut],
    'unipen-lines-train': lines,
    'unipen-train': characters.filter((each) => !isSymbol(each)),
    'chars-extra-train': [written('a', held)],
    'unipen-symbols-train': characters.filter(isSymbol),
  };
  for (const [name, all] of Object.entries(files)) {
    const text = all.map((each) => `${JSON.stringify(each)}\n`).join('');
    writeFileSync(path.join(shared, `strokes/${name}.jsonl.gz`), gzipSync(text));
  }
}
