import { expect, test } from 'vitest';
import { modelEntries } from '../../src/tui/screens/models/model-entry.ts';
import { nextOrder, sortedEntries, testMeasurement } from '../../src/tui/screens/models/model-order.ts';
import { reduceSelection } from '../../src/tui/screens/models/model-selection.ts';
import { fakeEvaluation, fakeModel, fakeUnfinishedRun } from '../helpers/fake-status.ts';

const ENTRIES = modelEntries({
  models: [
    fakeModel({ name: 'm10', training: { date: '2026-03-01T00:00:00.000Z', validationAccuracy: 0.8 } }),
    fakeModel({
      name: 'm9',
      training: { date: '2026-03-04T00:00:00.000Z', validationAccuracy: 0.9 },
      evaluations: [fakeEvaluation({ accuracy: 0.7 })],
    }),
    fakeModel({ name: 'foreign', training: null }),
    fakeModel({
      name: 'shipped',
      shipped: true,
      training: { date: '2026-05-01T00:00:00.000Z', validationAccuracy: 0.85 },
    }),
  ],
  unusable: [{ name: 'broken', path: '/broken', problem: 'damaged' }],
  unfinished: [fakeUnfinishedRun({ name: 'begun', date: '2026-03-02T00:00:00.000Z' })],
});

test.each([
  // The built-in model is last: its date is not one of the user's.
  ['date', 'm9 begun m10 foreign broken shipped'],
  ['name', 'begun broken foreign m9 m10 shipped'],
  ['validation', 'm9 shipped m10 foreign begun broken'],
  ['test', 'm9 m10 foreign begun broken shipped'],
] as const)('by %s', (order, names) => {
  expect(sortedEntries(ENTRIES, order).map(({ name }) => name)).toEqual(names.split(' '));
});

test('after the last order comes the first', () => {
  expect(nextOrder('test')).toBe('date');
});

test('the test accuracy is the latest on all test images of its own split', () => {
  const evaluations = [
    fakeEvaluation({ characters: 'digits', accuracy: 0.1 }),
    fakeEvaluation({ part: 'train', accuracy: 0.2 }),
    fakeEvaluation({ split: 'digits', accuracy: 0.3 }),
    fakeEvaluation({ split: null, part: null, strokes: '/a.jsonl', accuracy: 0.4 }),
    fakeEvaluation({ accuracy: 0.5 }),
    fakeEvaluation({ accuracy: 0.6 }),
  ];
  expect(testMeasurement(fakeModel({ evaluations }))?.accuracy).toBe(0.5);
  expect(testMeasurement(fakeModel({ evaluations, training: null }))).toBeUndefined();
});

test('a selection holds four models; those that are gone take no room', () => {
  const known = ['a', 'b', 'c', 'd', 'e'];
  const toggle = (selection: readonly string[], name: string, all = known) =>
    reduceSelection(selection, { type: 'toggle', name, known: all });
  const four = ['a', 'b', 'c', 'd'].reduce((selection, name) => toggle(selection, name), [] as readonly string[]);
  expect(four).toEqual(['a', 'b', 'c', 'd']);
  expect(toggle(four, 'e')).toEqual(four);
  expect(toggle(toggle(four, 'b'), 'e')).toEqual(['a', 'c', 'd', 'e']);
  expect(toggle(four, 'e', ['b', 'c', 'd', 'e'])).toEqual(['b', 'c', 'd', 'e']);
  expect(reduceSelection(four, { type: 'rename', name: 'b', to: 'x' })).toEqual(['a', 'x', 'c', 'd']);
});
