import { counted } from '../../app/format.ts';
import type { Lexicon } from '../../core/text/lexicon.ts';
import type { Output } from './output.ts';

/** Says what a lexicon file has if some of its lines are not words. */
export function noteLexicon(output: Output) {
  return ({ name, size, skipped }: Lexicon): void => {
    if (skipped > 0) output.note(`${name}: read ${counted(size, 'word')}; ${counted(skipped, 'line')} left out.`);
  };
}
