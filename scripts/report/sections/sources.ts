import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../markdown.ts';
import { accuracyOf } from '../readings.ts';
import { SELECTIONS, type SourceReadings } from '../sources.ts';

/** Accuracy of `predict` by where characters come from. */
export function sourcesSection(sources: readonly SourceReadings[]): string {
  const { of } = sources[0]!;
  const simulated = sources.filter((source) => source.simulated !== null);
  return section(
    'By source',
    'Accuracy of `predict`, which takes all characters for equally likely, among all classes, of digits among digits, and of letters among letters.',
    table(
      [
        'Source',
        'Characters',
        `All, ${of.all.classes} classes`,
        `Digits, ${of.digits.classes} classes`,
        `Letters, ${of.letters.classes} classes`,
      ],
      sources.map((source) => [
        source.title,
        count(source.of.all.readings.length),
        ...SELECTIONS.map((selection) => percent(accuracyOf(source.of[selection].readings), 2)),
      ]),
    ),
    'There are no recordings of mice and fingers to measure on. The last rows are simulations: the drawings of the row of the pen, changed with fixed random numbers. They show how much of such changes the model bears, not how well it reads what people draw with these devices; training changes drawings in similar ways, with other sizes. Sizes are relative to the longer side of the drawing.',
    simulated.map(({ title, simulated: description }) => `- ${title}: ${description}.`).join('\n'),
  );
}
