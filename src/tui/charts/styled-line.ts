import type { Style } from '../theme/theme.ts';

/** Text in one style. */
export interface Segment {
  readonly text: string;
  readonly style?: Style;
}
/** One line of a chart. */
export type StyledLine = readonly Segment[];
