import { cpus } from 'node:os';
import type { TextReader } from '../../../src/core/text/text-reader.ts';
import { section, table } from '../../report/markdown.ts';
import { quantile } from '../../report/statistics.ts';
import type { Written } from '../pen-data.ts';
import { readingTimes } from '../reading-times.ts';

/** How long a word takes from its strokes to its candidates, in milliseconds. */
export interface ReadingTimes {
  readonly threads: number;
  readonly words: readonly number[];
  /** Words of `LONG` characters. */
  readonly long: readonly number[];
}

const READINGS = 300;
const LONG = 8;

/** Reads words one at a time, in turn, after some that are not timed. */
export async function timeReading(
  reader: TextReader,
  threads: number,
  written: readonly Written[],
): Promise<ReadingTimes> {
  const times = (words: readonly Written[]) =>
    readingTimes(
      reader,
      words.map(({ strokes }) => strokes),
      READINGS,
    );
  return {
    threads,
    words: await times(written.slice(0, READINGS)),
    long: await times(written.filter(({ label }) => label.length === LONG)),
  };
}

export function speedSection(times: readonly ReadingTimes[]): string {
  const milliseconds = (values: readonly number[], at: number) => `${quantile(values, at).toFixed(1)} ms`;
  return section(
    'Time',
    `From the strokes of a word to its candidates: drawing the image, the network, and the decoder with the English lexicon. ${READINGS} readings each, after a warm-up (${cpus()[0]?.model.trim() ?? 'unknown'}).`,
    table(
      ['Threads', 'Word, median', '99 of 100 within', `Word of ${LONG} characters, median`, '99 of 100 within'],
      times.map(({ threads, words, long }) => [
        `${threads}`,
        ...[words, long].flatMap((values) => [milliseconds(values, 0.5), milliseconds(values, 0.99)]),
      ]),
    ),
  );
}
