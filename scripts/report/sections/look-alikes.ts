import { count, percent } from '../../../src/app/format.ts';
import { countLookAlikes, LOOK_ALIKES, labelsInGroup } from '../look-alikes.ts';
import { code, section, table } from '../markdown.ts';
import type { SourceReadings } from '../sources.ts';

/** How much of what is wrong nobody could tell without context either. */
export function lookAlikesSection(sources: readonly SourceReadings[], labels: readonly string[]): string {
  const counts = sources.map(({ title, of }) => ({ title, ...countLookAlikes(of.all.readings, labels) }));
  return section(
    'What people confuse too',
    `These characters have the same shape in many hands, and only the word or the field around them tells which is meant: ${LOOK_ALIKES.map((group) => [...group].map(code).join(' ')).join('; ')}. "As one" counts an answer as right that looks like the true character; a merged class belongs to its group with both cases. So the difference is the most that the model could gain from context; the other mistakes are its own.`,
    table(
      ['Source', 'Characters', 'Accuracy', 'Look-alikes as one', 'Share of the mistakes'],
      counts.map(({ title, characters, accuracy, accuracyAsOne, shareOfMistakes }) => [
        title,
        count(characters),
        percent(accuracy, 2),
        percent(accuracyAsOne, 2),
        percent(shareOfMistakes, 0),
      ]),
    ),
    `Mistakes within each group, by its classes:`,
    table(
      ['Source', ...LOOK_ALIKES.map((_, group) => labelsInGroup(group, labels).map(code).join(' '))],
      counts.map(({ title, mistakes }) => [title, ...mistakes.map(count)]),
    ),
  );
}
