import { hash32, shuffledIndices } from '../../src/core/random.ts';
import type { Written } from './pen-data.ts';

/** The most lines on a page. */
const MOST_LINES = 4;

/** Pages of one to four lines, each by one writer, chosen by the seed. Fewer than `count` if there are not enough lines. */
export function pagesOf(lines: readonly Written[], count: number, seed: number): Written[][] {
  const byWriter = [...Map.groupBy(lines, ({ writer }) => writer).values()].map((own) => [
    ...Array.from(shuffledIndices(own.length, seed), (index) => own[index]!),
  ]);
  const pages: Written[][] = [];
  while (pages.length < count && byWriter.some((own) => own.length > 0)) {
    for (const index of shuffledIndices(byWriter.length, hash32(seed, pages.length))) {
      const own = byWriter[index]!;
      if (own.length === 0 || pages.length === count) continue;
      pages.push(own.splice(0, 1 + (hash32(seed, pages.length, 2) % MOST_LINES)));
    }
  }
  return pages;
}
