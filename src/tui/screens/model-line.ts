import type { ModelStatus } from '../../app/services.ts';
import { day, percent } from '../format.ts';
import { alignLeft, alignRight, clip, printable } from '../text.ts';
import type { Theme } from '../theme.ts';

/** What is said of a model that another program made, or a version that kept other records. */
export const NO_RECORD = 'no training record';

/** The headings over lines of `modelLine`. */
export function modelHeading(width: number): string {
  return clip(
    `${alignLeft('Name', 22)} ${alignLeft('Split', 9)} ${alignRight('Validation', 10)}  ${alignLeft('Date', 10)}  Note`,
    width,
  );
}

/** A model on a line. */
export function modelLine(model: ModelStatus, width: number, { glyphs }: Theme): string {
  const name = alignLeft(printable(model.name), 22, glyphs.ellipsis);
  const { split, validationAccuracy, date } = model.training ?? { split: '-', validationAccuracy: null, date: '-' };
  const accuracy = validationAccuracy === null ? '-' : percent(validationAccuracy);
  const columns = `${alignLeft(split, 9)} ${alignRight(accuracy, 10)}  ${alignLeft(day(date), 10)}`;
  return clip(`${name} ${columns}  ${note(model)}`, width, glyphs.ellipsis);
}

function note({ shipped, training, resumable }: ModelStatus): string {
  if (shipped) return 'came with the program';
  if (!training) return NO_RECORD;
  return resumable ? 'can go on' : '';
}
