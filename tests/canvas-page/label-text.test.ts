import { describe, expect, test } from 'vitest';
import { adaptationText, labelStatus, practiceProgress, practiceTask } from '../../src/canvas-page/label-text.ts';

describe('what is said about the labels', () => {
  const nothing = { last: null, waiting: 0, refusal: null };
  const g = (isSaved: boolean) => ({ label: 'g', isSaved });
  test.each([
    ['a hint', nothing, true, 'hint', 'Draw.'],
    ['the latest label', { ...nothing, last: g(true) }, true, 'saved', 'Saved as g'],
    ['that it is on its way', { ...nothing, last: g(false), waiting: 1 }, true, 'waiting', 'Saving as g…'],
    [
      'that it waits',
      { ...nothing, last: g(false), waiting: 1 },
      false,
      'waiting',
      '“g” will be saved once the page is connected.',
    ],
    [
      'that several wait',
      { ...nothing, last: g(false), waiting: 3 },
      false,
      'waiting',
      '3 changes will be saved once the page is connected.',
    ],
    [
      'that undoing it waits',
      { ...nothing, waiting: 1 },
      false,
      'waiting',
      'The change will be saved once the page is connected.',
    ],
    [
      'that it is refused',
      { last: g(false), waiting: 1, refusal: { type: 'label', message: 'No space is left.' } },
      true,
      'refused',
      'Not saved: No space is left.',
    ],
    [
      'that removing it is refused',
      { last: null, waiting: 1, refusal: { type: 'unlabel', message: 'No space is left.' } },
      true,
      'refused',
      'Not removed: No space is left.',
    ],
  ] as const)('%s', (_, outbox, connected, kind, text) => {
    expect(labelStatus(outbox, { connected, isBlank: true }, 'Draw.')).toEqual({ kind, text });
  });

  test('what was saved is not said beside the next drawing, but what is still to be saved is', () => {
    const drawing = { connected: true, isBlank: false };
    expect(labelStatus({ ...nothing, last: g(true) }, drawing, 'Choose.')).toEqual({ kind: 'hint', text: 'Choose.' });
    const waiting = labelStatus({ ...nothing, last: g(false), waiting: 1 }, drawing, 'Choose.');
    expect(waiting).toEqual({ kind: 'waiting', text: 'Saving as g…' });
  });
});

test('whether readings are adapted', () => {
  expect(adaptationText(true, 20, 14)).toBe('Adapted to 14 of your samples');
  expect(adaptationText(true, 20, undefined)).toBe('Adapt to your 20 samples');
  expect(adaptationText(true, 1, undefined)).toBe('Adapt to your sample');
  expect(adaptationText(false, 20, 14)).toBe('Adapt to your 20 samples');
});

test('what to write is said so that look-alikes cannot be confused', () => {
  expect([...'gO0+'].map(practiceTask)).toEqual([
    'Write a lowercase g',
    'Write an uppercase O',
    'Write the digit 0',
    'Write the character +',
  ]);
  expect(practiceTask('→x')).toBe('Write →x');
});

test('progress of practice', () => {
  const labels = [
    { label: 'g', count: 3 },
    { label: 'q', count: 7 },
  ];
  expect(practiceProgress('g', { samples: 10, labels }, 5, 0)).toEqual({
    count: 3,
    ofLabel: '3 of 5 samples of g',
    total: '10 samples in total',
  });
  expect(practiceProgress('q', { samples: 10, labels }, 5, 2)).toEqual({
    count: 7,
    ofLabel: '7 samples of q',
    total: '2 in this round, 10 samples in total',
  });
  expect(practiceProgress('z', { samples: 1, labels: [] }, 5, 0)).toMatchObject({
    count: 0,
    total: '1 sample in total',
  });
});
