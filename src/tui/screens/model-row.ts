import { day, percent } from '../../app/format.ts';
import type { ModelStatus } from '../../app/services.ts';
import { alignLeft, alignRight, clip, printable } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';

/** For models from other programs, and from versions that kept a different record. */
export const NO_RECORD = 'no training record';

/** The heading of a list of `modelRow`s. */
export function modelHeading(width: number): string {
  const columns = `${alignLeft('Split', 9)} ${alignRight('Validation', 10)}  ${alignLeft('Date', 10)}`;
  return clip(`${alignLeft('Name', 22)} ${columns}  Note`, width, '');
}

export function modelRow(model: ModelStatus, width: number, { glyphs }: Theme): string {
  const name = alignLeft(printable(model.name), 22, glyphs.ellipsis);
  const { split, validationAccuracy, date } = model.training ?? { split: '-', validationAccuracy: null, date: '-' };
  const accuracy = validationAccuracy === null ? '-' : percent(validationAccuracy);
  const columns = `${alignLeft(split, 9)} ${alignRight(accuracy, 10)}  ${alignLeft(day(date), 10)}`;
  return clip(`${name} ${columns}  ${note(model)}`.trimEnd(), width, glyphs.ellipsis);
}

function note({ shipped, training, resumable }: ModelStatus): string {
  if (shipped) return 'built-in';
  if (!training) return 'no record';
  return resumable ? 'resumable' : '';
}
