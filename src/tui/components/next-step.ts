import type { Theme } from '../theme/theme.ts';

/** A suggestion of what to do: `→ Next: press t to train one.` */
export function nextStep(text: string, theme: Theme): string {
  return `${theme.paint('accent', `${theme.glyphs.arrow} Next:`)} ${text}`;
}
