import type { DecodedLine, LineReading } from './decode-line.ts';
import type { TextCandidate } from './text-reading.ts';

/**
 * Merges one or more readings of a line. Each candidate gets the mean of its probabilities in the readings. The characters and words
 * are those of `source`, the reading that gives the best candidate the highest probability. `top`: the maximum number of candidates.
 */
export function mergeReadings<Reading extends LineReading>(
  readings: readonly Reading[],
  top: number,
): DecodedLine & { source: Reading } {
  const merged = meanOf(readings.map(({ candidates }) => candidates));
  const best = merged[0]?.text ?? '';
  const having = readings
    .filter(({ candidates }) => probabilityOf(best, candidates) > 0)
    .sort((a, b) => probabilityOf(best, b.candidates) - probabilityOf(best, a.candidates));
  const source = having[0] ?? readings[0]!;
  const { characters, words } = source.detailsOf(best);
  const others = having.slice(1).map((reading) => reading.detailsOf(best).words);
  return {
    candidates: merged.slice(0, top),
    characters,
    words: words.map((word, index) => {
      // If a line may be one word or two, only its one-word candidates are candidates for the word.
      const alone = merged.filter(({ text }) => !text.includes(' '));
      const all = [word, ...others.map((each) => each[index]!)];
      const candidates = words.length === 1 ? alone : meanOf(all.map((each) => each.candidates));
      return { ...word, candidates: withFirst(word.text, candidates).slice(0, top) };
    }),
    source,
  };
}

function meanOf(lists: readonly (readonly TextCandidate[])[]): TextCandidate[] {
  const sums = new Map<string, number>();
  for (const { text, probability } of lists.flat()) sums.set(text, (sums.get(text) ?? 0) + probability);
  return [...sums]
    .map(([text, sum]) => ({ text, probability: sum / lists.length }))
    .sort((a, b) => b.probability - a.probability);
}

function probabilityOf(text: string, candidates: readonly TextCandidate[]): number {
  return candidates.find((each) => each.text === text)?.probability ?? 0;
}

/** Puts the word of the best line first, even if another candidate is more probable by itself. */
function withFirst(text: string, candidates: readonly TextCandidate[]): TextCandidate[] {
  return [...candidates.filter((each) => each.text === text), ...candidates.filter((each) => each.text !== text)];
}
