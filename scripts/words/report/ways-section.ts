import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../../report/markdown.ts';
import { errorRate } from '../errors.ts';
import { STYLES } from '../styles.ts';
import { bareOf, isAmongFive, isRight, type Outcome } from './outcomes.ts';
import { share } from './word-sections.ts';

/** How both ways read the same words. */
export interface BothWays {
  readonly title: string;
  readonly network: readonly Outcome[];
  readonly segments: readonly Outcome[];
}

/** The words of each style, and the stitched ones. */
export function byStyle(network: readonly Outcome[], segments: readonly Outcome[]): BothWays[] {
  return STYLES.map(({ title, has }) => ({ title, network: network.filter(has), segments: segments.filter(has) }));
}

/** The word network beside segment-and-decode. */
export function waysSection(sets: readonly BothWays[], stitchedCount: number): string {
  return section(
    'Both ways',
    'The word network, which reads a line as a whole, compared with segment-and-decode, which cuts strokes at pen lifts and low points, has the shipped character network score groups of pieces, and searches the groups for words. Both use the same lexicon and read anything outside it letter by letter. Segment-and-decode is not part of the program.',
    `The last row is for ${count(stitchedCount)} words stitched from single small letters and chosen at random by their frequency.`,
    table(
      [
        'Words',
        'Count',
        'Network: right',
        'Top 5',
        'Character errors without lexicon',
        'Segment-and-decode: right',
        'Top 5',
        'Character errors without lexicon',
      ],
      sets.map(({ title, network, segments }) => [
        title,
        count(network.length),
        ...[network, segments].flatMap((of) => [
          share(of, isRight),
          share(of, isAmongFive),
          of.length === 0 ? '-' : percent(errorRate(of.map(bareOf))),
        ]),
      ]),
    ),
  );
}
