import { day, percent } from '../format.ts';
import type { ModelStatus } from '../services.ts';
import { alignLeft, alignRight, clip, printable } from '../text.ts';
import type { Theme } from '../theme.ts';

/** The headings over lines of `modelLine`. */
export function modelHeading(width: number): string {
  return clip(
    `${alignLeft('Name', 22)} ${alignLeft('Split', 9)} ${alignRight('Validation', 10)}  ${alignLeft('Date', 10)}  Note`,
    width,
  );
}

/** A model on a line. */
export function modelLine(model: ModelStatus, width: number, { glyphs }: Theme): string {
  const accuracy = model.validationAccuracy === null ? 'not known' : percent(model.validationAccuracy);
  const note = model.shipped ? 'came with the program' : model.resumable ? 'can go on' : '';
  const text = `${alignLeft(printable(model.name), 22, glyphs.ellipsis)} ${alignLeft(model.split, 9)} ${alignRight(accuracy, 10)}  ${day(model.date)}  ${note}`;
  return clip(text, width, glyphs.ellipsis);
}
