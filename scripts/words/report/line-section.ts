import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../../report/markdown.ts';
import { rightWords } from './alignment.ts';
import { errorRate, isRight, type Outcome, STYLES } from './outcomes.ts';
import { share } from './word-sections.ts';

/** Lines of several words. */
export function linesSection(outcomes: readonly Outcome[]): string {
  const best = ({ texts }: Outcome) => texts[0] ?? '';
  return section(
    'Lines',
    'Lines of two to eight words with punctuation, regardless of case. A word is right with the marks that belong to it.',
    table(
      ['Style', 'Lines', 'Words', 'Words right', 'Lines right', 'Character errors', 'Without lexicon'],
      STYLES.flatMap(({ title, has }) => {
        const of = outcomes.filter(has);
        if (of.length === 0) return [];
        const words = of.map((outcome) => rightWords(outcome.truth, best(outcome)));
        const total = words.reduce((sum, each) => sum + each.count, 0);
        return [
          [
            title,
            count(of.length),
            count(total),
            percent(words.reduce((sum, { right }) => sum + right, 0) / total),
            share(of, isRight),
            percent(errorRate(of, best)),
            percent(errorRate(of, ({ bare }) => bare)),
          ],
        ];
      }),
    ),
  );
}
