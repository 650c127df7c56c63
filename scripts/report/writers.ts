import { accuracyOf, type Reading } from './readings.ts';
import { quantile } from './statistics.ts';

/** Contributors with fewer characters are counted together. */
const FEW_CHARACTERS = 30;
/** Writers with fewer characters are left out of the spread, since their accuracy says little. */
export const MIN_CHARACTERS = 20;

/** The writers of one contributor of a collection, or of several small ones. */
export interface WriterGroup {
  contributors: string[];
  writers: number;
  characters: number;
  accuracy: number;
}

/** How the accuracy differs between writers with at least `MIN_CHARACTERS` characters. */
export interface WriterSpread {
  writers: number;
  median: number;
  /** The accuracy that all but a tenth of the writers reach. */
  tenthPercentile: number;
  worst: { characters: number; accuracy: number };
}

/** A reading, and who wrote the character: `contributor/writer`. */
interface WriterReading {
  writer: string;
  reading: Reading;
}

/**
 * Accuracy by contributor, most characters first, with the small ones last and together. `writers` names the writer of each
 * reading.
 */
export function groupByContributor(readings: readonly Reading[], writers: readonly string[]): WriterGroup[] {
  const all = joined(readings, writers);
  const contributors = Map.groupBy(all, ({ writer }) => writer.split('/')[0]!);
  const isSmall = (name: string) => contributors.get(name)!.length < FEW_CHARACTERS;
  const names = [...contributors.keys()].sort();
  const groups = names.filter((name) => !isSmall(name)).map((name) => group([name], contributors.get(name)!));
  const small = names.filter(isSmall);
  groups.sort((a, b) => b.characters - a.characters);
  return small.length === 0
    ? groups
    : [
        ...groups,
        group(
          small,
          small.flatMap((name) => contributors.get(name)!),
        ),
      ];
}

/** The spread over writers; null if none has enough characters. */
export function spreadOverWriters(readings: readonly Reading[], writers: readonly string[]): WriterSpread | null {
  const each = [...Map.groupBy(joined(readings, writers), ({ writer }) => writer).values()]
    .filter((of) => of.length >= MIN_CHARACTERS)
    .map((of) => ({ characters: of.length, accuracy: accuracyOf(of.map(({ reading }) => reading)) }))
    .sort((a, b) => a.accuracy - b.accuracy);
  if (each.length === 0) return null;
  const accuracies = each.map(({ accuracy }) => accuracy);
  return {
    writers: each.length,
    median: quantile(accuracies, 0.5),
    tenthPercentile: quantile(accuracies, 0.1),
    worst: each[0]!,
  };
}

function joined(readings: readonly Reading[], writers: readonly string[]): WriterReading[] {
  if (readings.length !== writers.length) throw new RangeError('each reading needs a writer');
  return readings.map((reading, index) => ({ reading, writer: writers[index]! }));
}

function group(contributors: string[], of: readonly WriterReading[]): WriterGroup {
  return {
    contributors,
    writers: new Set(of.map(({ writer }) => writer)).size,
    characters: of.length,
    accuracy: accuracyOf(of.map(({ reading }) => reading)),
  };
}
