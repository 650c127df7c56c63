import { expect, test } from 'vitest';
import {
  NO_CHECKPOINT,
  noteModel,
  noteReading,
  readingsText,
  reduceCheckpoint,
} from '../../src/tui/screens/draw/draw-checkpoint.ts';

const loaded = (state: typeof NO_CHECKPOINT, epoch: number) => {
  const loading = reduceCheckpoint(state, { event: 'loading', model: 'mine', epoch });
  return reduceCheckpoint(noteModel(loading, 'mine'), { event: 'loaded' });
};
const as = (label: string, probability: number) => ({ label, probability });

test('each epoch adds one reading of the drawing on display, the last that it has given', () => {
  let state = noteReading(loaded(NO_CHECKPOINT, 1), false, as('Q', 0.3));
  state = noteReading(state, true, as('Q', 0.41));
  expect(readingsText(state, 80, '·')).toBe('');
  state = noteReading(loaded(state, 2), true, as('9', 0.63));
  state = noteReading(loaded(state, 3), true, as('9', 0.97));
  expect(readingsText(state, 80, '·')).toBe('epoch 1: Q 41% · epoch 2: 9 63% · epoch 3: 9 97%');
  expect(readingsText(state, 40, '·')).toBe('epoch 2: 9 63% · epoch 3: 9 97%');
});

test('another drawing begins a new history, and an empty page has none', () => {
  let state = noteReading(loaded(NO_CHECKPOINT, 1), false, as('Q', 0.3));
  state = noteReading(loaded(state, 2), true, as('Q', 0.3));
  expect(state.readings).toHaveLength(2);
  expect(noteReading(state, false, as('7', 0.9)).readings).toEqual([{ label: '7', probability: 0.9, epoch: 2 }]);
  expect(noteReading(state, false, undefined).readings).toEqual([]);
});

test('a model that is not being trained has no epoch', () => {
  const state = noteReading(loaded(NO_CHECKPOINT, 1), false, as('Q', 0.3));
  const other = noteModel(state, 'other');
  expect(other).toEqual(NO_CHECKPOINT);
  expect(noteReading(other, true, as('Q', 0.3)).readings).toEqual([]);
  // Chosen while an epoch is being loaded.
  const loading = reduceCheckpoint(state, { event: 'loading', model: 'mine', epoch: 2 });
  expect(noteModel(loading, 'other').epoch).toBeNull();
});
