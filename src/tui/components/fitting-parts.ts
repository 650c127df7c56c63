import { clip, columnsOf } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';

/** As many of the parts as fit into one line, the most important first. The first is clipped if need be. */
export function fittingParts(parts: readonly string[], width: number, { glyphs }: Pick<Theme, 'glyphs'>): string {
  const join = (count: number) => parts.slice(0, count).join(` ${glyphs.separator} `);
  let count = parts.length;
  while (columnsOf(join(count)) > width && count > 1) count--;
  return clip(join(count), width, glyphs.ellipsis);
}
