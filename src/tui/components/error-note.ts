import { hintFor } from '../../app/hints.ts';
import { printable } from '../../app/text-layout.ts';
import type { EmnistError } from '../../core/errors.ts';
import { APP_HINTS } from '../hints.ts';
import type { Theme } from '../theme/theme.ts';

/** Why what is in a form cannot be used, and what to do about it, in one line: `invalid model name "a b": use …`. */
export function errorNote(error: EmnistError, theme: Theme): string {
  return theme.paint('warning', `${printable(error.message)}: ${hintFor(APP_HINTS, error)}.`);
}
