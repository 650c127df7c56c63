import { percent } from '../../app/format.ts';
import { segmentationLines } from '../../app/segmentation-lines.ts';
import { printable } from '../../app/text-layout.ts';
import type { DrawEvent } from '../../core/server/draw-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type TextEvent = Extract<DrawEvent, { event: 'text' }>;

/** A line as it is being written: what it may say, and how it was cut into characters. It is replaced until it is accepted. */
export function describeDrawnText({ client, strokes, candidates, characters, words }: TextEvent, style: Style): Shown {
  if (strokes === 0) return { live: '' };
  const [best, ...others] = candidates.map(({ text, probability }) => `${printable(text)} ${percent(probability)}`);
  const guesses = best === undefined ? 'no character found' : [style.paint('bold', best), ...others].join('  ');
  const cut = segmentationLines({ characters, words }, style.columns - 3, {
    heading: (text) => style.paint('gray', text),
    character: (text) => style.paint('bold', text),
    unsure: (text) => style.paint('yellow', text),
  });
  return { live: [`page ${client}: ${guesses}`, ...cut.map((line) => `  ${line}`)].join('\n') };
}

/** Accepted text as a line. Anything that a terminal or another program would take for more than text becomes a space. */
export function acceptedLine(text: string): string {
  return printable(text).trim();
}
