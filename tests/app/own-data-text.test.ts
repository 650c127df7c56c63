import { expect, test } from 'vitest';
import { ownDataLines } from '../../src/app/own-data-text.ts';
import type { OwnDetails } from '../../src/core/dataset/own/own-details.ts';

function details(perClass: readonly (readonly [label: string, train: number, test: number])[]): OwnDetails {
  return {
    ...{ format: 'pictures', orientation: null, orientationFrom: null, trial: null, inverted: 0, testPart: 'held-out' },
    perClass: perClass.map(([label, trainImages, testImages]) => ({ label, trainImages, testImages })),
    ...{ sizes: null, skipped: 0, skippedFirst: [], notes: [] },
  };
}

test('one thing is not several', () => {
  const one = details([
    ['a', 5, 1],
    ['b', 10, 2],
  ]);
  const skippedFirst = [{ source: 'a/1.png', reason: 'is empty' }];
  expect(ownDataLines({ ...one, inverted: 1, skipped: 1, skippedFirst })).toEqual([
    '2 classes: a 6, b 12.',
    'Dark on light, and inverted: 1 image.',
    'A sixth of each class is held out as the test part.',
    'Left out, because it cannot be read: 1 picture.',
    '  a/1.png: is empty',
  ]);
  expect(ownDataLines({ ...one, format: 'csv', skipped: 2 })).toContain(
    'Left out, because they cannot be read: 2 rows.',
  );
});

test('classes with few images are not said to be divided exactly', () => {
  const small = details(Array.from({ length: 70 }, (_, at) => [`c${at}`, 1, 1]));
  expect(ownDataLines(small)).toEqual([
    '70 classes, with 2 images each.',
    'About a sixth of each class, at least one of two images, is held out as the test part.',
  ]);
});
