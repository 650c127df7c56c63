import { alignLeft, alignRight, bar } from '../../app/text-layout.ts';
import type { Style, Theme } from '../theme/theme.ts';

const LABEL_WIDTH = 10;
const COUNT_WIDTH = 11;
const NOTE_WIDTH = 26;

export interface Bar {
  readonly label: string;
  /** `298/595` */
  readonly done: string;
  /** 0 to 1. */
  readonly share: number;
  readonly style: Style;
  /** Shown to the right of the bar. */
  readonly note: string;
}

/** The progress of something, in one line: what, how much, a bar, and a note. */
export function barLine({ label, done, share, style, note }: Bar, width: number, theme: Theme): string {
  const barWidth = Math.max(8, width - LABEL_WIDTH - COUNT_WIDTH - 2 - NOTE_WIDTH);
  const bars = theme.paint(style, bar(share, barWidth, theme.glyphs.bar));
  return `${alignLeft(label, LABEL_WIDTH)}${alignRight(done, COUNT_WIDTH)} ${bars} ${note}`;
}
