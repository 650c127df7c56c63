import { compressedAsset } from '../asset.ts';
import { EmnistError, type ErrorData } from '../errors.ts';
import { damagedInstallation } from '../node-errors.ts';
import { foldedClasses } from './folded-characters.ts';
import { decodeLexicon } from './lexicon-bytes.ts';
import { buildTree, hasWord, SPELLING, type Spelling, type WordTree } from './word-tree.ts';

/** Words and how frequent they are. */
export interface Lexicon {
  /** `english`, or the path of the file. */
  readonly name: string;
  /** The number of words. */
  readonly size: number;
  /** The lines of the file that were left out: no single word, or characters that the network does not read. */
  readonly skipped: number;
  /** In folded classes. */
  readonly tree: WordTree;
}

/** The file in `dist`, where it is compressed. */
export const ENGLISH_FILE = 'models/words/english';

let english: Lexicon | undefined;

/**
 * The lexicon that ships: 74,000 English words with their frequencies in film subtitles. Throws `installation-damaged` if it is
 * missing or damaged.
 */
export function englishLexicon(): Lexicon {
  if (english) return english;
  const bytes = compressedAsset(ENGLISH_FILE);
  try {
    english = { name: 'english', skipped: 0, ...decodeLexicon(bytes) };
  } catch (error) {
    throw damagedInstallation(`${ENGLISH_FILE} is damaged`, error);
  }
  return english;
}

/** Whether a lexicon has a word, regardless of case. */
export function isInLexicon({ tree }: Lexicon, word: string): boolean {
  const classes = foldedClasses(word);
  return classes !== null && hasWord(tree, classes);
}

/** The largest file with a lexicon, in bytes. */
export const MAX_LEXICON_BYTES = 8 * 2 ** 20;
/** Longer words are left out. */
const MAX_WORD = 64;

/**
 * Reads a list of words: one a line, with its count or frequency after a space or tab if it is known. Words are equally frequent if no
 * line has a count; among counts, a missing one is 1, and 0 is taken for the smallest. Case is ignored, except that a word always
 * capitalized, or always in capitals, prefers to be read like that. `name`: what to call it, as in `Lexicon`.
 *
 * Throws `lexicon-invalid` if it is too large or has no word.
 */
export function parseLexicon(text: string, name: string): Lexicon {
  if (text.length > MAX_LEXICON_BYTES) throw lexiconTooLarge(name);
  const words = new Map<string, { count: number; spelling: Spelling }>();
  let skipped = 0;
  let smallest = 1;
  for (const [line] of text.replace(/^\uFEFF/, '').matchAll(/[^\r\n]+/g)) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const parsed = parseLine(trimmed);
    if (!parsed) {
      skipped++;
      continue;
    }
    const small = parsed.word.toLowerCase();
    const known = words.get(small);
    const count = (known?.count ?? 0) + parsed.count;
    const spelling = known && known.spelling !== parsed.spelling ? SPELLING.small : parsed.spelling;
    words.set(small, { count, spelling });
    if (parsed.count > 0) smallest = Math.min(smallest, parsed.count);
  }
  if (words.size === 0) {
    throw invalid(name, 'empty', skipped === 0 ? 'has no words' : 'has no line with a word that can be read');
  }
  const list = [...words].map(([word, { count, spelling }]) => ({ word, count: count || smallest, spelling }));
  const total = list.reduce((sum, { count }) => sum + count, 0);
  const tree = buildTree(
    list.map(({ word, count, spelling }) => ({
      word: foldedClasses(word)!,
      logFrequency: Math.log(count / total),
      spelling,
    })),
  );
  return { name, size: list.length, skipped, tree };
}

/** The word of a line and its count, or null if the line has something else. */
function parseLine(line: string): { word: string; count: number; spelling: Spelling } | null {
  const [, given, number] = /^(\S+)(?:\s+(\S+))?$/.exec(line) ?? [];
  if (given === undefined) return null;
  const count = number === undefined ? 1 : /^[\d.]/.test(number) ? Number(number) : Number.NaN;
  const word = given.replaceAll('\u2019', "'");
  if (!Number.isFinite(count) || word.length > MAX_WORD || !foldedClasses(word)) return null;
  return { word, count, spelling: spellingOf(word) };
}

function spellingOf(word: string): Spelling {
  if (word === word.toLowerCase()) return SPELLING.small;
  if (word.length > 1 && word === word.toUpperCase()) return SPELLING.capitals;
  return word.slice(1) === word.slice(1).toLowerCase() ? SPELLING.capitalized : SPELLING.small;
}

/** The error of a lexicon with more than `MAX_LEXICON_BYTES`. */
export function lexiconTooLarge(name: string): EmnistError {
  return invalid(name, 'too-large', `is larger than ${MAX_LEXICON_BYTES / 2 ** 20} MB`);
}

function invalid(file: string, problem: ErrorData['lexicon-invalid']['problem'], what: string): EmnistError {
  return new EmnistError('lexicon-invalid', `${file} ${what}`, { file, problem });
}
