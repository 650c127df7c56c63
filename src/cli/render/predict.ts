import type { PredictEvent } from '../../app/events.ts';
import { percent } from '../../app/format.ts';
import { NOT_SURE } from '../../core/prediction.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

/**
 * `word.png 0  A 97.1%  R 1.2%`; if it is probably not one character, `word.png 0  not sure (A 1.1%  R 0.2%)`, so that
 * neither people nor scripts mistake a guess for an answer.
 */
export function describePrediction({ source, index, predictions, noCharacter = 0 }: PredictEvent, style: Style): Shown {
  const guesses = predictions.map(({ label, probability }) => `${label} ${percent(probability)}`);
  const [best, ...others] = guesses;
  if (noCharacter >= NOT_SURE) {
    const notSure = style.paint('bold', 'not sure');
    return { result: `${source} ${index}  ${notSure} (${guesses.join('  ')})` };
  }
  const shown = best === undefined ? ['nothing'] : [style.paint('bold', best), ...others];
  return { result: [`${source} ${index}`, ...shown].join('  ') };
}
