import { expect, test } from 'vitest';
import { describeDrawing } from '../../../src/cli/render/draw.ts';
import type { Style } from '../../../src/cli/render/style.ts';
import type { DrawEvent } from '../../../src/core/server/draw-event.ts';

/** Shows what is bold as in Markdown. */
const style: Style = { columns: 80, isTerminal: true, unicode: true, bar: () => '', paint: (_, text) => `**${text}**` };

function line(fields: object): string | undefined {
  const event = {
    ...{ event: 'prediction', client: 1, strokes: 1, milliseconds: 2.12, model: 'm', labels: ['7', '1'] },
    predictions: [
      { label: '7', probability: 0.21 },
      { label: '1', probability: 0.05 },
    ],
    ...fields,
  } as DrawEvent;
  return describeDrawing(event, style).result;
}

test('the best answer stands out, unless the drawing is probably not one character', () => {
  expect(line({})).toBe('page 1: **7 21.0%**  1 5.0%  (2.1 ms)');
  expect(line({ notice: 'several-characters' })).toBe(
    'page 1: 7 21.0%  1 5.0%  (2.1 ms)  looks like several characters',
  );
  expect(line({ notice: 'not-sure', noCharacter: 0.712 })).toBe(
    'page 1: 7 21.0%  1 5.0%  (2.1 ms)  not sure: 71.2% that it is none of these',
  );
});

test('what the page expected is printed, without what a terminal would obey', () => {
  expect(line({ characters: 'digits' })).toBe('page 1: **7 21.0%**  1 5.0%  (2.1 ms, expecting digits)');
  expect(line({ characters: '7\u202e1', prior: 'forms' })).toContain('expecting only 7 1, as on forms)');
});

test('the number of samples that a reading was adapted to is printed', () => {
  expect(line({ adaptedTo: 1 })).toBe('page 1: **7 21.0%**  1 5.0%  (2.1 ms, adapted to 1 sample)');
  expect(line({ adaptedTo: 12, characters: 'digits' })).toContain('(2.1 ms, adapted to 12 samples, expecting digits)');
});
