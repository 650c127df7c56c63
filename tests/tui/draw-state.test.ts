import { expect, test } from 'vitest';
import { type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import type { DrawEvent } from '../../src/core/server/draw-event.ts';
import {
  answerNote,
  type DrawState,
  INITIAL_DRAW,
  mergedClassNote,
  readerText,
  reduceDraw,
} from '../../src/tui/screens/draw-state.ts';

const after = (...events: DrawEvent[]): DrawState =>
  events.reduce((state, event) => reduceDraw(state, { event: 'update', update: { event } }), INITIAL_DRAW);

const reader = (model: string, split: Split) => ({ model, labels: [...splitLabels(split)] });
const listening = (model: string, split: Split): DrawEvent => ({
  ...{ event: 'listening', url: 'http://127.0.0.1:4321/', split },
  ...reader(model, split),
});
const prediction = (model: string, split: Split, label: string): DrawEvent => ({
  ...{ event: 'prediction', client: 1, strokes: 1, milliseconds: 3 },
  ...reader(model, split),
  predictions: [{ label, probability: 0.9 }],
});

test('a note names the other case only where the labels of the model have one class for the two', () => {
  expect(mergedClassNote('C', splitLabels('balanced'))).toMatch(/^C also stands for c/);
  expect(mergedClassNote('A', splitLabels('letters'))).toMatch(/^A also stands for a/);
  expect(mergedClassNote('A', splitLabels('balanced'))).toBeNull();
  expect(mergedClassNote('a', splitLabels('balanced'))).toBeNull();
  expect(mergedClassNote('C', splitLabels('byclass'))).toBeNull();
  expect(mergedClassNote('7', splitLabels('digits'))).toBeNull();
  // Labels of no split: an imported model.
  expect(mergedClassNote('c', ['a', 'b', 'c', 'A', 'B'])).toMatch(/^c also stands for C/);
  expect(mergedClassNote('a', ['a', 'b', 'c', 'A', 'B'])).toBeNull();
});

test('what is said about an answer follows from the model that gave it, not from the one at the start', () => {
  expect(answerNote(after(listening('m', 'balanced'), prediction('m', 'balanced', 'C')))).toMatch(
    /C also stands for c/,
  );
  const state = after(listening('m', 'balanced'), prediction('other', 'byclass', 'C'));
  expect(answerNote(state)).toBe('');
  expect(state.reader).toEqual({ ...reader('other', 'byclass'), split: null });
  expect(readerText(state.reader!)).toBe('62 classes, no training record');
});

test('the answer of the previous model does not stand under the name of another', () => {
  const change: DrawEvent = { event: 'model', ...reader('mine', 'digits'), split: 'digits' };
  const state = after(listening('m', 'byclass'), prediction('m', 'byclass', 'R'), change);
  expect(state).toMatchObject({ predictions: [], milliseconds: null, reader: { model: 'mine', split: 'digits' } });
  expect(readerText(state.reader!)).toBe('10 classes, trained on digits');
});

test.each([
  ['several-characters', /two characters/],
  ['no-character', /no character/],
] as const)('says in words: %s', (notice, words) => {
  const event = { ...prediction('m', 'balanced', 'C'), notice } as DrawEvent;
  expect(answerNote(after(listening('m', 'balanced'), event))).toMatch(words);
  expect(answerNote(after(listening('m', 'balanced'), event, prediction('m', 'balanced', 'A')))).toBe('');
});

test('a label of a data set of one’s own stands for itself', () => {
  const read = (split: string) => ({
    ...INITIAL_DRAW,
    predictions: [{ label: 'C', probability: 1 }],
    reader: { model: 'mine', labels: ['A', 'B', 'C'], split },
  });
  expect(answerNote(read('letters'))).toMatch(/^C also stands for c/);
  expect(answerNote(read('signs'))).toBe('');
});
