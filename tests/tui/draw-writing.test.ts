import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/app/text-layout.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { MAX_COPIED_BYTES } from '../../src/tui/clipboard.ts';
import { INITIAL_DRAW, reduceDraw } from '../../src/tui/screens/draw/draw-state.ts';
import { acceptedText, NO_WRITING, noteWriting, type WritingState } from '../../src/tui/screens/draw/draw-writing.ts';
import { writingLines } from '../../src/tui/screens/draw/draw-writing-lines.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';
import { FAKE_READER } from '../helpers/fake-server.ts';
import { written } from './scenes/writing.ts';

const accepted = (text: string): DrawUpdate => ({ event: { event: 'accepted', client: 1, text } });
const drawn: DrawUpdate = {
  event: { event: 'prediction', client: 1, strokes: 0, predictions: [], milliseconds: 0, ...FAKE_READER },
};
const noted = (...updates: DrawUpdate[]): WritingState => updates.reduce(noteWriting, NO_WRITING);

test('follows the page from words to characters and back, and keeps what was accepted', () => {
  const line = written([['no', 0.6]], []);
  const writing = noted(line);
  expect(writing).toMatchObject({ mode: 'word', line: { reading: { text: 'no' }, milliseconds: 9.42 } });
  const left = noted(line, accepted('no'), written([], []), drawn);
  expect(left).toMatchObject({ mode: 'character', line: null, accepted: ['no'] });
  expect(noted(line, accepted('no'), drawn, written([], []), accepted('way'))).toMatchObject({
    ...{ mode: 'word', line: null, accepted: ['no', 'way'] },
  });
});

test('a line that was cleared is gone', () => {
  expect(noted(written([['no', 0.6]], []), written([], [])).line).toBeNull();
});

test('what was accepted outlives a server that is restarted; a note on copying goes with the next text', () => {
  const text = reduceDraw(INITIAL_DRAW, { event: 'update', update: accepted('no') });
  const copied = reduceDraw(text, { event: 'copied', result: 'sent', characters: 2 });
  expect(copied.writing.copied).toEqual({ result: 'sent', characters: 2 });
  const restarted = reduceDraw(reduceDraw(copied, { event: 'mode', mode: 'word' }), { event: 'restart' });
  expect(restarted.writing).toMatchObject({ mode: 'word', accepted: ['no'] });
  expect(reduceDraw(copied, { event: 'update', update: accepted('way') }).writing.copied).toBeNull();
});

test('text that was cleared is gone, and the line that is being written is not', () => {
  const state = reduceDraw(
    { ...INITIAL_DRAW, writing: noted(accepted('no'), written([['way', 0.6]], [])) },
    { event: 'cleared' },
  );
  expect(state.writing).toMatchObject({ accepted: [], copied: null, line: { reading: { text: 'way' } } });
});

test('of very many texts, as many are kept as can be copied at once', () => {
  const part = 'ü'.repeat(500);
  const many = Array.from({ length: 100 }, (_, index) => accepted(`${index}${part}`));
  const text = acceptedText(noted(...many));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_COPIED_BYTES);
  expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_COPIED_BYTES - 1010);
  expect(text.endsWith(`99${part}`)).toBe(true);
});

describe('lines', () => {
  const theme = createTheme({ colors: 'none', background: 'dark', unicode: true });
  const states: Record<string, WritingState> = {
    nothing: noted(written([], [])),
    word: noted(written([['word', 0.9]], [])),
    'no character': noted(written([], []), { ...written([], []), line: [[[0, 0]]] }),
    'long line': noted(
      accepted('many words '.repeat(300)),
      written(
        ['a', 'b', 'c', 'd', 'e'].map((end) => [`the longest words of all lines ${end}`.repeat(4), 0.2]),
        [],
      ),
    ),
    copied: { ...noted(accepted('x'), written([['word', 0.9]], [])), copied: { result: 'sent', characters: 1 } },
  };

  test.each(Object.keys(states))('fit in any size: %s', (name) => {
    for (const [width, height] of [
      [58, 14],
      [78, 16],
      [98, 24],
      [198, 53],
    ] as const) {
      const lines = writingLines(states[name]!, { width, height }, 'If it does not arrive, copy it elsewhere.', theme);
      expect(lines.length, `${width}x${height}`).toBeLessThanOrEqual(height);
      expect(Math.max(...lines.map(columnsOf)), `${width}x${height}`).toBeLessThanOrEqual(width);
    }
  });

  test('of a long text the end is shown, and of a long line how its end was cut', () => {
    const text = writingLines(states['long line']!, { width: 58, height: 14 }, '', theme).join('\n');
    expect(text).toMatch(/^many words/);
    expect(text).toMatch(/Character( {2,}[a-z])+ {2,}a\n.*\n.*$/);
  });

  test('what a terminal would obey is not printed', () => {
    const state = noted(accepted('a\u001b[2Jb'), written([['\u001b]0;title\u0007', 0.9]], []));
    expect(writingLines(state, { width: 78, height: 16 }, '', theme).join('')).not.toMatch(/\p{Cc}/u);
  });
});
