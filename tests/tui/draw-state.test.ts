import { expect, test } from 'vitest';
import { type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import type { DrawEvent } from '../../src/core/server/draw-event.ts';
import type { Expectation } from '../../src/core/server/expectation.ts';
import { nextExpectation } from '../../src/tui/screens/draw/draw-expected.ts';
import { type DrawState, INITIAL_DRAW, reduceDraw } from '../../src/tui/screens/draw/draw-state.ts';
import { answerNote, expectedText, mergedClassNote, readerText } from '../../src/tui/screens/draw/draw-texts.ts';

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

test('says how sure the model is that it is not one character', () => {
  const event = { ...prediction('m', 'balanced', 'C'), notice: 'not-sure' } as DrawEvent;
  expect(answerNote(after(event))).toBe('Not sure: this may be none of these characters.');
  const rejected = after({ ...event, noCharacter: 0.712 } as DrawEvent);
  expect(answerNote(rejected)).toBe('Not sure: this may be none of these characters (71.2%).');
  expect(after({ ...event, noCharacter: 0.712 } as DrawEvent, prediction('m', 'balanced', 'C')).noCharacter).toBeNull();
});

test('says what pages expect, and what the user of a page has chosen instead', () => {
  const read = (fields: object) => ({ ...prediction('m', 'balanced', '7'), ...fields }) as DrawEvent;
  const told = (expected: Expectation, ...events: DrawEvent[]) =>
    events.reduce(
      (state, event) => reduceDraw(state, { event: 'update', update: { event } }),
      reduceDraw(after(listening('m', 'balanced')), { event: 'expect', expected }),
    );
  expect(expectedText(told({}))).toBe('');
  expect(expectedText(told({}, read({})))).toBe('');
  expect(expectedText(told({ characters: 'digits' }))).toBe('expecting digits');
  expect(expectedText(told({ characters: 'digits' }, read({ characters: 'digits' })))).toBe('expecting digits');
  expect(expectedText(told({}, read({ characters: '7Y', prior: 'forms' })))).toBe(
    'expecting only 7Y, as on forms, chosen on the page',
  );
  expect(expectedText(told({ characters: 'digits' }, read({})))).toBe('expecting any character, chosen on the page');
  // A page that has been cleared expects what it did.
  expect(expectedText(told({ characters: 'digits' }, read({}), read({ strokes: 0, predictions: [] })))).toMatch(
    /chosen/,
  );
  // Of a model that cannot answer it, any character is expected, which nobody has chosen.
  const change: DrawEvent = { event: 'model', ...reader('mine', 'digits'), split: 'digits' };
  const letters = { characters: 'letters' };
  const other = { ...prediction('mine', 'digits', '7') } as DrawEvent;
  expect(expectedText(told(letters, change, other))).toBe(
    'expecting any character, since the model has no class for letters',
  );
  const shapes = { model: 'shapes', labels: ['arrow', 'circle'] };
  const shape = { ...other, ...shapes, predictions: [{ label: 'arrow', probability: 0.9 }] } as DrawEvent;
  expect(expectedText(told({ prior: 'forms' }, { event: 'model', ...shapes, split: 'shapes' }, shape))).toBe(
    'expecting any character, since none of arrow, circle is on forms',
  );
});

test('the key goes through what is common and useful with the model', () => {
  const round = (split: Split) => {
    const seen: Expectation[] = [];
    for (let expected = nextExpectation({ characters: 'YN' }, splitLabels(split)); seen.length < 6; ) {
      seen.push(expected);
      expected = nextExpectation(expected, splitLabels(split));
    }
    return seen.map(({ characters, prior }) => characters ?? prior ?? 'any');
  };
  expect(round('balanced')).toEqual(['any', 'digits', 'letters', 'uppercase', 'forms', 'any']);
  expect(round('digits')).toEqual(['any', 'digits', 'any', 'digits', 'any', 'digits']);
});

test.each([
  ['several-characters', /two characters/],
  ['no-character', /does not look like a character/],
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
