import type { DatasetStatus } from '../../core/dataset/dataset-store.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { count } from '../format.ts';
import { alignLeft, alignRight } from '../text.ts';
import type { Theme } from '../theme.ts';
import type { Choice } from './fetch-state.ts';

const DESCRIPTIONS: Record<Choice, string> = {
  balanced: 'digits and letters, equally often',
  byclass: 'digits and letters, as people write',
  bymerge: 'the same, look-alikes merged',
  letters: 'letters, both cases as one',
  digits: 'digits only',
  mnist: 'digits, cut like MNIST',
  all: 'all six',
};

/** What can be fetched, on a line: whether it is chosen, its classes, what of it is there. */
export function choiceLine(choice: Choice, dataset: DatasetStatus | undefined, chosen: boolean, theme: Theme): string {
  const { glyphs } = theme;
  const mark = alignLeft(chosen ? glyphs.chosen : glyphs.unchosen, glyphs.chosen.length);
  const classes = choice === 'all' ? '' : `${splitLabels(choice).length} classes`;
  const present =
    dataset && dataset.trainImages !== null && dataset.testImages !== null
      ? `${glyphs.present} ${count(dataset.trainImages)} + ${count(dataset.testImages)}`
      : choice === 'all'
        ? ''
        : `${glyphs.absent} not there`;
  return `${mark} ${alignLeft(choice, 9)}${alignRight(classes, 10)}  ${alignLeft(present, 20)} ${DESCRIPTIONS[choice]}`;
}
