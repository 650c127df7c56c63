import { counted, percent } from '../../app/format.ts';
import { printable } from '../../app/text-layout.ts';
import type { DrawEvent } from '../../core/server/draw-event.ts';
import { expectationText } from '../../core/server/expectation.ts';
import type { DrawingNotice } from '../../core/strokes/drawing-notice.ts';
import { acceptedLine, describeDrawnText } from './draw-text.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

const NOTICES: Readonly<Record<DrawingNotice, string>> = {
  'several-characters': 'looks like several characters',
  'no-character': 'does not look like a character',
  'not-sure': 'not sure',
};

/** `style` is for results, `logStyle` for what goes to stderr; `text`: pages start in Word mode. */
export function describeDrawing(event: DrawEvent, style: Style, { logStyle = style, text = false } = {}): Shown {
  switch (event.event) {
    case 'listening': {
      const url = style.paint('bold', event.url);
      const log = 'Press Ctrl-C to stop.';
      const model = describeModel(event, style);
      if (!text) return { result: `Draw at ${url}\nRead by ${model}`, log };
      return {
        result: `Write at ${url}\nSingle characters are read by ${model}`,
        log: `${log} A line is printed when you accept it on the page.`,
      };
    }
    case 'model':
      return { result: `Read by ${describeModel(event, style)}` };
    case 'client':
      return { log: `${counted(event.clients, 'page')} connected` };
    case 'sample': {
      const who = event.client === null ? '' : `page ${event.client}: `;
      const what = event.removed ? 'label undone' : 'labeled';
      return { result: `${who}${what} ${printable(event.label)}  (${counted(event.samples, 'sample')})` };
    }
    case 'text':
      return describeDrawnText(event, logStyle);
    case 'accepted':
      return { result: `page ${event.client}: ${style.paint('bold', acceptedLine(event.text))}` };
    case 'prediction': {
      if (event.predictions.length === 0) return { result: `page ${event.client}: cleared` };
      const [best, ...others] = event.predictions.map(({ label, probability }) => `${label} ${percent(probability)}`);
      // No answer stands out if the drawing is probably not one character.
      const guesses = [event.notice ? best! : style.paint('bold', best!), ...others].join('  ');
      const adapted = event.adaptedTo ? `, adapted to ${counted(event.adaptedTo, 'sample')}` : '';
      const how = `${event.milliseconds.toFixed(1)} ms${adapted}${expectedText(event)}`;
      return { result: `page ${event.client}: ${guesses}  (${how})${noticeText(event)}` };
    }
  }
}

type PredictionEvent = Extract<DrawEvent, { event: 'prediction' }>;

/** What the page expected, unless it was any character. */
function expectedText({ characters, prior }: PredictionEvent): string {
  return characters || prior ? `, expecting ${printable(expectationText({ characters, prior }))}` : '';
}

function noticeText({ notice, noCharacter }: PredictionEvent): string {
  if (!notice) return '';
  const why = notice === 'not-sure' && noCharacter !== undefined;
  return `  ${NOTICES[notice]}${why ? `: ${percent(noCharacter)} that it is none of these` : ''}`;
}

function describeModel(
  { model, labels, split }: Extract<DrawEvent, { event: 'listening' | 'model' }>,
  style: Style,
): string {
  const training = split === null ? '' : `, trained on ${split}`;
  return `${style.paint('bold', model)} (${labels.length} classes${training})`;
}
