import { counted } from '../../app/format.ts';
import type { Lexicon } from '../../core/text/lexicon.ts';
import type { Output } from './output.ts';

/** Says how many words were read from a lexicon file if some of its lines were left out. */
export function noteLexicon(output: Output) {
  return ({ name, size, skipped }: Lexicon): void => {
    if (skipped > 0) output.note(`${name}: read ${counted(size, 'word')}; ${counted(skipped, 'line')} left out.`);
  };
}
