import { quantile } from '../../scripts/report/statistics.ts';
import { readingTimes } from '../../scripts/words/reading-times.ts';
import { createTextReader } from '../../src/core/text/text-reader.ts';
import { generatedText } from '../helpers/write-text.ts';

/** How long a word of 8 letters takes from the end of its last stroke to its candidates, in milliseconds. */
export interface WordTimes {
  threads: number;
  median: number;
  p99: number;
}

const WORDS = ['remember', 'together', 'children', 'question', 'business', 'tomorrow', 'probably', 'happened'];

/** Reads generated drawings of words with the word model that ships and the English lexicon. */
export async function measureWords(threadCounts: readonly number[], readings: number): Promise<WordTimes[]> {
  const drawings = WORDS.map((word, index) => generatedText(word, index));
  const found: WordTimes[] = [];
  for (const threads of threadCounts) {
    const reader = await createTextReader({ threads });
    const times = await readingTimes(reader, drawings, readings);
    found.push({ threads, median: quantile(times, 0.5), p99: quantile(times, 0.99) });
    await reader.dispose();
  }
  return found;
}
