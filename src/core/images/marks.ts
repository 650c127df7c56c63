import { EmnistError } from '../errors.ts';
import { type Component, labelComponents } from './connected-components.ts';
import type { InkMask } from './ink-mask.ts';
import { strokeWidth } from './ink-size.ts';

/** More separate marks than this are a pattern rather than writing. A dense page has about two thousand. */
const MAX_MARKS = 6000;
/** Marks with less area than this share of the squared stroke width are noise. */
const SPECK_AREA = 0.3;

/** Components that are large enough to be dots. `pen`: the width of strokes in pixels. */
export function marksOf(components: readonly Component[], pen: number): Component[] {
  return components.filter(({ area }) => area >= SPECK_AREA * pen ** 2);
}

/**
 * Throws an EmnistError (`picture-not-writing`) that names `source` if a picture has thousands of marks. To be called before
 * looking for printed lines, which takes longer the more marks there are.
 */
export function refusePattern({ mask, width, height }: InkMask, source: string): void {
  const { components } = labelComponents(mask, width, height);
  checkCount(marksOf(components, strokeWidth(mask, width, height)), MAX_MARKS, source);
}

/** Throws an EmnistError (`picture-not-writing`) that names `source` if there are more marks than `maximum`. */
export function checkCount(marks: readonly Component[], maximum: number, source: string): void {
  if (marks.length <= maximum) return;
  throw new EmnistError(
    'picture-not-writing',
    `${source} has more than ${maximum} separate marks, which looks like a pattern rather than writing`,
    { source, maximum },
  );
}
