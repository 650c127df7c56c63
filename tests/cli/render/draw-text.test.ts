import { expect, test } from 'vitest';
import { describeDrawing } from '../../../src/cli/render/draw.ts';
import type { Style } from '../../../src/cli/render/style.ts';
import type { DrawEvent } from '../../../src/core/server/draw-event.ts';

/** Shows what is painted as in Markdown. */
const style: Style = { columns: 60, isTerminal: true, unicode: true, bar: () => '', paint: (_, text) => `*${text}*` };
const plain: Style = { ...style, paint: (_, text) => text };

const characters = [
  { label: 'n', probability: 0.974, strokes: [0, 1] },
  { label: 'o', probability: 0.31, strokes: [2] },
];
const text: DrawEvent = {
  ...{ event: 'text', client: 2, strokes: 3, text: 'no', characters, milliseconds: 8.2, model: 'words' },
  candidates: [
    { text: 'no', probability: 0.714 },
    { text: 'na', probability: 0.2 },
  ],
  words: [{ text: 'no', candidates: [{ text: 'no', probability: 0.714 }], strokes: [0, 1, 2] }],
};

test('a line that is being written is live: its candidates, and how it was cut, legible without color', () => {
  expect(describeDrawing(text, style, { logStyle: plain })).toEqual({
    live: [
      'page 2: no 71.4%  na 20.0%',
      '  Character    n    o',
      '  Sure (%)    97  31?',
      '  Strokes    1-2    3',
    ].join('\n'),
  });
});

test('a line that was cleared leaves nothing; one without characters says so', () => {
  const nothing = { ...text, text: '', candidates: [], characters: [], words: [] };
  expect(describeDrawing({ ...nothing, strokes: 0 }, style)).toEqual({ live: '' });
  expect(describeDrawing({ ...nothing, strokes: 1 }, style)).toEqual({ live: 'page 2: no character found' });
});

test('accepted text is final, one line, and nothing that a terminal would obey', () => {
  const accepted = (text: string) => describeDrawing({ event: 'accepted', client: 2, text }, plain);
  expect(accepted('no way')).toEqual({ result: 'page 2: no way' });
  expect(accepted('first\nsecond\u001b[2J\u202e')).toEqual({ result: 'page 2: first second' });
});
