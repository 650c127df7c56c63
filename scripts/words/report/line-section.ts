import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../../report/markdown.ts';
import { errorRate } from '../errors.ts';
import { STYLES } from '../styles.ts';
import { rightWords } from './alignment.ts';
import { bareOf, bestOf, isRight, type Outcome } from './outcomes.ts';
import { share } from './word-sections.ts';

/** Lines of several words. */
export function linesSection(outcomes: readonly Outcome[]): string {
  return section(
    'Lines',
    'Lines of two to eight words with punctuation, regardless of case. A word is right only if the marks that belong to it are.',
    table(
      ['Style', 'Lines', 'Words', 'Words right', 'Lines right', 'Character errors', 'Without lexicon'],
      STYLES.flatMap(({ title, has }) => {
        const of = outcomes.filter(has);
        if (of.length === 0) return [];
        const words = of.map((outcome) => rightWords(outcome.truth, bestOf(outcome).read));
        const total = words.reduce((sum, each) => sum + each.count, 0);
        return [
          [
            title,
            count(of.length),
            count(total),
            percent(words.reduce((sum, { right }) => sum + right, 0) / total),
            share(of, isRight),
            percent(errorRate(of.map(bestOf))),
            percent(errorRate(of.map(bareOf))),
          ],
        ];
      }),
    ),
  );
}
