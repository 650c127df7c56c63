import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../markdown.ts';
import { MIN_CHARACTERS, type WriterGroup, type WriterSpread } from '../writers.ts';

/** Accuracy on UNIPEN by who collected the characters, and how it differs between writers. */
export function writersSection(groups: readonly WriterGroup[], spread: WriterSpread | null): string {
  return section(
    'By writer',
    "UNIPEN's test part, read by `predict` among all classes, by UNIPEN's contributors: each collected the characters of its own writers on its own device. The last row is those with few characters together.",
    table(
      ['Contributor', 'Writers', 'Characters', 'Accuracy'],
      groups.map(({ contributors, writers, characters, accuracy }) => [
        contributors.map((name) => `\`${name}\``).join(', '),
        count(writers),
        count(characters),
        percent(accuracy, 2),
      ]),
    ),
    spread &&
      `Of the ${count(spread.writers)} writers with at least ${MIN_CHARACTERS} characters, the median has ${percent(spread.median)}, the tenth percentile is ${percent(spread.tenthPercentile)}, and the worst has ${percent(spread.worst.accuracy)} of ${count(spread.worst.characters)} characters.`,
  );
}
