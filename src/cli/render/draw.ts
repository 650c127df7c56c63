import { counted, percent } from '../../app/format.ts';
import type { DrawEvent } from '../../core/server/draw-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

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
      return { result: `page ${event.client}: ${guesses}  (${event.milliseconds.toFixed(1)} ms)` };
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
