import { counted, percent } from '../../app/format.ts';
import type { DrawEvent } from '../../core/server/draw-event.ts';
import type { DrawingNotice } from '../../core/strokes/drawing-notice.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

const NOTICES: Readonly<Record<DrawingNotice, string>> = {
  'several-characters': 'looks like several characters',
  'no-character': 'does not look like a character',
  'not-sure': 'not sure that it is a character',
};

export function describeDrawing(event: DrawEvent, style: Style): Shown {
  switch (event.event) {
    case 'listening':
      return {
        result: `Draw at ${style.paint('bold', event.url)}\n${describeModel(event, style)}`,
        log: 'Press Ctrl-C to stop.',
      };
    case 'model':
      return { result: describeModel(event, style) };
    case 'client':
      return { log: `${counted(event.clients, 'page')} connected` };
    case 'prediction': {
      if (event.predictions.length === 0) return { result: `page ${event.client}: cleared` };
      const [best, ...others] = event.predictions.map(({ label, probability }) => `${label} ${percent(probability)}`);
      const guesses = [style.paint('bold', best!), ...others].join('  ');
      const notice = event.notice === undefined ? '' : `  ${NOTICES[event.notice]}`;
      return { result: `page ${event.client}: ${guesses}  (${event.milliseconds.toFixed(1)} ms)${notice}` };
    }
  }
}

function describeModel(
  { model, labels, split }: Extract<DrawEvent, { event: 'listening' | 'model' }>,
  style: Style,
): string {
  const training = split === null ? '' : `, trained on ${split}`;
  return `Read by ${style.paint('bold', model)} (${labels.length} classes${training})`;
}
