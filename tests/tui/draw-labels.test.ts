import { expect, test } from 'vitest';
import type { DrawEvent } from '../../src/core/server/draw-event.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { canLabel, labelTask } from '../../src/tui/screens/draw/draw-labels.ts';
import { type DrawAction, type DrawState, INITIAL_DRAW, reduceDraw } from '../../src/tui/screens/draw/draw-state.ts';
import { labelNote } from '../../src/tui/screens/draw/draw-texts.ts';
import { FAKE_READER } from '../helpers/fake-server.ts';

const LINE: Drawing = [
  [
    [0, 0],
    [0, 9],
  ],
];
const DOT: Drawing = [[[5, 5]]];

const update = (event: DrawEvent, strokes?: Drawing): DrawAction => ({
  event: 'update',
  update: { event, ...(strokes && { drawing: { strokes, image: new Uint8Array(784) } }) },
});
const read = (label: string, strokes: Drawing, client = 1): DrawAction =>
  update(
    {
      ...{ event: 'prediction', client, strokes: strokes.length, milliseconds: 3, ...FAKE_READER },
      predictions: strokes.length > 0 ? [{ label, probability: 0.9 }] : [],
    },
    strokes,
  );
const after = (...actions: DrawAction[]): DrawState => actions.reduce(reduceDraw, INITIAL_DRAW);
const added = (label: string, sample: string, strokes: Drawing): DrawAction => ({
  ...{ event: 'labelAdded', task: { add: { label, strokes, origin: 'confirmed' } } },
  added: { label, sample },
});
const note = ({ labels }: DrawState) => labelNote(labels, '|');

test('a reading is confirmed with its answer, and corrected with any other label', () => {
  const state = after(read('I', LINE));
  expect(labelTask(state, 'I')).toEqual({ add: { label: 'I', strokes: LINE, origin: 'confirmed', readAs: 'I' } });
  expect(labelTask(state, ' l ')).toEqual({ add: { label: 'l', strokes: LINE, origin: 'corrected', readAs: 'I' } });
  // Composed, as labels are compared.
  expect(labelTask(state, 'a\u0308')?.add?.label).toBe('ä');
  for (const text of ['', '  ', 'signature', 'a\u0007']) expect(labelTask(state, text)).toBeNull();
});

test('an empty canvas cannot be labeled', () => {
  expect(canLabel(INITIAL_DRAW)).toBe(false);
  expect(canLabel(after(read('I', LINE)))).toBe(true);
  const cleared = after(read('I', LINE), read('I', []));
  expect(canLabel(cleared)).toBe(false);
  expect(labelTask(cleared, 'I')).toBeNull();
});

test('a drawing has one label: the same once more is none, another replaces it', () => {
  // Pages send their drawing again when there is a new sample.
  const state = after(read('I', LINE), { event: 'labelSaving' }, added('I', 's1', LINE), read('l', LINE));
  expect(labelTask(state, 'I')).toBeNull();
  expect(labelTask(state, '1')).toMatchObject({
    ...{ add: { label: '1', origin: 'corrected', readAs: 'l' } },
    remove: { label: 'I', sample: 's1' },
  });
  const next = reduceDraw(state, read('I', DOT));
  expect(labelTask(next, 'I')).toEqual({ add: { label: 'I', strokes: DOT, origin: 'confirmed', readAs: 'I' } });
  expect(next.labels.last).toEqual({ label: 'I', sample: 's1' });
});

test('while a label is being saved, no second one is', () => {
  const state = after(read('I', LINE), { event: 'labelSaving' });
  expect(canLabel(state)).toBe(false);
  // It belongs to the drawing that it was given to, even if another one is shown by now.
  const late = [read('O', DOT), added('I', 's1', LINE)].reduce(reduceDraw, state);
  expect(late.labels.shown).toBeNull();
  expect(labelTask(late, 'O')).toMatchObject({ add: { strokes: DOT } });
});

test('a label that is being typed is for the drawing that was shown when that began', () => {
  const typing = after(read('I', LINE), { event: 'label', to: 'open' }, read('O', DOT));
  expect(labelTask(typing, 'l')).toEqual({ add: { label: 'l', strokes: LINE, origin: 'corrected', readAs: 'I' } });
});

test('the label that was given last can be undone, also after the next drawing', () => {
  const saved = after(
    ...[read('I', LINE), added('I', 's1', LINE)],
    update({ event: 'sample', client: null, label: 'I', samples: 14 }),
  );
  expect(note(saved)).toBe('Saved as I | 14 samples');
  expect(note(reduceDraw(saved, read('I', [])))).toBe('Saved as I | 14 samples');
  const state = reduceDraw(saved, read('O', DOT));
  // That would be about what is shown.
  expect(note(state)).toBe('');
  const removed = [
    { event: 'labelRemoved', removed: state.labels.last! } as const,
    update({ event: 'sample', client: null, label: 'I', samples: 13, removed: true }),
  ].reduce(reduceDraw, state);
  expect(note(removed)).toBe('No longer saved as I | 13 samples');
  expect(removed.labels.last).toBeNull();
});

test('a replaced label stays the one that is shown and can be undone', () => {
  const replaced = { label: 'I', sample: 's1' };
  const task = { add: { label: 'l', strokes: LINE, origin: 'corrected' }, remove: replaced } as const;
  const state = after(
    ...[read('I', LINE), added('I', 's1', LINE)],
    { event: 'labelAdded', task, added: { label: 'l', sample: 's2' } },
    { event: 'labelRemoved', removed: replaced },
  );
  expect(state.labels).toMatchObject({ shown: { label: 'l' }, last: { sample: 's2' }, isSaving: false });
  expect(note(state)).toBe('Saved as l');
});

test('what pages label is shown, and not labeled twice', () => {
  const labeled = after(read('I', LINE, 2), update({ event: 'sample', client: 2, label: 'g', samples: 3 }));
  expect(note(labeled)).toBe('Saved as g | 3 samples');
  expect(canLabel(labeled)).toBe(false);
  expect(labeled.labels.last).toBeNull();
  const takenBack = update({ event: 'sample', client: 2, label: 'g', samples: 2, removed: true });
  expect(canLabel(reduceDraw(labeled, takenBack))).toBe(true);
  // Of another page than the one that is shown.
  expect(canLabel(after(read('I', LINE, 2), update({ event: 'sample', client: 1, label: 'g', samples: 3 })))).toBe(
    true,
  );
});
