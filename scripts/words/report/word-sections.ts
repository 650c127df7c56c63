import { count, percent } from '../../../src/app/format.ts';
import { code, section, table } from '../../report/markdown.ts';
import { shareOf } from '../../report/statistics.ts';
import { errorRate } from '../errors.ts';
import { STYLES } from '../styles.ts';
import { substitutions } from './alignment.ts';
import { bareOf, isAmongFive, isExact, isRight, type Outcome } from './outcomes.ts';

/** A share of some outcomes as text; a dash if there are none. */
export function share(outcomes: readonly Outcome[], is: (outcome: Outcome) => boolean): string {
  return outcomes.length === 0 ? '-' : percent(shareOf(outcomes, is));
}

/** Words by how they are written. */
export function stylesSection(outcomes: readonly Outcome[]): string {
  const groups = STYLES.map(({ title, has }) => ({ title, of: outcomes.filter(has) }));
  return section(
    'Words by style',
    'The share of words read right with the English lexicon, regardless of case, and the share of words among the first five candidates; then the same for the words that are in the lexicon.',
    table(
      ['Style', 'Words', 'Right', 'Top 5', 'In the lexicon', 'Right', 'Top 5'],
      groups.map(({ title, of }) => {
        const known = of.filter(({ isKnown }) => isKnown);
        return [
          title,
          count(of.length),
          share(of, isRight),
          share(of, isAmongFive),
          count(known.length),
          share(known, isRight),
          share(known, isAmongFive),
        ];
      }),
    ),
    'The same words, divided into those that other writers wrote in the training part (seen) and the rest; the share of words read right including case, where the truth is what writers were asked for, not always what they wrote; and errors for each character when words are read letter by letter, without a lexicon.',
    table(
      ['Style', 'Seen', 'Right', 'Not seen', 'Right', 'Right with case', 'Character errors without lexicon'],
      groups.map(({ title, of }) => {
        const seen = of.filter(({ isSeen }) => isSeen);
        const others = of.filter(({ isSeen }) => !isSeen);
        return [
          title,
          count(seen.length),
          share(seen, isRight),
          count(others.length),
          share(others, isRight),
          share(of, isExact),
          of.length === 0 ? '-' : percent(errorRate(of.map(bareOf))),
        ];
      }),
    ),
  );
}

const LENGTHS: readonly (readonly [least: number, most: number])[] = [
  [1, 2],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 6],
  [7, 7],
  [8, 9],
  [10, 12],
  [13, Number.POSITIVE_INFINITY],
];

/** Words by the number of their characters. */
export function lengthsSection(outcomes: readonly Outcome[]): string {
  const rows = LENGTHS.flatMap(([least, most]) => {
    const of = outcomes.filter(({ truth }) => truth.length >= least && truth.length <= most);
    if (of.length === 0) return [];
    const title =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} and more` : `${least} to ${most}`;
    const printed = of.filter(({ inkStyle }) => inkStyle === 'printed');
    const joined = of.filter(({ inkStyle }) => inkStyle !== 'printed');
    return [
      [
        title,
        count(of.length),
        share(of, isRight),
        share(of, isAmongFive),
        share(printed, isRight),
        share(joined, isRight),
        percent(errorRate(of.map(bareOf))),
      ],
    ];
  });
  return section(
    'Words by length',
    table(
      ['Characters', 'Words', 'Right', 'Top 5', 'Printed, right', 'Joined, right', 'Character errors without lexicon'],
      rows,
    ),
  );
}

/** The confusions shown. */
const CONFUSIONS = 20;

/** Characters that are taken for others when words are read letter by letter. */
export function confusionsSection(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, { truth: string; read: string; count: number }>();
  const occurrences = new Map<string, number>();
  for (const { truth, bare: read } of outcomes) {
    for (const character of truth.toLowerCase()) occurrences.set(character, (occurrences.get(character) ?? 0) + 1);
    for (const each of substitutions(truth.toLowerCase(), read.toLowerCase())) {
      const key = `${each.truth}>${each.read}`;
      const known = counts.get(key) ?? { ...each, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count);
  const total = sorted.reduce((sum, each) => sum + each.count, 0);
  const name = (text: string) => (text === ' ' ? 'space' : code(text));
  return section(
    'What is confused',
    `The most frequent of ${count(total)} errors when words are read letter by letter, regardless of case. The errors are found by aligning what was read with the truth.`,
    table(
      ['Written', 'Read', 'Times', 'Of all that were written'],
      sorted
        .slice(0, CONFUSIONS)
        .map((each) => [
          each.truth === '' ? 'nothing' : name(each.truth),
          each.read === '' ? 'nothing' : name(each.read),
          count(each.count),
          each.truth === '' ? '-' : percent(each.count / occurrences.get(each.truth)!),
        ]),
    ),
  );
}
