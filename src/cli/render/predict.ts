import type { PredictEvent } from '../../app/events.ts';
import { percent } from '../../app/format.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

/** `word.png 0  A 97.1%  R 1.2%` */
export function describePrediction({ source, index, predictions }: PredictEvent, style: Style): Shown {
  const [best, ...others] = predictions.map(({ label, probability }) => `${label} ${percent(probability)}`);
  const guesses = best === undefined ? ['nothing'] : [style.paint('bold', best), ...others];
  return { result: [`${source} ${index}`, ...guesses].join('  ') };
}
